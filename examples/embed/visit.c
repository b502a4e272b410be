/* Visits the tutorial's warehouse, which is a Python program. */
#include <pyrolua.h>
#include <stdio.h>

static void print_error(const pyrolua_runtime *runtime)
{
    const pyrolua_error *error = pyrolua_last_error(runtime);
    printf("%s: %s\n", error->class_name, error->message);
}

static int list_contents(pyrolua_proxy *warehouse)
{
    pyrolua_call *call;
    int code = pyrolua_call_new(warehouse, "list_contents", &call);
    if (code || (code = pyrolua_call_wait(call)))
        return code;
    pyrolua_reader *result = pyrolua_call_result(call);
    size_t count = pyrolua_read_begin(result);
    printf("The warehouse contains %zu things:", count);
    while (pyrolua_next(result) == PYROLUA_TEXT)
        printf(" %s", pyrolua_read_text(result, NULL));
    printf("\n");
    code = pyrolua_read_end(result);
    pyrolua_call_free(call);
    return code;
}

/* store or take */
static int move(pyrolua_proxy *warehouse, const char *method, const char *thing)
{
    pyrolua_call *call;
    int code = pyrolua_call_new(warehouse, method, &call);
    if (code)
        return code;
    pyrolua_put_text(pyrolua_call_arguments(call), "Carla");
    pyrolua_put_text(pyrolua_call_arguments(call), thing);
    code = pyrolua_call_wait(call);
    pyrolua_call_free(call);
    return code;
}

/* Two calls in one message. */
static int exchange(pyrolua_proxy *warehouse, const char *given, const char *taken)
{
    pyrolua_call *batch;
    int code = pyrolua_batch_new(warehouse, &batch);
    if (code)
        return code;
    pyrolua_batch_add(batch, "store");
    pyrolua_put_text(pyrolua_call_arguments(batch), "Carla");
    pyrolua_put_text(pyrolua_call_arguments(batch), given);
    pyrolua_batch_add(batch, "take");
    pyrolua_put_text(pyrolua_call_arguments(batch), "Carla");
    pyrolua_put_text(pyrolua_call_arguments(batch), taken);
    code = pyrolua_call_wait(batch);
    if (!code) {
        pyrolua_skip(pyrolua_call_result(batch)); /* both return None */
        pyrolua_skip(pyrolua_call_result(batch));
        code = pyrolua_read_end(pyrolua_call_result(batch));
    }
    pyrolua_call_free(batch);
    return code;
}

int main(void)
{
    pyrolua_runtime *runtime;
    pyrolua_proxy *warehouse;
    int code = pyrolua_new(&runtime);
    if (!code)
        code = pyrolua_proxy_new(runtime, "PYRONAME:example.warehouse", &warehouse);
    if (!code)
        code = list_contents(warehouse);
    if (!code)
        code = move(warehouse, "store", "television");
    if (!code)
        code = exchange(warehouse, "lamp", "bike");
    if (!code)
        code = list_contents(warehouse);
    if (!code && move(warehouse, "take", "bike"))
        print_error(runtime); /* she has it already */
    if (code)
        print_error(runtime);
    pyrolua_free(runtime);
    return code != PYROLUA_OK;
}
