/* A shop whose prices are a script's: it gives the script its stock, and the script serves an
 * object that others call. */
#include <pyrolua.h>
#include <stdio.h>
#include <string.h>

struct shop {
    int64_t apples, pears;
};

static int64_t *find(struct shop *shop, const char *fruit)
{
    if (fruit && strcmp(fruit, "apple") == 0)
        return &shop->apples;
    return fruit && strcmp(fruit, "pear") == 0 ? &shop->pears : NULL;
}

/* count(fruit): how many are there */
static int count(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    const char *fruit = pyrolua_read_text(arguments, NULL);
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE;
    const int64_t *stock = find(self, fruit);
    if (!stock)
        return pyrolua_raise(result, "KeyError", "there are no %ss", fruit);
    pyrolua_put_int(result, *stock);
    return PYROLUA_OK;
}

/* take(fruit, number) */
static int take(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    const char *fruit = pyrolua_read_text(arguments, NULL);
    int64_t number = pyrolua_read_int(arguments);
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE;
    int64_t *stock = find(self, fruit);
    if (!stock || number < 0 || number > *stock)
        return pyrolua_raise(result, "ValueError", "there are not so many %ss", fruit);
    *stock -= number;
    printf("sold: %s, %d left\n", fruit, (int)*stock);
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {
    {.name = "count", .call = count},
    {.name = "take", .call = take},
    {.name = NULL},
};

static const pyrolua_class shop_class = {.members = members};

int main(void)
{
    struct shop shop = {.apples = 10, .pears = 3};
    pyrolua_runtime *runtime;
    int code = pyrolua_new(&runtime);
    if (!code)
        code = pyrolua_provide(runtime, "stock", &shop_class, &shop);
    if (!code)
        code = pyrolua_run_file(runtime, "rules.lua", 0, NULL);
    if (!code)
        code = pyrolua_run(runtime);
    if (code) {
        const pyrolua_error *error = pyrolua_last_error(runtime);
        fprintf(stderr, "rules: %s: %s\n%s", error->class_name, error->message, error->traceback);
    }
    pyrolua_free(runtime);
    return code != PYROLUA_OK;
}
