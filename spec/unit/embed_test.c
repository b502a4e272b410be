/* The embedding API, by real sockets: a second runtime in a thread is the other side. */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "include/pyrolua.h"

/* --- a C object: a sensor --- */

struct sensor {
    double celsius;
    char unit[16];
    int calibrated;
    int released;
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    char peer[128];
};

static int sensor_read(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE;
    pyrolua_put_real(result, sensor->celsius);
    return PYROLUA_OK;
}

static int sensor_scale(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    double factor = pyrolua_read_real(arguments);
    int64_t offset = pyrolua_read_key(arguments, "offset") ? pyrolua_read_int(arguments) : 0;
    int code = pyrolua_read_end(arguments);
    if (code)
        return code;
    if (factor == 0)
        return pyrolua_raise(result, "ZeroDivisionError", "a factor of %d", 0);
    pyrolua_put_real(result, sensor->celsius * factor + (double)offset);
    return PYROLUA_OK;
}

static int sensor_echo(void *self, pyrolua_reader *arguments, pyrolua_writer *result);

static int sensor_calibrate(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    (void)result;
    sensor->calibrated = (int)pyrolua_read_int(arguments);
    return pyrolua_read_end(arguments);
}

static int get_unit(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    pyrolua_put_text(result, ((struct sensor *)self)->unit);
    return PYROLUA_OK;
}

static int set_unit(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    const char *unit = pyrolua_read_text(arguments, NULL);
    (void)result;
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE;
    strncpy(sensor->unit, unit, sizeof(sensor->unit) - 1);
    return PYROLUA_OK;
}

static int sensor_stop(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    (void)result;
    pyrolua_stop(((struct sensor *)self)->runtime);
    return PYROLUA_OK;
}

static int sensor_free_daemon(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    (void)result;
    pyrolua_daemon_free(((struct sensor *)self)->daemon);
    return PYROLUA_OK;
}

static int sensor_free_runtime(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    (void)result;
    pyrolua_free(((struct sensor *)self)->runtime);
    return PYROLUA_OK;
}

/* Calls its peer, and waits for the answer, while it is being called. */
static int sensor_relay(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    int64_t depth = pyrolua_read_int(arguments);
    int code = pyrolua_read_end(arguments);
    if (code || (code = pyrolua_proxy_new(sensor->runtime, sensor->peer, &proxy)))
        return code;
    code = pyrolua_call_new(proxy, depth > 0 ? "relay" : "scale", &call);
    if (!code) {
        pyrolua_put_int(pyrolua_call_arguments(call), depth > 0 ? depth - 1 : 0);
        code = pyrolua_call_wait(call);
        if (!code)
            pyrolua_put_real(result, pyrolua_read_real(pyrolua_call_result(call)));
        pyrolua_call_free(call);
    }
    pyrolua_proxy_free(proxy);
    return code;
}

static void sensor_release(void *self)
{
    ((struct sensor *)self)->released++;
}

static const pyrolua_member sensor_members[] = {
    {.name = "read", .call = sensor_read},
    {.name = "scale", .call = sensor_scale},
    {.name = "echo", .call = sensor_echo},
    {.name = "calibrate", .call = sensor_calibrate, .oneway = 1},
    {.name = "stop", .call = sensor_stop},
    {.name = "freeDaemon", .call = sensor_free_daemon},
    {.name = "freeRuntime", .call = sensor_free_runtime},
    {.name = "relay", .call = sensor_relay},
    {.name = "unit", .get = get_unit, .set = set_unit},
    {.name = "model", .get = get_unit},
    {.name = NULL},
};

static const pyrolua_class sensor_class = {sensor_members, sensor_release};

/* --- copying values: what comes goes back --- */

static void copy_value(pyrolua_reader *from, pyrolua_writer *to);

static void copy_container(pyrolua_reader *from, pyrolua_writer *to, int type)
{
    size_t count = pyrolua_read_begin(from);
    pyrolua_put_begin(to, type);
    for (size_t i = 0; i < (type == PYROLUA_DICT ? 2 * count : count); i++)
        copy_value(from, to);
    assert_int_equal(pyrolua_next(from), PYROLUA_NOTHING);
    pyrolua_put_end(to);
    pyrolua_read_end(from);
}

static void copy_value(pyrolua_reader *from, pyrolua_writer *to)
{
    int type = pyrolua_next(from);
    size_t length;
    const void *data;
    switch (type) {
    case PYROLUA_NIL:
        pyrolua_skip(from);
        pyrolua_put_nil(to);
        break;
    case PYROLUA_BOOL:
        pyrolua_put_bool(to, pyrolua_read_bool(from));
        break;
    case PYROLUA_INT:
        pyrolua_put_int(to, pyrolua_read_int(from));
        break;
    case PYROLUA_REAL:
        pyrolua_put_real(to, pyrolua_read_real(from));
        break;
    case PYROLUA_TEXT:
        data = pyrolua_read_text(from, &length);
        pyrolua_put_text_of(to, data, length);
        break;
    case PYROLUA_BYTES:
        data = pyrolua_read_bytes(from, &length);
        pyrolua_put_bytes(to, data, length);
        break;
    default:
        copy_container(from, to, type);
    }
}

static int sensor_echo(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    copy_value(arguments, result);
    return pyrolua_read_end(arguments);
}

/* --- the other side: a runtime that serves a sensor in a thread --- */

struct server {
    pthread_t thread;
    pthread_barrier_t ready;
    struct sensor sensor;
    char uri[128];
    int outcome;
};

static void *serve(void *context)
{
    struct server *server = context;
    const char *uri;
    assert_int_equal(pyrolua_new(&server->sensor.runtime), PYROLUA_OK);
    pyrolua_runtime *runtime = server->sensor.runtime;
    assert_int_equal(pyrolua_daemon_new(runtime, NULL, &server->sensor.daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(server->sensor.daemon, "sensor", &sensor_class,
                                             &server->sensor, &uri),
                     PYROLUA_OK);
    strncpy(server->uri, uri, sizeof(server->uri) - 1);
    strncpy(server->sensor.peer, uri, sizeof(server->sensor.peer) - 1);
    pthread_barrier_wait(&server->ready);
    server->outcome = pyrolua_run(runtime);
    if (server->outcome != PYROLUA_ECLOSED)
        pyrolua_free(runtime);
    return NULL;
}

static void start_server(struct server *server)
{
    *server = (struct server){.sensor = {.celsius = 21.5, .unit = "C"}};
    pthread_barrier_init(&server->ready, NULL, 2);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
    pthread_barrier_wait(&server->ready);
}

static void join_server(struct server *server)
{
    pthread_join(server->thread, NULL);
    pthread_barrier_destroy(&server->ready);
}

struct client {
    struct server server;
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy;
};

static int setup(void **state)
{
    struct client *client = *state = calloc(1, sizeof(*client));
    start_server(&client->server);
    assert_int_equal(pyrolua_new(&client->runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(client->runtime, client->server.uri, &client->proxy),
                     PYROLUA_OK);
    return 0;
}

static int teardown(void **state)
{
    struct client *client = *state;
    pyrolua_free(client->runtime);
    pyrolua_stop(client->server.sensor.runtime);
    join_server(&client->server);
    assert_int_equal(client->server.outcome, PYROLUA_OK);
    assert_int_equal(client->server.sensor.released, 1);
    free(client);
    return 0;
}

static pyrolua_call *new_call(struct client *client, const char *method)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(client->proxy, method, &call), PYROLUA_OK);
    return call;
}

/* --- scripts and the loop --- */

static void a_script_runs_and_its_errors_are_told(void **state)
{
    pyrolua_runtime *runtime;
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_run_text(runtime, "x = require('pyro').config.HOST", "first"),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_run_text(runtime, "assert(x == 'localhost') error 'no'", "second"),
                     PYROLUA_ERAISED);
    const pyrolua_error *error = pyrolua_last_error(runtime);
    assert_string_equal(error->message, "second:1: no");
    assert_string_equal(error->class_name, "RuntimeError");
    assert_non_null(strstr(error->traceback, "second:1"));
    assert_int_equal(pyrolua_run_text(runtime, "error(require('pyro').ValueError 'bad')", "third"),
                     PYROLUA_ERAISED);
    assert_string_equal(error->class_name, "ValueError");
    assert_string_equal(error->message, "bad");
    assert_int_equal(pyrolua_run_text(runtime, "=", "fourth"), PYROLUA_ERAISED);
    assert_int_equal(pyrolua_run_text(runtime, "error()", "fifth"), PYROLUA_ERAISED);
    assert_int_equal(pyrolua_run_file(runtime, "/nowhere.lua", 0, NULL), PYROLUA_ERAISED);
    assert_int_equal(pyrolua_step(runtime, -1), PYROLUA_EIDLE);
    assert_int_equal(pyrolua_run(runtime), PYROLUA_EIDLE);
    assert_non_null(pyrolua_state(runtime));
    pyrolua_free(runtime);
    pyrolua_free(NULL);
}

static void a_script_file_gets_its_arguments(void **state)
{
    pyrolua_runtime *runtime;
    char path[] = "/tmp/embed_test_XXXXXX";
    static const char text[] = "local a, b = ...\nassert(a == 'one' and b == 'two' and select('#', "
                               "...) == 2)\nassert(arg[0] and arg[1] == 'one' and arg[2] == 'two')";
    (void)state;
    int file = mkstemp(path);
    assert_int_equal(write(file, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
    close(file);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    int code = pyrolua_run_file(runtime, path, 2, (const char *const[]){"one", "two"});
    assert_string_equal(code ? pyrolua_last_error(runtime)->message : "", "");
    pyrolua_free(runtime);
    unlink(path);
}

static void settings_are_set(void **state)
{
    pyrolua_runtime *runtime;
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "COMMTIMEOUT", "2.5"), PYROLUA_OK);
    assert_int_equal(
        pyrolua_run_text(runtime, "assert(require('pyro').config.COMMTIMEOUT == 2.5)", "test"),
        PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "COMMTIMEOUT", "soon"), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_configure(runtime, "NONSENSE", "1"), PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message, "there is no setting 'NONSENSE'");
    pyrolua_free(runtime);
}

static void a_script_reaches_an_object(void **state)
{
    struct sensor sensor = {.celsius = 20, .unit = "C"};
    pyrolua_runtime *runtime;
    static const char code[] =
        "local pyro = require 'pyro'\n"
        "assert(sensor:read() == 20.0)\n"
        "assert(sensor:scale(2, pyro.kwargs { offset = 1 }) == 41.0)\n"
        "assert(sensor.unit == 'C')\n"
        "sensor.unit = 'F'\n"
        "assert(sensor.unit == 'F')\n"
        "local ok, err = pcall(sensor.scale, sensor, 0)\n"
        "assert(not ok and err.class == 'ZeroDivisionError' and err.message == 'a factor of 0')\n"
        "ok, err = pcall(sensor.scale, sensor, 'x')\n"
        "assert(not ok and err.class == 'TypeError', tostring(err))\n"
        "ok, err = pcall(sensor.nothing, sensor)\n"
        "assert(not ok and err.class == 'AttributeError')\n"
        "ok, err = pcall(function() sensor.model = 'x' end)\n"
        "assert(not ok and err.class == 'AttributeError')\n"
        "local echo = sensor:echo({ 1, { a = pyro.tuple { true } }, 'x', 2.5 })\n"
        "assert(echo[1] == 1 and echo[2].a[1] == true and echo[4] == 2.5)\n"
        "assert(coroutine.wrap(function() return sensor:read() end)() == 20.0)\n"
        "sensor = nil collectgarbage() collectgarbage()\n";
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(runtime, "sensor", &sensor_class, &sensor), PYROLUA_OK);
    int outcome = pyrolua_run_text(runtime, code, "test");
    assert_string_equal(outcome ? pyrolua_last_error(runtime)->message : "", "");
    assert_int_equal(sensor.released, 1);
    pyrolua_free(runtime);
}

static void what_a_script_serves_is_called_from_the_same_runtime(void **state)
{
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    char uri[200];
    static const char code[] = "local pyro = require 'pyro'\n"
                               "local object = { add = function(_, a, b) return a + b end }\n"
                               "daemon = pyro.Daemon { host = 'localhost', port = 0 }\n"
                               "daemon:register(object, 'adder')\n"
                               "sink:calibrate(daemon.locationStr:match(':(%d+)') + 0)";
    struct sensor sink = {.celsius = 0};
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(runtime, "sink", &sensor_class, &sink), PYROLUA_OK);
    assert_int_equal(pyrolua_run_text(runtime, code, "test"), PYROLUA_OK);
    snprintf(uri, sizeof(uri), "PYRO:adder@localhost:%d", sink.calibrated);
    assert_int_equal(pyrolua_proxy_new(runtime, uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "add", &call), PYROLUA_OK);
    pyrolua_put_int(pyrolua_call_arguments(call), 40);
    pyrolua_put_int(pyrolua_call_arguments(call), 2);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_int_equal(pyrolua_read_int(pyrolua_call_result(call)), 42);
    assert_int_equal(pyrolua_read_end(pyrolua_call_result(call)), PYROLUA_OK);
    pyrolua_free(runtime); /* with all that is left */
}

/* --- calls --- */

static void a_call_brings_its_result(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "scale");
    pyrolua_put_int(pyrolua_call_arguments(call), 2);
    pyrolua_put_name(pyrolua_call_arguments(call), "offset");
    pyrolua_put_int(pyrolua_call_arguments(call), 1);
    assert_null(pyrolua_call_result(call));
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_reader *result = pyrolua_call_result(call);
    assert_int_equal(pyrolua_next(result), PYROLUA_REAL);
    assert_true(pyrolua_read_real(result) == 44);
    assert_int_equal(pyrolua_read_end(result), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_EVALUE); /* once */
    pyrolua_call_free(call);
}

static void an_exception_comes_with_class_message_and_traceback(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "scale");
    pyrolua_put_real(pyrolua_call_arguments(call), 0);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
    const pyrolua_error *error = pyrolua_last_error(client->runtime);
    assert_string_equal(error->class_name, "ZeroDivisionError");
    assert_string_equal(error->message, "a factor of 0");
    assert_string_equal(error->traceback, "ZeroDivisionError: a factor of 0\n");
    assert_null(pyrolua_call_result(call));
    pyrolua_call_free(call);
}

static void wrong_arguments_are_a_type_error(void **state)
{
    struct client *client = *state;
    static const char *const messages[] = {"value 1: float expected, got str",
                                           "value 1: float expected, got nothing",
                                           "value 2: no further value expected, got int"};
    for (int i = 0; i < 3; i++) {
        pyrolua_call *call = new_call(client, "scale");
        if (i == 0)
            pyrolua_put_text(pyrolua_call_arguments(call), "x");
        for (int j = 0; i == 2 && j < 2; j++)
            pyrolua_put_int(pyrolua_call_arguments(call), 1);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
        assert_string_equal(pyrolua_last_error(client->runtime)->class_name, "TypeError");
        assert_string_equal(pyrolua_last_error(client->runtime)->message, messages[i]);
        pyrolua_call_free(call);
    }
}

static void every_kind_of_value_travels(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "echo");
    pyrolua_writer *to = pyrolua_call_arguments(call);
    pyrolua_put_begin(to, PYROLUA_DICT);
    pyrolua_put_text(to, "list");
    pyrolua_put_begin(to, PYROLUA_LIST);
    pyrolua_put_nil(to);
    pyrolua_put_bool(to, 1);
    pyrolua_put_int(to, INT64_MIN);
    pyrolua_put_real(to, 0.1);
    pyrolua_put_bytes(to, "\0\xff", 2);
    pyrolua_put_end(to);
    pyrolua_put_text(to, "text");
    pyrolua_put_text_of(to, "gr\xc3\xbc\0", 5);
    pyrolua_put_end(to);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_reader *from = pyrolua_call_result(call);
    size_t length;
    assert_int_equal(pyrolua_read_begin(from), 2);
    assert_false(pyrolua_read_key(from, "nothing"));
    assert_true(pyrolua_read_key(from, "text"));
    assert_memory_equal(pyrolua_read_text(from, &length), "gr\xc3\xbc\0", 5);
    assert_int_equal(length, 5);
    assert_true(pyrolua_read_key(from, "list"));
    assert_int_equal(pyrolua_read_begin(from), 5);
    assert_int_equal(pyrolua_next(from), PYROLUA_NIL);
    pyrolua_skip(from);
    assert_true(pyrolua_read_bool(from));
    assert_true(pyrolua_read_int(from) == INT64_MIN);
    assert_true(pyrolua_read_real(from) == 0.1);
    assert_memory_equal(pyrolua_read_bytes(from, &length), "\0\xff", 2);
    assert_int_equal(pyrolua_next(from), PYROLUA_NOTHING);
    assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
    assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
    assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
    pyrolua_call_free(call);
}

static void containers_nest_deep(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "echo");
    pyrolua_writer *to = pyrolua_call_arguments(call);
    for (int i = 0; i < 100; i++)
        pyrolua_put_begin(to, PYROLUA_LIST);
    for (int i = 0; i < 100; i++)
        pyrolua_put_end(to);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    for (int i = 0; i < 100; i++)
        assert_int_equal(pyrolua_read_begin(pyrolua_call_result(call)), i < 99);
    for (int i = 0; i < 101; i++)
        assert_int_equal(pyrolua_read_end(pyrolua_call_result(call)), PYROLUA_OK);
    pyrolua_call_free(call);
    call = new_call(client, "echo");
    for (int i = 0; i < 513; i++)
        pyrolua_put_begin(pyrolua_call_arguments(call), PYROLUA_LIST);
    for (int i = 0; i < 513; i++)
        pyrolua_put_end(pyrolua_call_arguments(call));
    assert_int_not_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
}

static void attributes_are_read_and_set(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "__setattr__");
    pyrolua_put_text(pyrolua_call_arguments(call), "unit");
    pyrolua_put_text(pyrolua_call_arguments(call), "K");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
    call = new_call(client, "__getattr__");
    pyrolua_put_text(pyrolua_call_arguments(call), "unit");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_string_equal(pyrolua_read_text(pyrolua_call_result(call), NULL), "K");
    pyrolua_call_free(call);
}

static void a_oneway_call_is_over_at_once(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "calibrate");
    pyrolua_put_int(pyrolua_call_arguments(call), 7);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_int_equal(pyrolua_next(pyrolua_call_result(call)), PYROLUA_NIL);
    pyrolua_call_free(call);
    call = new_call(client, "read"); /* behind it on the connection */
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
}

static void a_batch_ends_with_the_first_exception(void **state)
{
    struct client *client = *state;
    pyrolua_call *batch;
    assert_int_equal(pyrolua_batch_new(client->proxy, &batch), PYROLUA_OK);
    pyrolua_writer *to = pyrolua_call_arguments(batch);
    pyrolua_batch_add(batch, "read");
    for (int factor = 2; factor >= 0; factor--) {
        pyrolua_batch_add(batch, "scale");
        pyrolua_put_int(to, factor);
        pyrolua_put_name(to, "offset");
        pyrolua_put_int(to, factor);
    }
    pyrolua_batch_add(batch, "read");
    assert_int_equal(pyrolua_call_wait(batch), PYROLUA_OK);
    pyrolua_reader *results = pyrolua_call_result(batch);
    assert_true(pyrolua_read_real(results) == 21.5);
    assert_true(pyrolua_read_real(results) == 45);
    assert_true(pyrolua_read_real(results) == 22.5);
    assert_int_not_equal(pyrolua_next(results), PYROLUA_NOTHING);
    pyrolua_skip(results);
    assert_int_equal(pyrolua_read_end(results), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(client->runtime)->class_name, "ZeroDivisionError");
    pyrolua_call_free(batch);
    assert_int_equal(pyrolua_batch_new(client->proxy, &batch), PYROLUA_OK); /* an empty one */
    assert_int_equal(pyrolua_call_wait(batch), PYROLUA_OK);
    assert_int_equal(pyrolua_read_end(pyrolua_call_result(batch)), PYROLUA_OK);
    pyrolua_call_free(batch);
}

struct tally {
    int good, bad;
    double sum;
    int free;
    char class_name[64];
    int code;
    pyrolua_runtime *to_free;
};

static void on_done(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct tally *tally = owner;
    if (error) {
        tally->bad++;
        tally->code = error->code;
        strncpy(tally->class_name, error->class_name, sizeof(tally->class_name) - 1);
    } else {
        tally->good++;
        tally->sum += pyrolua_read_real(pyrolua_call_result(call));
    }
    if (tally->free)
        pyrolua_call_free(call);
    if (tally->to_free)
        pyrolua_free(tally->to_free);
}

static void send_scale(struct client *client, int factor, struct tally *tally)
{
    pyrolua_call *call = new_call(client, "scale");
    pyrolua_put_int(pyrolua_call_arguments(call), factor);
    assert_int_equal(pyrolua_call_send(call, on_done, tally), PYROLUA_OK);
}

static void calls_under_way_call_back(void **state)
{
    struct client *client = *state;
    struct tally tally = {.free = 1};
    for (int i = 0; i < 100; i++)
        send_scale(client, i % 10, &tally);
    while (tally.good + tally.bad < 100)
        assert_int_equal(pyrolua_step(client->runtime, 5), PYROLUA_OK);
    assert_int_equal(tally.bad, 10);
    assert_string_equal(tally.class_name, "ZeroDivisionError");
    assert_true(tally.sum == 10 * 45 * 21.5);
}

/* Waits for another call, and steps, then frees what it can. */
static void on_busy(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct client *client = owner;
    assert_null(error);
    pyrolua_call *other = new_call(client, "read");
    assert_int_equal(pyrolua_call_wait(other), PYROLUA_OK);
    assert_true(pyrolua_read_real(pyrolua_call_result(other)) == 21.5);
    assert_int_equal(pyrolua_step(client->runtime, 0), PYROLUA_OK);
    pyrolua_call_free(other);
    pyrolua_call_free(call);
    pyrolua_proxy_free(client->proxy);
    client->proxy = NULL;
}

static void a_callback_may_wait_and_free(void **state)
{
    struct client *client = *state;
    struct tally tally = {.free = 1};
    pyrolua_call *call = new_call(client, "read");
    assert_int_equal(pyrolua_call_send(call, on_busy, client), PYROLUA_OK);
    for (int i = 1; i <= 3; i++)
        send_scale(client, i, &tally);
    while (client->proxy || tally.good + tally.bad < 3)
        assert_int_equal(pyrolua_step(client->runtime, 5), PYROLUA_OK);
    assert_int_equal(pyrolua_run(client->runtime), PYROLUA_EIDLE); /* once it is closed */
}

static void a_loop_of_ones_own_polls(void **state)
{
    struct client *client = *state;
    struct tally tally = {.free = 1};
    int rounds = 0;
    for (int i = 1; i <= 3; i++)
        send_scale(client, i, &tally);
    while (tally.good < 3 && rounds++ < 100) {
        struct pollfd poller = {.fd = pyrolua_descriptor(client->runtime), .events = POLLIN};
        double seconds = pyrolua_timeout(client->runtime);
        assert_true(poll(&poller, 1, seconds < 0 ? 5000 : (int)(seconds * 1000)) >= 0);
        assert_int_equal(pyrolua_step(client->runtime, 0), PYROLUA_OK);
    }
    assert_int_equal(tally.good, 3);
    assert_true(tally.sum == 6 * 21.5);
    pyrolua_stop(client->runtime);
    assert_true(pyrolua_timeout(client->runtime) == 0);
    assert_int_equal(pyrolua_step(client->runtime, 0), PYROLUA_ECLOSED);
}

static void a_call_that_is_freed_is_given_up(void **state)
{
    struct client *client = *state;
    struct tally tally = {.free = 0};
    pyrolua_call *call = new_call(client, "read");
    assert_int_equal(pyrolua_call_send(call, on_done, &tally), PYROLUA_OK);
    pyrolua_step(client->runtime, 0);
    pyrolua_call_free(call);
    pyrolua_call_free(NULL);
    call = new_call(client, "read");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
    assert_int_equal(tally.good + tally.bad, 0);
}

static void calls_lose_their_proxy(void **state)
{
    struct client *client = *state;
    struct tally tally = {.free = 1};
    pyrolua_call *unsent = new_call(client, "read");
    send_scale(client, 1, &tally);
    pyrolua_proxy_free(client->proxy);
    while (tally.bad == 0)
        assert_int_equal(pyrolua_step(client->runtime, 5), PYROLUA_OK);
    assert_int_equal(tally.code, PYROLUA_ECOMMUNICATION);
    assert_int_equal(pyrolua_call_wait(unsent), PYROLUA_EVALUE);
    pyrolua_call_free(unsent);
    assert_int_equal(pyrolua_proxy_new(client->runtime, "PYRONAME:x@localhost:1", &client->proxy),
                     PYROLUA_OK);
    send_scale(client, 1, &tally);
    pyrolua_proxy_free(client->proxy); /* while its object is looked for */
    while (tally.bad == 1)
        assert_int_equal(pyrolua_step(client->runtime, 5), PYROLUA_OK);
    assert_int_equal(tally.code, PYROLUA_ECOMMUNICATION);
}

static void calls_under_way_end_with_their_runtime(void **state)
{
    struct client *client = *state;
    struct tally kept = {.free = 0}, freed = {.free = 1};
    pyrolua_runtime *runtime;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(runtime, client->server.uri, &client->proxy), PYROLUA_OK);
    send_scale(client, 1, &kept);
    send_scale(client, 1, &freed);
    new_call(client, "read");
    pyrolua_free(runtime);
    assert_int_equal(kept.bad, 1);
    assert_int_equal(freed.bad, 1);
    assert_int_equal(kept.code, PYROLUA_ECLOSED);
}

static void what_cannot_be_written_fails_the_call(void **state)
{
    struct client *client = *state;
    static const char *const messages[] = {"a text is no UTF-8",
                                           "a container was begun and not ended",
                                           "no container was begun that could be ended",
                                           "the last key of a dict has no value",
                                           "an argument without a name follows one with a name",
                                           "a named argument has no value",
                                           "that type is no container"};
    for (int i = 0; i < 7; i++) {
        pyrolua_call *call = new_call(client, "read");
        pyrolua_writer *to = pyrolua_call_arguments(call);
        if (i == 0)
            pyrolua_put_text(to, "\xff");
        else if (i == 1)
            pyrolua_put_begin(to, PYROLUA_LIST);
        else if (i == 2)
            pyrolua_put_end(to);
        else if (i == 3)
            pyrolua_put_begin(to, PYROLUA_DICT), pyrolua_put_nil(to), pyrolua_put_end(to);
        else if (i == 6)
            pyrolua_put_begin(to, PYROLUA_TEXT);
        else
            pyrolua_put_name(to, "a");
        if (i == 4)
            pyrolua_put_nil(to), pyrolua_put_nil(to);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_EVALUE);
        assert_string_equal(pyrolua_last_error(client->runtime)->message, messages[i]);
        pyrolua_call_free(call);
    }
}

static void a_method_may_wait_while_it_is_called_again(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "relay");
    pyrolua_put_int(pyrolua_call_arguments(call), 5);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(client->runtime)->class_name, "ZeroDivisionError");
    pyrolua_call_free(call);
}

static void calls_that_nest_too_deep_fail(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "relay");
    pyrolua_put_int(pyrolua_call_arguments(call), 1000);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
    assert_non_null(strstr(pyrolua_last_error(client->runtime)->message, "C stack overflow"));
    pyrolua_call_free(call);
    call = new_call(client, "read"); /* the others do not mind */
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
}

static void no_connection_is_an_error(void **state)
{
    struct client *client = *state;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    assert_int_equal(pyrolua_proxy_new(client->runtime, "nonsense", &proxy), PYROLUA_EVALUE);
    assert_null(proxy);
    assert_int_equal(pyrolua_proxy_new(client->runtime, "PYRO:x@localhost:1", &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "read", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ECOMMUNICATION);
    assert_string_equal(pyrolua_last_error(client->runtime)->class_name, "CommunicationError");
    pyrolua_call_free(call);
    assert_int_equal(pyrolua_proxy_new(client->runtime, "PYRONAME:x@localhost:1", &proxy),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "read", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ENAMING);
}

/* --- the name server --- */

static void a_name_server_of_ones_own_is_found(void **state)
{
    struct client *client = *state;
    pyrolua_daemon *daemon;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    char uri[200];
    assert_int_equal(
        pyrolua_nameserver_new(client->runtime, &(pyrolua_place){.port = 9092}, 1, &daemon),
        PYROLUA_OK);
    assert_string_equal(pyrolua_daemon_location(daemon), "localhost:9092");
    snprintf(uri, sizeof(uri), "PYRONAME:Pyro.NameServer@%s", pyrolua_daemon_location(daemon));
    assert_int_equal(pyrolua_proxy_new(client->runtime, uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "register", &call), PYROLUA_OK);
    pyrolua_put_text(pyrolua_call_arguments(call), "a.sensor");
    pyrolua_put_text(pyrolua_call_arguments(call), client->server.uri);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
    assert_int_equal(pyrolua_call_new(proxy, "lookup", &call), PYROLUA_OK);
    pyrolua_put_text(pyrolua_call_arguments(call), "a.sensor");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_string_equal(pyrolua_read_uri(pyrolua_call_result(call)), client->server.uri);
    pyrolua_call_free(call);
    snprintf(uri, sizeof(uri), "PYRONAME:a.sensor@%s", pyrolua_daemon_location(daemon));
    assert_int_equal(pyrolua_proxy_new(client->runtime, uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "read", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_true(pyrolua_read_real(pyrolua_call_result(call)) == 21.5);
    pyrolua_daemon_free(daemon);
    pyrolua_daemon_free(NULL);
}

/* --- closing --- */

static void objects_come_and_go(void **state)
{
    struct client *client = *state;
    struct sensor sensor = {.celsius = 1};
    pyrolua_daemon *daemon, *other;
    const char *uri;
    assert_int_equal(pyrolua_daemon_new(client->runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, NULL, &sensor_class, &sensor, &uri), 0);
    assert_int_equal(strncmp(uri, "PYRO:obj_", 9), 0);
    assert_int_equal(pyrolua_daemon_register(daemon, "a", &sensor_class, &sensor, NULL), 0);
    assert_int_equal(pyrolua_daemon_register(daemon, "a", &sensor_class, &sensor, NULL),
                     PYROLUA_EVALUE);
    assert_int_equal(pyrolua_daemon_register(daemon, "a b", &sensor_class, &sensor, NULL),
                     PYROLUA_EVALUE);
    assert_int_equal(sensor.released, 0);
    assert_int_equal(pyrolua_daemon_unregister(daemon, "a"), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_unregister(daemon, "a"), PYROLUA_EVALUE);
    assert_int_equal(sensor.released, 1);
    int port = atoi(strrchr(uri, ':') + 1);
    assert_int_equal(pyrolua_daemon_new(client->runtime, &(pyrolua_place){.port = port}, &other),
                     PYROLUA_ESYSTEM);
    assert_null(other);
    assert_int_equal(pyrolua_daemon_new(client->runtime, &(pyrolua_place){.port = 65536}, &other),
                     PYROLUA_EVALUE);
    pyrolua_daemon_free(daemon);
    assert_int_equal(sensor.released, 2);
}

static int free_client(void **state)
{
    struct client *client = *state;
    pyrolua_free(client->runtime);
    if (client->server.thread)
        join_server(&client->server);
    assert_int_equal(client->server.sensor.released, 1);
    free(client);
    return 0;
}

static void a_method_stops_its_loop(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "stop");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
}

static void a_method_frees_its_daemon(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "freeDaemon");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ECOMMUNICATION);
    join_server(&client->server);
    assert_int_equal(client->server.outcome, PYROLUA_EIDLE);
    client->server.thread = 0;
}

static void a_method_frees_its_runtime(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "freeRuntime");
    int code = pyrolua_call_wait(call);
    assert_true(code == PYROLUA_OK || code == PYROLUA_ECOMMUNICATION);
}

static void a_callback_frees_its_runtime(void **state)
{
    struct client *client = *state;
    struct tally tally = {.free = 1, .to_free = client->runtime}, other = {.free = 1};
    send_scale(client, 1, &tally);
    pyrolua_call *wait = new_call(client, "read");
    send_scale(client, 1, &other);
    assert_int_equal(pyrolua_call_wait(wait), PYROLUA_ECLOSED);
    assert_int_equal(tally.good, 1);
    client->runtime = NULL;
    pyrolua_stop(client->server.sensor.runtime);
}

static pyrolua_runtime *interrupted;

static void on_alarm(int number)
{
    (void)number;
    pyrolua_stop(interrupted);
}

/* From a signal handler: it is the program's, and stays that while a script serves. */
static void whatever_waits_is_stopped(void **state)
{
    struct sensor sensor = {.celsius = 1};
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    struct sigaction before, after;
    (void)state;
    assert_int_equal(pyrolua_new(&interrupted), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(interrupted, "sensor", &sensor_class, &sensor), 0);
    signal(SIGALRM, on_alarm);
    sigaction(SIGINT, NULL, &before);
    ualarm(50000, 0);
    assert_int_equal(
        pyrolua_run_text(interrupted,
                         "daemon = require('pyro').Daemon {}\n"
                         "daemon:register({ wait = function() require('pyro').sleep(60)"
                         " end }, 'x')\n"
                         "sensor:calibrate(daemon.locationStr:match(':(%d+)') + 0)\n"
                         "require('pyro').spawn(function() serving = true end)\n"
                         "daemon:requestLoop()",
                         "test"),
        PYROLUA_ECLOSED);
    sigaction(SIGINT, NULL, &after);
    assert_ptr_equal(before.sa_handler, after.sa_handler);
    assert_int_equal(pyrolua_run_text(interrupted, "assert(serving)", "test"), PYROLUA_OK);
    ualarm(50000, 0);
    assert_int_equal(pyrolua_run(interrupted), PYROLUA_OK);
    ualarm(50000, 0);
    assert_int_equal(pyrolua_step(interrupted, -1), PYROLUA_OK); /* it was woken, and told after */
    assert_int_equal(pyrolua_step(interrupted, -1), PYROLUA_ECLOSED);
    char uri[100];
    snprintf(uri, sizeof(uri), "PYRO:x@localhost:%d", sensor.calibrated);
    assert_int_equal(pyrolua_proxy_new(interrupted, uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "wait", &call), PYROLUA_OK);
    ualarm(50000, 0);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ECLOSED);
    assert_string_equal(pyrolua_last_error(interrupted)->message, "the runtime was stopped");
    pyrolua_free(interrupted);
    signal(SIGALRM, SIG_DFL);
}

static void a_wrong_setting_is_told(void **state)
{
    pyrolua_runtime *runtime;
    (void)state;
    setenv("PYRO_METADATA", "maybe", 1);
    int code = pyrolua_new(&runtime);
    unsetenv("PYRO_METADATA");
    assert_int_equal(code, PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message,
                        "invalid boolean value: PYRO_METADATA=maybe");
    assert_int_not_equal(pyrolua_step(runtime, 0), PYROLUA_OK);
    assert_int_not_equal(pyrolua_run_text(runtime, "", "x"), PYROLUA_OK);
    pyrolua_free(runtime);
}

static void a_script_frees_its_runtime(void **state)
{
    struct sensor sensor = {.celsius = 1};
    (void)state;
    assert_int_equal(pyrolua_new(&sensor.runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(sensor.runtime, "sensor", &sensor_class, &sensor), 0);
    assert_int_equal(pyrolua_run_text(sensor.runtime,
                                      "local pyro = require 'pyro'\n"
                                      "local daemon = pyro.Daemon { port = 0 }\n"
                                      "sensor:freeRuntime()\n"
                                      "daemon:requestLoop()\n"
                                      "error 'never'",
                                      "test"),
                     PYROLUA_ECLOSED);
    assert_int_equal(sensor.released, 1);
}

/* --- several runtimes --- */

static void *live(void *context)
{
    static const char code[] =
        "local pyro = require 'pyro'\n"
        "local daemon = pyro.Daemon { port = 0 }\n"
        "local object = { echo = function(_, ...) return ... end, fail = function() error 'x' end "
        "}\n"
        "local proxy = pyro.Proxy(daemon:register(object))\n"
        "for _, name in ipairs { 'msgpack', 'json', 'marshal', 'serpent' } do\n"
        "  proxy._pyroSerializer = name\n"
        "  for i = 1, 20 do\n"
        "    assert(proxy:echo { 'text', i, 0.1, { a = true } }[2] == i)\n"
        "    assert(not pcall(proxy.fail, proxy))\n"
        "    sensor:calibrate(sensor:echo(i))\n"
        "  end\n"
        "end\n";
    struct sensor sensor = {.celsius = 1};
    pyrolua_runtime *runtime;
    pyrolua_daemon *names;
    *(int *)context = 1;
    for (int i = 0; i < 3; i++) {
        if (pyrolua_new(&runtime) || pyrolua_provide(runtime, "sensor", &sensor_class, &sensor) ||
            pyrolua_nameserver_new(runtime, &(pyrolua_place){.port = -1}, 0, &names))
            return "it does not begin";
        if (pyrolua_run_text(runtime, code, "live") || sensor.calibrated != 20)
            return "it does not live";
        pyrolua_free(runtime);
    }
    *(int *)context = 0;
    return NULL;
}

static void runtimes_in_several_threads_share_nothing(void **state)
{
    pthread_t threads[4];
    int failed[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, live, &failed[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *why;
        pthread_join(threads[i], &why);
        assert_string_equal(why ? (const char *)why : "", "");
        assert_false(failed[i]);
    }
}

/* --- the process is the program's --- */

static void signals_stay_as_they_are(void **state)
{
    struct sigaction before, after;
    sigset_t mask, then;
    (void)state;
    memset(&mask, 0, sizeof(mask));
    memset(&then, 0, sizeof(then));
    sigaction(SIGPIPE, NULL, &before);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    struct client *client;
    setup((void **)&client);
    a_call_brings_its_result((void **)&client);
    teardown((void **)&client);
    sigaction(SIGPIPE, NULL, &after);
    pthread_sigmask(SIG_SETMASK, NULL, &then);
    assert_ptr_equal(before.sa_handler, after.sa_handler);
    assert_memory_equal(&mask, &then, sizeof(mask));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    int code = PYROLUA_EMEMORY;
    for (unsigned long n = 1; code == PYROLUA_EMEMORY; n++) {
        pyrolua_runtime *runtime = NULL;
        pyrolua_daemon *daemon = NULL;
        struct sensor sensor = {.celsius = 1};
        pyro_memory_fail_at(n);
        code = pyrolua_new(&runtime);
        if (!code)
            code = pyrolua_provide(runtime, "sensor", &sensor_class, &sensor);
        if (!code)
            code = pyrolua_daemon_new(runtime, NULL, &daemon);
        if (!code)
            code = pyrolua_daemon_register(daemon, "x", &sensor_class, &sensor, NULL);
        pyro_memory_fail_at(0);
        assert_true(code == PYROLUA_OK || code == PYROLUA_EMEMORY);
        assert_int_equal(pyrolua_last_error(runtime)->code, runtime ? code : PYROLUA_EMEMORY);
        pyrolua_free(runtime);
    }
    assert_int_equal(code, PYROLUA_OK);
}

static int call_scale(pyrolua_runtime *runtime, const char *uri)
{
    pyrolua_proxy *proxy = NULL;
    pyrolua_call *call = NULL;
    int code = pyrolua_proxy_new(runtime, uri, &proxy);
    if (!code)
        code = pyrolua_call_new(proxy, "scale", &call);
    if (!code) {
        pyrolua_put_int(pyrolua_call_arguments(call), 3);
        pyrolua_put_name(pyrolua_call_arguments(call), "offset");
        pyrolua_put_int(pyrolua_call_arguments(call), 1);
        code = pyrolua_call_wait(call);
    }
    if (!code)
        assert_true(pyrolua_read_real(pyrolua_call_result(call)) == 4);
    pyrolua_call_free(call);
    pyrolua_proxy_free(proxy);
    return code;
}

/* Of either side: it costs that call, or its connection, and nothing else. */
static void any_allocation_of_a_call_may_fail(void **state)
{
    (void)state;
    int failed = 0;
    for (unsigned long n = 1; n <= 150; n++) {
        struct sensor sensor = {.celsius = 1};
        pyrolua_runtime *runtime;
        pyrolua_daemon *daemon;
        const char *uri;
        assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
        assert_int_equal(pyrolua_configure(runtime, "COMMTIMEOUT", "5"), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_register(daemon, "x", &sensor_class, &sensor, &uri), 0);
        pyro_memory_fail_at(n);
        int code = call_scale(runtime, uri);
        pyro_memory_fail_at(0);
        failed += code != PYROLUA_OK;
        assert_true(code == PYROLUA_OK || code == PYROLUA_EMEMORY || code == PYROLUA_ERAISED ||
                    code == PYROLUA_ECOMMUNICATION);
        assert_int_equal(call_scale(runtime, uri), PYROLUA_OK);
        pyrolua_free(runtime);
        assert_int_equal(sensor.released, 1);
    }
    assert_true(failed > 20);
}

#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define WITH_END(test) cmocka_unit_test_setup_teardown(test, setup, free_client)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_runs_and_its_errors_are_told),
        cmocka_unit_test(a_script_file_gets_its_arguments),
        cmocka_unit_test(settings_are_set),
        cmocka_unit_test(a_script_reaches_an_object),
        cmocka_unit_test(what_a_script_serves_is_called_from_the_same_runtime),
        WITH_CLIENT(a_call_brings_its_result),
        WITH_CLIENT(an_exception_comes_with_class_message_and_traceback),
        WITH_CLIENT(wrong_arguments_are_a_type_error),
        WITH_CLIENT(every_kind_of_value_travels),
        WITH_CLIENT(containers_nest_deep),
        WITH_CLIENT(attributes_are_read_and_set),
        WITH_CLIENT(a_oneway_call_is_over_at_once),
        WITH_CLIENT(a_batch_ends_with_the_first_exception),
        WITH_CLIENT(calls_under_way_call_back),
        WITH_CLIENT(a_callback_may_wait_and_free),
        WITH_CLIENT(a_loop_of_ones_own_polls),
        WITH_CLIENT(a_call_that_is_freed_is_given_up),
        WITH_CLIENT(calls_lose_their_proxy),
        WITH_CLIENT(calls_under_way_end_with_their_runtime),
        WITH_CLIENT(what_cannot_be_written_fails_the_call),
        WITH_CLIENT(a_method_may_wait_while_it_is_called_again),
        WITH_CLIENT(calls_that_nest_too_deep_fail),
        WITH_CLIENT(no_connection_is_an_error),
        WITH_CLIENT(a_name_server_of_ones_own_is_found),
        WITH_CLIENT(objects_come_and_go),
        WITH_END(a_method_stops_its_loop),
        WITH_END(a_method_frees_its_daemon),
        WITH_END(a_method_frees_its_runtime),
        WITH_END(a_callback_frees_its_runtime),
        cmocka_unit_test(a_script_frees_its_runtime),
        cmocka_unit_test(whatever_waits_is_stopped),
        cmocka_unit_test(a_wrong_setting_is_told),
        cmocka_unit_test(runtimes_in_several_threads_share_nothing),
        cmocka_unit_test(signals_stay_as_they_are),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(any_allocation_of_a_call_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
