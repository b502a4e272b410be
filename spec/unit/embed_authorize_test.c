/* The embedding API: what clients of a daemon may call, by a function and by rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pyrolua.h>

/* --- an object and its clients --- */

struct gate {
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    pyrolua_proxy *proxy;
    char asked[400];
    char address[80];
    char handshake[80];
    int calls;
    pyrolua_proxy *guard; /* whom authorize() calls */
};

static int pass(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    ((struct gate *)self)->calls++;
    pyrolua_put_int(result, 42);
    (void)arguments;
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {{.name = "pass", .call = pass},
                                         {.name = "secret", .call = pass},
                                         {.name = "width", .get = pass, .set = pass},
                                         {.name = "depth", .get = pass},
                                         {.name = NULL}};
static const pyrolua_class gate_class = {.members = members};

/* Allows everything but what is called secret or depth. */
static int authorize(void *context, const pyrolua_caller *caller, const char *object,
                     const char *method)
{
    struct gate *gate = context;
    size_t length = strlen(gate->asked);
    snprintf(gate->asked + length, sizeof(gate->asked) - length, "%s.%s ", object, method);
    snprintf(gate->address, sizeof(gate->address), "%s", caller->address);
    assert_null(caller->subject);
    assert_int_equal(caller->hmac, 0);
    snprintf(gate->handshake, sizeof(gate->handshake), "%s",
             pyrolua_read_text(caller->handshake, NULL));
    assert_int_equal(pyrolua_read_end(caller->handshake), PYROLUA_OK);
    return strcmp(method, "secret") != 0 && strcmp(method, "depth") != 0;
}

static void open_gate_with(struct gate *gate, const pyrolua_place *place)
{
    const char *uri;
    *gate = (struct gate){.runtime = NULL};
    assert_int_equal(pyrolua_new(&gate->runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(gate->runtime, "LOGLEVEL", "CRITICAL"), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(gate->runtime, place, &gate->daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(gate->daemon, "gate", &gate_class, gate, &uri),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(gate->runtime, uri, &gate->proxy), PYROLUA_OK);
}

static int open_gate(void **state)
{
    static struct gate gate;
    open_gate_with(&gate, NULL);
    assert_int_equal(pyrolua_daemon_authorize(gate.daemon, authorize, &gate), PYROLUA_OK);
    *state = &gate;
    return 0;
}

static int close_gate(void **state)
{
    pyrolua_free(((struct gate *)*state)->runtime);
    return 0;
}

#define WITH_GATE(test) cmocka_unit_test_setup_teardown(test, open_gate, close_gate)

/* Calls a method with a text (NULL: without). */
static int call(struct gate *gate, const char *method, const char *argument)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(gate->proxy, method, &call), PYROLUA_OK);
    if (argument)
        pyrolua_put_text(pyrolua_call_arguments(call), argument);
    int code = pyrolua_call_wait(call);
    pyrolua_call_free(call);
    return code;
}

static void expect_refusal(struct gate *gate, const char *method, const char *argument,
                           const char *message)
{
    assert_int_equal(call(gate, method, argument), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(gate->runtime)->class_name, "PermissionError");
    assert_string_equal(pyrolua_last_error(gate->runtime)->message, message);
}

/* --- a function --- */

static void the_function_decides(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(call(gate, "pass", NULL), PYROLUA_OK);
    assert_string_equal(gate->asked, "gate.get_metadata gate.pass ");
    assert_int_equal(strncmp(gate->address, "127.0.0.1:", 10), 0);
    assert_string_equal(gate->handshake, "hello");
    expect_refusal(gate, "secret", NULL, "not allowed to call gate.secret");
    assert_int_equal(gate->calls, 1);
}

static void attributes_are_asked_for_twice(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(call(gate, "pass", NULL), PYROLUA_OK);
    *gate->asked = '\0';
    assert_int_equal(call(gate, "__getattr__", "width"), PYROLUA_OK);
    expect_refusal(gate, "__getattr__", "depth", "not allowed to call gate.depth");
    assert_string_equal(gate->asked, "gate.__getattr__ gate.width gate.__getattr__ gate.depth ");
    assert_int_equal(gate->calls, 2);
}

static void calls_of_a_batch_are_asked_for(void **state)
{
    struct gate *gate = *state;
    pyrolua_call *batch;
    assert_int_equal(pyrolua_batch_new(gate->proxy, &batch), PYROLUA_OK);
    pyrolua_batch_add(batch, "pass");
    pyrolua_batch_add(batch, "secret");
    pyrolua_batch_add(batch, "pass");
    assert_int_equal(pyrolua_call_wait(batch), PYROLUA_OK);
    pyrolua_reader *results = pyrolua_call_result(batch);
    assert_int_equal(pyrolua_read_int(results), 42);
    pyrolua_skip(results);
    assert_int_equal(pyrolua_read_end(results), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(gate->runtime)->message,
                        "not allowed to call gate.secret");
    assert_int_equal(gate->calls, 1);
    pyrolua_call_free(batch);
}

static void no_function_allows_all(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(pyrolua_daemon_authorize(gate->daemon, NULL, NULL), PYROLUA_OK);
    assert_int_equal(call(gate, "secret", NULL), PYROLUA_OK);
    assert_string_equal(gate->asked, "");
}

static int without_handshake(void *context, const pyrolua_caller *caller, const char *object,
                             const char *method)
{
    (void)context;
    (void)object;
    (void)method;
    return pyrolua_next(caller->handshake) == PYROLUA_NOTHING;
}

static void a_later_function_has_no_handshake(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(pyrolua_daemon_authorize(gate->daemon, NULL, NULL), PYROLUA_OK);
    assert_int_equal(call(gate, "pass", NULL), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_authorize(gate->daemon, without_handshake, NULL), PYROLUA_OK);
    assert_int_equal(call(gate, "pass", NULL), PYROLUA_OK);
}

/* --- functions that do more --- */

static int call_another(void *context, const pyrolua_caller *caller, const char *object,
                        const char *method)
{
    struct gate *gate = context;
    pyrolua_call *call;
    (void)caller;
    (void)object;
    if (strcmp(method, "pass") != 0)
        return 1;
    assert_int_equal(pyrolua_call_new(gate->guard, "width_of", &call), PYROLUA_OK);
    int allowed = pyrolua_call_wait(call) == PYROLUA_OK;
    pyrolua_call_free(call);
    return allowed;
}

static const pyrolua_member guard_members[] = {{.name = "width_of", .call = pass}, {.name = NULL}};
static const pyrolua_class guard_class = {.members = guard_members};

static void the_function_may_wait(void **state)
{
    struct gate *gate = *state;
    pyrolua_daemon *other;
    const char *uri;
    assert_int_equal(pyrolua_daemon_new(gate->runtime, NULL, &other), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(other, "guard", &guard_class, gate, &uri), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(gate->runtime, uri, &gate->guard), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_authorize(gate->daemon, call_another, gate), PYROLUA_OK);
    assert_int_equal(call(gate, "pass", NULL), PYROLUA_OK);
    assert_int_equal(gate->calls, 2);
}

static int free_daemon(void *context, const pyrolua_caller *caller, const char *object,
                       const char *method)
{
    struct gate *gate = context;
    (void)object;
    if (strcmp(method, "pass") == 0) {
        pyrolua_daemon_free(gate->daemon);
        assert_string_equal(pyrolua_read_text(caller->handshake, NULL), "hello");
    }
    return 1;
}

static void the_function_may_free_the_daemon(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(pyrolua_daemon_authorize(gate->daemon, free_daemon, gate), PYROLUA_OK);
    assert_int_equal(call(gate, "pass", NULL), PYROLUA_ECOMMUNICATION);
    assert_int_equal(gate->calls, 0);
}

static int free_runtime(void *context, const pyrolua_caller *caller, const char *object,
                        const char *method)
{
    struct gate *gate = context;
    (void)caller;
    (void)object;
    if (strcmp(method, "pass") == 0)
        pyrolua_free(gate->runtime);
    return 1;
}

static void the_function_may_free_the_runtime(void **state)
{
    struct gate *gate = *state;
    pyrolua_call *call;
    assert_int_equal(pyrolua_daemon_authorize(gate->daemon, free_runtime, gate), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(gate->proxy, "pass", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ECLOSED);
    assert_int_equal(gate->calls, 0);
    gate->runtime = NULL;
}

/* --- rules --- */

static const char *rules_path(const char *text)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/pyrolua-%ld.rules", (long)getpid());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void a_place_names_rules(void **state)
{
    struct gate gate;
    const char *path = rules_path("allow gate pass from 127.0.0.0/8\n");
    (void)state;
    open_gate_with(&gate, &(pyrolua_place){.allow = path});
    assert_int_equal(call(&gate, "pass", NULL), PYROLUA_OK);
    expect_refusal(&gate, "secret", NULL, "not allowed to call gate.secret");
    pyrolua_free(gate.runtime);
    unlink(path);
}

static void wrong_rules_are_told(void **state)
{
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    char message[200];
    const char *path = rules_path("allow\n");
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "ALLOW", path), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_EVALUE);
    assert_null(daemon);
    snprintf(message, sizeof(message), "%s:1: the rule lacks an object", path);
    assert_string_equal(pyrolua_last_error(runtime)->message, message);
    assert_int_equal(pyrolua_nameserver_new(runtime, &(pyrolua_place){.port = -1}, 0, &daemon),
                     PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message, message);
    assert_int_equal(pyrolua_configure(runtime, "ALLOW", ""), PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message,
                        "invalid value: ALLOW= (the path of a file)");
    assert_int_equal(pyrolua_daemon_new(runtime, &(pyrolua_place){.allow = ""}, &daemon),
                     PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message,
                        "the path of a file of rules is empty");
    assert_int_equal(pyrolua_daemon_authorize(NULL, authorize, NULL), PYROLUA_EVALUE);
    pyrolua_free(runtime);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_GATE(the_function_decides),
        WITH_GATE(attributes_are_asked_for_twice),
        WITH_GATE(calls_of_a_batch_are_asked_for),
        WITH_GATE(no_function_allows_all),
        WITH_GATE(a_later_function_has_no_handshake),
        WITH_GATE(the_function_may_wait),
        WITH_GATE(the_function_may_free_the_daemon),
        WITH_GATE(the_function_may_free_the_runtime),
        cmocka_unit_test(a_place_names_rules),
        cmocka_unit_test(wrong_rules_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
