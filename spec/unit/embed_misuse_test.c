/* The embedding API, used in wrong ways: told, and nothing else happens. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/embed_desk.h"

/* --- methods that fail without a word --- */

/* give(code): fails with it, and raises nothing */
static int give(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    int64_t code = pyrolua_read_int(arguments);
    (void)self;
    (void)result;
    return pyrolua_read_end(arguments) ? PYROLUA_ESERIALIZE : (int)code;
}

/* Fails with the error of what it calls, or (with an argument) with that code after it. */
static int fail_inside(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct office *office = self;
    (void)result;
    int code = pyrolua_daemon_unregister(office->daemon, "nothing");
    return pyrolua_next(arguments) == PYROLUA_INT ? (int)pyrolua_read_int(arguments) : code;
}

/* wait(code): fails after another client's call has failed, which is served meanwhile */
static int wait_and_give(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct office *office = self;
    struct visit other;
    visit(office, &other, "inside", PYROLUA_EVALUE);
    serve_until(office, &other.over, 1);
    return give(self, arguments, result);
}

static int raise_nonsense(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    static const char *const names[] = {
        "b\xff'); import os", "", "a b", "a..b", ".a", "a.", "1a", "a'b", NULL};
    (void)self;
    return pyrolua_raise(result, names[pyrolua_read_int(arguments)], "no %d", 3);
}

static int raise_good(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    static const char *const names[] = {"ValueError", "my_module.My2ndError", "_m.E",
                                        "m.Fehl\xc3\xa4r"};
    (void)self;
    return pyrolua_raise(result, names[pyrolua_read_int(arguments)], "no");
}

static int give_twice(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    pyrolua_put_int(result, 1);
    pyrolua_put_int(result, 2);
    return pyrolua_read_int(arguments) == 0 ? PYROLUA_OK : PYROLUA_EVALUE;
}

static const pyrolua_member members[] = {
    {.name = "twice", .call = give_twice},        {.name = "give", .call = give},
    {.name = "inside", .call = fail_inside},      {.name = "wait", .call = wait_and_give},
    {.name = "nonsense", .call = raise_nonsense}, {.name = "good", .call = raise_good},
    {.name = "attribute", .set = give},           {.name = NULL},
};

static const pyrolua_class clerk_class = {.members = members};

/* Serves the clerk in place of the desk. */
static void serve_clerk(struct office *office)
{
    assert_int_equal(pyrolua_daemon_unregister(office->daemon, "desk"), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(office->daemon, "desk", &clerk_class, office, NULL),
                     PYROLUA_OK);
}

static void assert_raises(struct office *office, const char *method, int number, const char *error)
{
    struct visit visited;
    visit(office, &visited, method, number);
    serve_until(office, &visited.over, 1);
    office->next--;
    assert_string_equal(visited.error, error);
}

static void a_method_that_fails_without_a_word_is_told_of(void **state)
{
    struct office *office = *state;
    serve_clerk(office);
    assert_int_equal(pyrolua_configure(office->runtime, "NONSENSE", "1"), PYROLUA_EVALUE);
    assert_raises(office, "give", PYROLUA_EVALUE,
                  "ValueError: give() returned PYROLUA_EVALUE and raised no exception");
    assert_raises(office, "give", PYROLUA_EMEMORY,
                  "MemoryError: give() returned PYROLUA_EMEMORY and raised no exception");
    assert_raises(office, "give", 42,
                  "RuntimeError: give() returned 42, which is no code of pyrolua.h, and raised no "
                  "exception");
    assert_raises(office, "give", -1,
                  "RuntimeError: give() returned -1, which is no code of pyrolua.h, and raised no "
                  "exception");
    assert_raises(office, "wait", PYROLUA_EVALUE,
                  "ValueError: wait() returned PYROLUA_EVALUE and raised no exception");
}

static void a_method_passes_on_what_failed_in_it(void **state)
{
    struct office *office = *state;
    struct visit visited;
    serve_clerk(office);
    visit_with(office, &visited, "inside", "");
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error,
                        "ValueError: no object of the program's is registered with that id");
    assert_raises(office, "inside", PYROLUA_ETIMEOUT,
                  "TimeoutError: inside() returned PYROLUA_ETIMEOUT and raised no exception; its "
                  "last error: ValueError: no object of the program's is registered with that id");
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(office->proxies[0], "__setattr__", &call), PYROLUA_OK);
    pyrolua_put_text(pyrolua_call_arguments(call), "attribute");
    pyrolua_put_int(pyrolua_call_arguments(call), PYROLUA_ENAMING);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(office->runtime)->message,
                        "attribute returned PYROLUA_ENAMING and raised no exception");
}

static void a_result_is_one_value(void **state)
{
    struct office *office = *state;
    serve_clerk(office);
    assert_raises(office, "twice", 0, "ValueError: a result is one value");
    assert_raises(office, "give", PYROLUA_EVALUE,
                  "ValueError: give() returned PYROLUA_EVALUE and raised no exception");
}

static void exceptions_have_classes_with_names(void **state)
{
    struct office *office = *state;
    struct visit visited;
    serve_clerk(office);
    assert_raises(
        office, "nonsense", 0,
        "ValueError: an exception was raised whose class has no name, but b\\xff'); import "
        "os: no 3");
    for (int i = 1; i < 9; i++) {
        visit(office, &visited, "nonsense", i);
        serve_until(office, &visited.over, 1);
        office->next--;
        assert_memory_equal(visited.error, "ValueError: an exception was raised", 35);
    }
    assert_raises(office, "good", 0, "ValueError: no");
    assert_raises(office, "good", 1, "my_module.My2ndError: no");
    assert_raises(office, "good", 2, "_m.E: no");
    assert_raises(office, "good", 3, "m.Fehl\xc3\xa4r: no");
}

static void a_late_exception_has_a_class_with_a_name(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "later", 1);
    serve_until(office, &office->desk.count, 1);
    assert_int_equal(pyrolua_reply_raise(office->desk.replies[0], "a b", "no"), PYROLUA_EVALUE);
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error,
                        "ValueError: an exception was raised whose class has no name, but a b: no");
}

/* --- arguments --- */

/* Each is refused, and says so. */
static void refuses(struct office *office, int code, const char *why)
{
    assert_int_equal(code, PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(office->runtime)->message, why);
    pyrolua_configure(office->runtime, "?", ""); /* another error */
}

static void what_a_runtime_does_is_said_right(void **state)
{
    struct office *office = *state;
    pyrolua_runtime *runtime = office->runtime;
    refuses(office, pyrolua_step(runtime, NAN), "timeout is not a number");
    refuses(office, pyrolua_configure(runtime, NULL, "x"), "name may not be NULL");
    refuses(office, pyrolua_configure(runtime, "HOST", NULL), "value may not be NULL");
    refuses(office, pyrolua_run_text(runtime, NULL, "x.lua"), "code may not be NULL");
    refuses(office, pyrolua_run_text(runtime, "", NULL), "name may not be NULL");
    refuses(office, pyrolua_run_file(runtime, NULL, 0, NULL), "path may not be NULL");
    refuses(office, pyrolua_run_file(runtime, "x", 1, NULL), "arguments may not be NULL");
    refuses(office, pyrolua_run_file(runtime, "x", 1, &(const char *){NULL}),
            "an argument may not be NULL");
    refuses(office, pyrolua_run_file(runtime, "x", -1, NULL), "count is negative");
}

static void a_script_that_is_not_there_is_an_error_of_the_system(void **state)
{
    struct office *office = *state;
    const pyrolua_error *error = pyrolua_last_error(office->runtime);
    assert_int_equal(pyrolua_run_file(office->runtime, "/no/where.lua", 0, NULL), PYROLUA_ESYSTEM);
    assert_string_equal(error->class_name, "OSError");
    assert_string_equal(error->message, "cannot open /no/where.lua: No such file or directory");
    assert_int_equal(pyrolua_run_file(office->runtime, "/", 0, NULL), PYROLUA_ESYSTEM);
}

static void objects_have_a_class_that_does(void **state)
{
    struct office *office = *state;
    char long_text[4098] = "";
    memset(long_text, 'x', sizeof(long_text) - 1);
    pyrolua_daemon *daemon = office->daemon;
    const struct {
        pyrolua_class kind;
        const char *why;
    } classes[] = {
        {{.members = NULL}, "a class has members, which may not be NULL"},
        {{.members = (pyrolua_member[]){{.name = "x"}, {.name = NULL}}},
         "a member is neither a method nor an attribute"},
        {{.members = (pyrolua_member[]){{.name = "x", .call = give, .get = give}, {.name = NULL}}},
         "a member is a method and an attribute at once"},
        {{.members = (pyrolua_member[]){{.name = "\xff", .call = give}, {.name = NULL}}},
         "the name of a member is no UTF-8"},
        {{.members =
              (pyrolua_member[]){{.name = "x", .call = give, .text = "\xff"}, {.name = NULL}}},
         "the text of a member or class is no UTF-8"},
        {{.members =
              (pyrolua_member[]){{.name = "x", .call = give, .text = long_text}, {.name = NULL}}},
         "the text of a member or class has more than 4096 bytes"},
        {{.members = (pyrolua_member[]){{.name = NULL}}, .text = long_text},
         "the text of a member or class has more than 4096 bytes"}};
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        const pyrolua_class *kind = &classes[i].kind;
        refuses(office, pyrolua_daemon_register(daemon, "a", kind, office, NULL), classes[i].why);
        refuses(office, pyrolua_provide(office->runtime, "a", kind, office), classes[i].why);
    }
    refuses(office, pyrolua_daemon_register(daemon, "a", NULL, office, NULL), classes[0].why);
    refuses(office, pyrolua_provide(office->runtime, "a", NULL, office), classes[0].why);
    refuses(office, pyrolua_provide(office->runtime, NULL, &clerk_class, office),
            "name may not be NULL");
    refuses(office, pyrolua_daemon_unregister(daemon, NULL), "id may not be NULL");
    refuses(office, pyrolua_daemon_new(office->runtime, NULL, NULL), "daemon may not be NULL");
    refuses(office, pyrolua_nameserver_new(office->runtime, NULL, 0, NULL),
            "daemon may not be NULL");
}

static void calls_have_names_and_values(void **state)
{
    struct office *office = *state;
    pyrolua_runtime *runtime = office->runtime;
    pyrolua_proxy *proxy = office->proxies[0];
    pyrolua_call *call;
    refuses(office, pyrolua_proxy_new(runtime, NULL, &proxy), "uri may not be NULL");
    assert_null(proxy);
    proxy = office->proxies[0];
    refuses(office, pyrolua_proxy_new(runtime, "PYRO:a@b:1", NULL), "proxy may not be NULL");
    refuses(office, pyrolua_call_new(proxy, NULL, &call), "method may not be NULL");
    assert_null(call);
    refuses(office, pyrolua_call_new(proxy, "\xff", &call), "the method's name is no UTF-8");
    refuses(office, pyrolua_call_new(proxy, "x", NULL), "call may not be NULL");
    refuses(office, pyrolua_batch_new(proxy, NULL), "batch may not be NULL");
    assert_int_equal(pyrolua_batch_new(proxy, &call), PYROLUA_OK);
    pyrolua_batch_add(call, NULL);
    refuses(office, pyrolua_call_wait(call), "that is no call for a batch");
    static const struct {
        int which;
        const char *why;
    } values[] = {{0, "a text is NULL"},
                  {1, "a text is NULL"},
                  {2, "bytes are NULL"},
                  {3, "a name is no UTF-8"}};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pyrolua_call_new(proxy, "plain", &call), PYROLUA_OK);
        pyrolua_writer *to = pyrolua_call_arguments(call);
        pyrolua_put_text_of(to, NULL, 0); /* an empty one */
        pyrolua_put_bytes(to, NULL, 0);
        if (i == 0)
            pyrolua_put_text(to, NULL);
        else if (i == 1)
            pyrolua_put_text_of(to, NULL, 5);
        else if (i == 2)
            pyrolua_put_bytes(to, NULL, 5);
        else
            pyrolua_put_name(to, NULL);
        refuses(office, pyrolua_call_wait(call), values[i].why);
        pyrolua_call_free(call);
    }
}

static void what_is_read_has_a_place(void **state)
{
    struct office *office = *state;
    pyrolua_call *call;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pyrolua_call_new(office->proxies[0], "plain", &call), PYROLUA_OK);
        pyrolua_put_int(pyrolua_call_arguments(call), 1);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
        pyrolua_reader *result = pyrolua_call_result(call);
        if (i == 0)
            assert_null(pyrolua_read_bytes(result, NULL));
        else
            assert_false(pyrolua_read_key(result, NULL));
        assert_int_equal(pyrolua_read_end(result), PYROLUA_ESERIALIZE);
        pyrolua_call_free(call);
    }
}

/* --- handles --- */

static void nothing_crashes_without_a_handle(void **state)
{
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    (void)state;
    assert_int_equal(pyrolua_new(NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_configure(NULL, "HOST", "x"), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_run(NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_step(NULL, 0), PYROLUA_EVALUE);
    pyrolua_stop(NULL);
    assert_int_equal(pyrolua_descriptor(NULL), -1);
    assert_true(pyrolua_timeout(NULL) < 0);
    assert_int_equal(pyrolua_run_text(NULL, "", ""), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_run_file(NULL, "", 0, NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_provide(NULL, "x", &clerk_class, NULL), PYROLUA_EVALUE);
    assert_null(pyrolua_state(NULL));
    assert_int_equal(pyrolua_daemon_new(NULL, NULL, &daemon), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_nameserver_new(NULL, NULL, 0, &daemon), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_daemon_register(NULL, "x", &clerk_class, NULL, NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_daemon_unregister(NULL, "x"), PYROLUA_EVALUE);
    assert_null(pyrolua_daemon_location(NULL));
    assert_int_equal(pyrolua_proxy_new(NULL, "PYRO:a@b:1", &proxy), PYROLUA_EVALUE);
    pyrolua_proxy_timeout(NULL, 1);
    assert_int_equal(pyrolua_call_new(NULL, "x", &call), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_batch_new(NULL, &call), PYROLUA_EVALUE);
    pyrolua_batch_add(NULL, "x");
    assert_null(pyrolua_call_arguments(NULL));
    assert_int_equal(pyrolua_call_wait(NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_call_send(NULL, NULL, NULL), PYROLUA_EVALUE);
    assert_null(pyrolua_call_result(NULL));
    assert_null(pyrolua_reply_writer(NULL));
    assert_false(pyrolua_reply_wanted(NULL));
    assert_int_equal(pyrolua_reply_send(NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_reply_raise(NULL, "x", "x"), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK); /* and the others free NULL */
    pyrolua_free(runtime);
}

static void nothing_is_read_or_written_without_a_handle(void **state)
{
    size_t length = 7;
    pyrolua_array array = {.dimensions = 7};
    (void)state;
    assert_int_equal(pyrolua_next(NULL), PYROLUA_NOTHING);
    assert_false(pyrolua_read_bool(NULL));
    assert_true(pyrolua_read_int(NULL) == 0);
    assert_true(pyrolua_read_real(NULL) == 0);
    assert_null(pyrolua_read_text(NULL, &length));
    assert_null(pyrolua_read_bytes(NULL, &length));
    assert_int_equal(length, 0);
    assert_null(pyrolua_read_uri(NULL));
    assert_false(pyrolua_read_array(NULL, &array));
    assert_false(pyrolua_read_array(NULL, NULL));
    assert_int_equal(pyrolua_read_begin(NULL), 0);
    assert_false(pyrolua_read_key(NULL, "x"));
    pyrolua_skip(NULL);
    assert_int_equal(pyrolua_read_end(NULL), PYROLUA_EVALUE);
    pyrolua_put_nil(NULL);
    pyrolua_put_bool(NULL, 1);
    pyrolua_put_int(NULL, 1);
    pyrolua_put_real(NULL, 1);
    pyrolua_put_text(NULL, "x");
    pyrolua_put_text_of(NULL, "x", 1);
    pyrolua_put_bytes(NULL, "x", 1);
    pyrolua_put_array(NULL, &array);
    pyrolua_put_begin(NULL, PYROLUA_LIST);
    pyrolua_put_end(NULL);
    pyrolua_put_name(NULL, "x");
    assert_int_equal(pyrolua_raise(NULL, "ValueError", "no"), PYROLUA_EVALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(a_method_that_fails_without_a_word_is_told_of),
        WITH_OFFICE(a_method_passes_on_what_failed_in_it),
        WITH_OFFICE(a_result_is_one_value),
        WITH_OFFICE(exceptions_have_classes_with_names),
        WITH_OFFICE(a_late_exception_has_a_class_with_a_name),
        WITH_OFFICE(what_a_runtime_does_is_said_right),
        WITH_OFFICE(a_script_that_is_not_there_is_an_error_of_the_system),
        WITH_OFFICE(objects_have_a_class_that_does),
        WITH_OFFICE(calls_have_names_and_values),
        WITH_OFFICE(what_is_read_has_a_place),
        cmocka_unit_test(nothing_crashes_without_a_handle),
        cmocka_unit_test(nothing_is_read_or_written_without_a_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
