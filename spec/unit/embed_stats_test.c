/* pyrolua_stats(): what a runtime has counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <pyrolua.h>

#include "base/memory.h"

static int divide(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    int64_t a = pyrolua_read_int(arguments), b = pyrolua_read_int(arguments);
    (void)self;
    if (b == 0)
        return pyrolua_raise(result, "ZeroDivisionError", "division by zero");
    pyrolua_put_int(result, a / b);
    return pyrolua_read_end(arguments);
}

static const pyrolua_member members[] = {{.name = "divide", .call = divide}, {.name = NULL}};
static const pyrolua_class desk = {.members = members};

/* A runtime with two daemons that serve an object of the same id. */
struct world {
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemons[2];
    pyrolua_proxy *proxies[2];
};

static int open_world(void **state)
{
    static struct world world;
    *state = &world;
    assert_int_equal(pyrolua_new(&world.runtime), PYROLUA_OK);
    pyrolua_configure(world.runtime, "LOGLEVEL", "");
    for (int i = 0; i < 2; i++) {
        const char *uri;
        assert_int_equal(pyrolua_daemon_new(world.runtime, NULL, &world.daemons[i]), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_register(world.daemons[i], "desk", &desk, NULL, &uri),
                         PYROLUA_OK);
        assert_int_equal(pyrolua_proxy_new(world.runtime, uri, &world.proxies[i]), PYROLUA_OK);
    }
    return 0;
}

static int close_world(void **state)
{
    const struct world *world = *state;
    pyrolua_free(world->runtime);
    return 0;
}

static void call_divide(const struct world *world, int daemon, int by, int code)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(world->proxies[daemon], "divide", &call), PYROLUA_OK);
    pyrolua_put_int(pyrolua_call_arguments(call), 6);
    pyrolua_put_int(pyrolua_call_arguments(call), by);
    assert_int_equal(pyrolua_call_wait(call), code);
    pyrolua_call_free(call);
}

/* Enters the dict of a key of the dict that is being read. */
static void enter(pyrolua_reader *reader, const char *key)
{
    assert_true(pyrolua_read_key(reader, key));
    assert_int_equal(pyrolua_next(reader), PYROLUA_DICT);
    pyrolua_read_begin(reader);
}

static int64_t read_count(pyrolua_reader *reader, const char *key)
{
    assert_true(pyrolua_read_key(reader, key));
    return pyrolua_read_int(reader);
}

static void methods_are_counted_and_summed(void **state)
{
    const struct world *world = *state;
    call_divide(world, 0, 2, PYROLUA_OK);
    call_divide(world, 0, 0, PYROLUA_ERAISED);
    call_divide(world, 1, 3, PYROLUA_OK);
    call_divide(world, 1, 0, PYROLUA_ERAISED);
    pyrolua_reader *reader = pyrolua_stats(world->runtime);
    assert_non_null(reader);
    pyrolua_read_begin(reader);
    enter(reader, "methods");
    enter(reader, "desk.divide");
    assert_int_equal(read_count(reader, "calls"), 4);
    assert_int_equal(read_count(reader, "in_flight"), 0);
    enter(reader, "errors");
    assert_int_equal(read_count(reader, "ZeroDivisionError"), 2);
    pyrolua_read_end(reader);
    assert_true(pyrolua_read_key(reader, "p99"));
    assert_true(pyrolua_read_real(reader) > 0);
    assert_true(pyrolua_read_key(reader, "buckets"));
    assert_true(pyrolua_read_begin(reader) > 0);
    assert_int_equal(pyrolua_read_begin(reader), 2);
    assert_true(pyrolua_read_real(reader) > 0);
    assert_true(pyrolua_read_int(reader) > 0);
}

static void totals_are_told(void **state)
{
    const struct world *world = *state;
    call_divide(world, 0, 2, PYROLUA_OK);
    pyrolua_reader *reader = pyrolua_stats(world->runtime);
    pyrolua_read_begin(reader);
    enter(reader, "connections");
    assert_int_equal(read_count(reader, "accepted"), 1);
    assert_int_equal(read_count(reader, "open"), 1);
    pyrolua_read_end(reader);
    enter(reader, "memory");
    assert_true(read_count(reader, "resident") > 0);
    assert_true(read_count(reader, "lua") > 0);
    pyrolua_read_end(reader);
    enter(reader, "proxies");
    assert_int_equal(read_count(reader, "calls"), 1);
    pyrolua_read_end(reader);
    assert_int_equal(pyrolua_read_end(reader), PYROLUA_OK);
}

static void each_reader_ends_the_last_one(void **state)
{
    const struct world *world = *state;
    for (int i = 1; i <= 3; i++) {
        call_divide(world, 0, 2, PYROLUA_OK);
        pyrolua_reader *reader = pyrolua_stats(world->runtime);
        pyrolua_read_begin(reader);
        enter(reader, "calls");
        assert_int_equal(read_count(reader, "calls"), i);
    }
}

static void want_of_memory_is_an_error(void **state)
{
    const struct world *world = *state;
    int failures = 0;
    for (unsigned long n = 1;; n++) {
        pyro_memory_fail_at(n);
        const pyrolua_reader *reader = pyrolua_stats(world->runtime);
        if (pyro_memory_fail_at(0) > 0) {
            assert_non_null(reader);
            break;
        }
        assert_null(reader);
        assert_int_equal(pyrolua_last_error(world->runtime)->code, PYROLUA_EMEMORY);
        failures++;
    }
    assert_true(failures > 2);
    assert_null(pyrolua_stats(NULL));
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(methods_are_counted_and_summed),
        WITH_WORLD(totals_are_told),
        WITH_WORLD(each_reader_ends_the_last_one),
        WITH_WORLD(want_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("embed stats", tests, NULL, NULL);
}
