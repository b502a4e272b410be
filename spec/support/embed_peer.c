#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/embed_peer.h"

/* --- a C object: a sensor --- */

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
    if (pyrolua_read_key(arguments, "offset")) /* who asks twice has still read only one */
        pyrolua_skip(arguments);
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

const pyrolua_class sensor_class = {.members = sensor_members, .release = sensor_release};

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
    pyrolua_array array;
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
    case PYROLUA_ARRAY:
        if (pyrolua_read_array(from, &array))
            pyrolua_put_array(to, &array);
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

void start_server(struct server *server)
{
    *server = (struct server){.sensor = {.celsius = 21.5, .unit = "C"}};
    pthread_barrier_init(&server->ready, NULL, 2);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
    pthread_barrier_wait(&server->ready);
}

void join_server(struct server *server)
{
    pthread_join(server->thread, NULL);
    pthread_barrier_destroy(&server->ready);
}

int set_client_up(void **state)
{
    struct client *client = *state = calloc(1, sizeof(*client));
    start_server(&client->server);
    assert_int_equal(pyrolua_new(&client->runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(client->runtime, client->server.uri, &client->proxy),
                     PYROLUA_OK);
    return 0;
}

int tear_client_down(void **state)
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

pyrolua_call *new_call(struct client *client, const char *method)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(client->proxy, method, &call), PYROLUA_OK);
    return call;
}
int free_client(void **state)
{
    struct client *client = *state;
    pyrolua_free(client->runtime);
    if (client->server.thread)
        join_server(&client->server);
    assert_int_equal(client->server.sensor.released, 1);
    free(client);
    return 0;
}

void on_done(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct tally *tally = owner;
    if (error) {
        tally->bad++;
        tally->code = error->code;
        strncpy(tally->class_name, error->class_name, sizeof(tally->class_name) - 1);
        snprintf(tally->message, sizeof(tally->message), "%s", error->message);
    } else {
        tally->good++;
        tally->sum += pyrolua_read_real(pyrolua_call_result(call));
    }
    if (tally->free)
        pyrolua_call_free(call);
    if (tally->to_free)
        pyrolua_free(tally->to_free);
}

void send_scale(struct client *client, int factor, struct tally *tally)
{
    pyrolua_call *call = new_call(client, "scale");
    pyrolua_put_int(pyrolua_call_arguments(call), factor);
    assert_int_equal(pyrolua_call_send(call, on_done, tally), PYROLUA_OK);
}
