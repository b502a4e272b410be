/* The embedding API: scripts, loops, the name server, closing, several runtimes. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/embed_peer.h"

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
    assert_int_equal(pyrolua_configure(runtime, "HOST=", "x"), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_configure(runtime, "NONSENSE", "1"), PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message, "there is no config item 'NONSENSE'");
    assert_int_equal(pyrolua_configure(runtime, "LOGLEVEL", "LOUD"), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_configure(runtime, "LOGLEVEL", "DEBUG"), PYROLUA_OK);
    assert_int_equal(
        pyrolua_run_text(runtime, "assert(require('pyro').config.LOGLEVEL == 'DEBUG')", "test"),
        PYROLUA_OK);
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

/* --- the name server --- */

/* Registers a name, or looks one up (`uri` NULL), at a name server that is started for it. */
static int use_names(pyrolua_runtime *runtime, const char *storage, const char *uri)
{
    pyrolua_daemon *daemon;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    char at[200];
    int code = pyrolua_nameserver_new(runtime, &(pyrolua_place){.port = -1, .storage = storage}, 0,
                                      &daemon);
    if (code)
        return code;
    snprintf(at, sizeof(at), "PYRO:Pyro.NameServer@%s", pyrolua_daemon_location(daemon));
    assert_int_equal(pyrolua_proxy_new(runtime, at, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, uri ? "register" : "lookup", &call), PYROLUA_OK);
    pyrolua_put_text(pyrolua_call_arguments(call), "a.sensor");
    if (uri)
        pyrolua_put_text(pyrolua_call_arguments(call), uri);
    code = pyrolua_call_wait(call);
    pyrolua_call_free(call);
    pyrolua_proxy_free(proxy);
    pyrolua_daemon_free(daemon);
    return code;
}

static void names_outlive_their_name_server(void **state)
{
    struct client *client = *state;
    char path[64], storage[80];
    snprintf(path, sizeof(path), "/tmp/pyrolua-names-%ld", (long)getpid());
    snprintf(storage, sizeof(storage), "sql:%s", path);
    unlink(path);
    assert_int_equal(use_names(client->runtime, storage, "PYRO:a@h:1"), PYROLUA_OK);
    assert_int_equal(use_names(client->runtime, storage, NULL), PYROLUA_OK);
    unlink(path);
    assert_int_equal(use_names(client->runtime, "memory", NULL), PYROLUA_ERAISED);
    assert_int_equal(use_names(client->runtime, "sql:", NULL), PYROLUA_EVALUE);
    assert_int_equal(use_names(client->runtime, "sql:/nowhere/names", NULL), PYROLUA_ENAMING);
    assert_string_equal(pyrolua_last_error(client->runtime)->message,
                        "sql:/nowhere/names: unable to open database file (No such file or "
                        "directory)");
    pyrolua_daemon *daemon;
    assert_int_equal(
        pyrolua_daemon_new(client->runtime, &(pyrolua_place){.storage = storage}, &daemon),
        PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(client->runtime)->message,
                        "only a name server has a storage");
}

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
    assert_int_equal(pyrolua_daemon_register(daemon, "\xff", &sensor_class, &sensor, NULL),
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

/* Called once the script serves: a busy machine may take long until then. */
static int alarm_set(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    (void)arguments;
    (void)result;
    ualarm(50000, 0);
    return PYROLUA_OK;
}

static const pyrolua_member alarm_members[] = {{.name = "set", .call = alarm_set}, {.name = NULL}};
static const pyrolua_class alarm_class = {.members = alarm_members};

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
    assert_int_equal(pyrolua_provide(interrupted, "alarm", &alarm_class, NULL), 0);
    signal(SIGALRM, on_alarm);
    sigaction(SIGINT, NULL, &before);
    assert_int_equal(
        pyrolua_run_text(interrupted,
                         "daemon = require('pyro').Daemon {}\n"
                         "daemon:register({ wait = function() require('pyro').sleep(60)"
                         " end }, 'x')\n"
                         "sensor:calibrate(daemon.locationStr:match(':(%d+)') + 0)\n"
                         "require('pyro').spawn(function() serving = true alarm:set() end)\n"
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

static void what_a_finalizer_calls_while_the_state_is_closed_fails(void **state)
{
    struct sensor sensor = {.celsius = 1};
    pyrolua_runtime *runtime;
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(runtime, "sensor", &sensor_class, &sensor), 0);
    assert_int_equal(pyrolua_run_text(runtime,
                                      "last = setmetatable({}, { __gc = function()\n"
                                      "  pcall(sensor.calibrate, sensor, 5)\n"
                                      "  pcall(function() return sensor.unit end)\n"
                                      "end })",
                                      "test"),
                     PYROLUA_OK);
    pyrolua_free(runtime);
    assert_int_equal(sensor.calibrated, 0);
    assert_int_equal(sensor.released, 1);
}

/* Has handles of its own, and frees them when it is released. */
struct owner {
    pyrolua_daemon *daemon;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    int ended, released;
};

static void on_end(void *context, pyrolua_call *call, const pyrolua_error *error)
{
    struct owner *owner = context;
    (void)call;
    assert_int_equal(error->code, PYROLUA_ECLOSED);
    assert_non_null(pyrolua_daemon_location(owner->daemon));
    owner->ended++;
}

static void release_owner(void *self)
{
    struct owner *owner = self;
    pyrolua_call_free(owner->call);
    pyrolua_proxy_free(owner->proxy);
    assert_int_equal(pyrolua_daemon_unregister(owner->daemon, "x"), PYROLUA_ECLOSED);
    pyrolua_daemon_free(owner->daemon);
    owner->released++;
}

static void objects_free_their_handles_when_the_runtime_is_freed(void **state)
{
    static const pyrolua_member none = {.name = NULL};
    static const pyrolua_class kind = {.members = &none, .release = release_owner};
    (void)state;
    for (int served = 0; served < 2; served++) {
        struct owner owner = {.ended = 0};
        pyrolua_runtime *runtime;
        pyrolua_call *call;
        assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_new(runtime, NULL, &owner.daemon), PYROLUA_OK);
        assert_int_equal(pyrolua_proxy_new(runtime, "PYRO:x@localhost:1", &owner.proxy), 0);
        assert_int_equal(pyrolua_call_new(owner.proxy, "x", &owner.call), PYROLUA_OK);
        assert_int_equal(pyrolua_call_new(owner.proxy, "y", &call), PYROLUA_OK);
        assert_int_equal(pyrolua_call_send(call, on_end, &owner), PYROLUA_OK);
        assert_int_equal(served ? pyrolua_daemon_register(owner.daemon, "x", &kind, &owner, NULL)
                                : pyrolua_provide(runtime, "x", &kind, &owner),
                         PYROLUA_OK);
        pyrolua_free(runtime);
        assert_int_equal(owner.ended, 1);
        assert_int_equal(owner.released, 1);
    }
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
    set_client_up((void **)&client);
    pyrolua_call *call = new_call(client, "read");
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    tear_client_down((void **)&client);
    sigaction(SIGPIPE, NULL, &after);
    pthread_sigmask(SIG_SETMASK, NULL, &then);
    assert_ptr_equal(before.sa_handler, after.sa_handler);
    assert_memory_equal(&mask, &then, sizeof(mask));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_runs_and_its_errors_are_told),
        cmocka_unit_test(a_script_file_gets_its_arguments),
        cmocka_unit_test(settings_are_set),
        cmocka_unit_test(a_script_reaches_an_object),
        cmocka_unit_test(what_a_script_serves_is_called_from_the_same_runtime),
        WITH_CLIENT(a_name_server_of_ones_own_is_found),
        WITH_CLIENT(names_outlive_their_name_server),
        WITH_CLIENT(objects_come_and_go),
        WITH_END(a_method_stops_its_loop),
        WITH_END(a_method_frees_its_daemon),
        WITH_END(a_method_frees_its_runtime),
        WITH_END(a_callback_frees_its_runtime),
        cmocka_unit_test(a_script_frees_its_runtime),
        cmocka_unit_test(objects_free_their_handles_when_the_runtime_is_freed),
        cmocka_unit_test(what_a_finalizer_calls_while_the_state_is_closed_fails),
        cmocka_unit_test(whatever_waits_is_stopped),
        cmocka_unit_test(a_wrong_setting_is_told),
        cmocka_unit_test(runtimes_in_several_threads_share_nothing),
        cmocka_unit_test(signals_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
