/* What a name server's storage finds by a prefix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "naming/storage.h"

#define NAMES 3000

struct found {
    size_t count;
    size_t at_most;
    char last[32];
};

static bool note(void *context, struct pyro_slice name, const struct registration *registration)
{
    struct found *found = context;
    assert_string_equal(registration->uri, name.data);
    assert_true(strcmp(found->last, name.data) < 0);
    snprintf(found->last, sizeof(found->last), "%s", name.data);
    return ++found->count < found->at_most;
}

static size_t count_found(struct storage *storage, const char *prefix, size_t at_most)
{
    struct found found = {.at_most = at_most};
    storage->ops->each(storage, pyro_slice_text(prefix), note, &found);
    return found.count;
}

/* Numbers without leading zeros: "12" is a prefix of many, and a name itself. */
static size_t count_expected(const bool *there, const char *prefix)
{
    size_t count = 0;
    char name[32];
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "%d", i);
        count += there[i] && strncmp(name, prefix, strlen(prefix)) == 0;
    }
    return count;
}

static void change(struct storage *storage, bool *there)
{
    char name[32];
    int i = rand() % NAMES;
    struct pyro_error err;
    snprintf(name, sizeof(name), "%d", i);
    if (rand() % 3 == 0) {
        assert_int_equal(storage->ops->remove(storage, pyro_slice_text(name)), there[i]);
        there[i] = false;
    } else {
        assert_int_equal(storage->ops->set(storage, pyro_slice_text(name),
                                           &(struct registration){.uri = name}, &err),
                         PYRO_OK);
        there[i] = true;
    }
}

static void prefixes_find_what_starts_with_them(void **state)
{
    static const char *const prefixes[] = {"", "1", "12", "129", "1299", "9", "0", "00", "x"};
    static bool there[NAMES];
    struct pyro_error err;
    struct storage *storage = storage_open("memory", 0, &err);
    (void)state;
    assert_non_null(storage);
    srand(1);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 200; i++)
            change(storage, there);
        for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
            assert_int_equal(count_found(storage, prefixes[i], NAMES + 1),
                             count_expected(there, prefixes[i]));
    }
    assert_int_equal(count_found(storage, "1", 3), 3);
    storage->ops->close(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(prefixes_find_what_starts_with_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
