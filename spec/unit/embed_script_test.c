/* The embedding API: scripts that do not end by themselves, or would end the program. */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pyrolua.h>

/* --- a script's host --- */

struct host {
    pyrolua_runtime *runtime;
    sem_t running; /* the script says so */
    char uri[100];
    int outcome;
};

static int say_running(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct host *host = self;
    (void)result;
    if (pyrolua_next(arguments) == PYROLUA_TEXT)
        snprintf(host->uri, sizeof(host->uri), "%s", pyrolua_read_text(arguments, NULL));
    sem_post(&host->running);
    return PYROLUA_OK;
}

static int open_host(void **state)
{
    static struct host host;
    static const pyrolua_member members[] = {{.name = "running", .call = say_running},
                                             {.name = NULL}};
    static const pyrolua_class kind = {.members = members};
    host = (struct host){.outcome = -1};
    *state = &host;
    sem_init(&host.running, 0, 0);
    assert_int_equal(pyrolua_new(&host.runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(host.runtime, "host", &kind, &host), PYROLUA_OK);
    return 0;
}

static int close_host(void **state)
{
    struct host *host = *state;
    pyrolua_free(host->runtime);
    sem_destroy(&host->running);
    return 0;
}

#define WITH_HOST(test) cmocka_unit_test_setup_teardown(test, open_host, close_host)

/* --- os.exit --- */

static void the_program_is_not_the_scripts_to_end(void **state)
{
    struct host *host = *state;
    static const char *const codes[] = {"os.exit(3)",
                                        "coroutine.wrap(function() os.exit(true, true) end)()",
                                        "local ok, err = pcall(os.exit) assert(not ok) error(err)"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        assert_int_equal(pyrolua_run_text(host->runtime, codes[i], "test"), PYROLUA_ERAISED);
        assert_non_null(strstr(pyrolua_last_error(host->runtime)->message,
                               "os.exit() would end the program that runs this script"));
    }
}

/* --- code that spins --- */

static const char *const spinning[] = {
    "host:running() while true do end",
    "host:running() while true do pcall(function() while true do end end) end",
    "coroutine.wrap(function() host:running() while true do end end)()",
    "host:running() while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "local co = coroutine.create(function() while true do coroutine.yield() end end)\n"
    "host:running() while true do coroutine.resume(co) end",
    "setmetatable({}, { __index = function() host:running() while true do end end }):x()",
    "('x'):rep(1000):gsub('x', function() host:running() while true do end end)",
    "require('pyro').spawn(function() host:running() while true do end end)\n"
    "require('pyro').sleep(60)",
};

#define SPINNING (sizeof(spinning) / sizeof(*spinning))

static void *stop_once_it_runs(void *context)
{
    struct host *host = context;
    sem_wait(&host->running);
    pyrolua_stop(host->runtime);
    return NULL;
}

static void assert_stopped(struct host *host, int code)
{
    assert_int_equal(code, PYROLUA_ECLOSED);
    assert_string_equal(pyrolua_last_error(host->runtime)->message, "the runtime was stopped");
    assert_int_equal(pyrolua_run_text(host->runtime, "for i = 1, 1e5 do x = i end", "next"),
                     PYROLUA_OK);
}

static void code_that_spins_is_stopped_by_another_thread(void **state)
{
    struct host *host = *state;
    pthread_t thread;
    for (size_t i = 0; i < SPINNING; i++) {
        assert_int_equal(pthread_create(&thread, NULL, stop_once_it_runs, host), 0);
        int code = pyrolua_run_text(host->runtime, spinning[i], "spinning");
        pthread_join(thread, NULL);
        assert_stopped(host, code);
    }
}

static pyrolua_runtime *interrupted;

static void on_alarm(int number)
{
    (void)number;
    pyrolua_stop(interrupted);
}

static void code_that_spins_is_stopped_by_a_signal(void **state)
{
    struct host *host = *state;
    interrupted = host->runtime;
    signal(SIGALRM, on_alarm);
    for (size_t i = 0; i < SPINNING; i++) {
        ualarm(20000, 0);
        assert_stopped(host, pyrolua_run_text(host->runtime, spinning[i], "spinning"));
    }
    signal(SIGALRM, SIG_DFL);
}

/* --- a served method that spins --- */

static void *serve_spinning(void *context)
{
    struct host *host = context;
    host->outcome = pyrolua_run(host->runtime);
    return NULL;
}

static void a_served_method_that_spins_is_stopped(void **state)
{
    struct host *host = *state;
    pyrolua_runtime *client;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    pthread_t server, stopper;
    static const char code[] = "daemon = require('pyro').Daemon {}\n"
                               "local spinner = {}\n"
                               "function spinner:spin() host:running() while true do end end\n"
                               "host:running(tostring(daemon:register(spinner)))";
    assert_int_equal(pyrolua_run_text(host->runtime, code, "test"), PYROLUA_OK);
    sem_wait(&host->running);
    assert_int_equal(pthread_create(&server, NULL, serve_spinning, host), 0);
    assert_int_equal(pthread_create(&stopper, NULL, stop_once_it_runs, host), 0);
    assert_int_equal(pyrolua_new(&client), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(client, host->uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "spin", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
    assert_non_null(strstr(pyrolua_last_error(client)->message, "the runtime was stopped"));
    pthread_join(server, NULL);
    pthread_join(stopper, NULL);
    assert_int_equal(host->outcome, PYROLUA_OK);
    pyrolua_free(client);
}

/* --- ending --- */

/* The sanitizers see that all is freed. */
static void a_runtime_ends_with_clients_connected_and_hooks_that_would_hear_of_it(void **state)
{
    struct host *host = *state;
    static const char code[] = "local pyro = require 'pyro'\n"
                               "local daemon = pyro.Daemon { host = '127.0.0.1' }\n"
                               "function daemon:clientDisconnect() error('nobody runs it') end\n"
                               "local object = { call = function() end }\n"
                               "client = pyro.Proxy(daemon:register(object))\n"
                               "client:_pyroBind()";
    assert_int_equal(pyrolua_run_text(host->runtime, code, "test"), PYROLUA_OK);
}

/* --- a server that ends connections --- */

static int call_of(pyrolua_proxy *proxy, const char *method)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(proxy, method, &call), PYROLUA_OK);
    int code = pyrolua_call_wait(call);
    pyrolua_call_free(call);
    return code;
}

static void the_next_call_learns_once_that_the_connection_was_closed(void **state)
{
    struct host *host = *state;
    pyrolua_proxy *proxy;
    assert_int_equal(
        pyrolua_run_text(host->runtime,
                         "local pyro = require 'pyro'\n"
                         "local object, daemon = {}, pyro.Daemon {}\n"
                         "function object:part() pyro.current_context.client:close() end\n"
                         "function object:stay() end\n"
                         "function daemon:clientDisconnect() host:running() end\n"
                         "pyro.oneway(object, 'part')\n"
                         "host:running(tostring(daemon:register(object)))",
                         "script"),
        PYROLUA_OK);
    sem_wait(&host->running);
    assert_int_equal(pyrolua_proxy_new(host->runtime, host->uri, &proxy), PYROLUA_OK);
    assert_int_equal(call_of(proxy, "stay"), PYROLUA_OK);
    assert_int_equal(call_of(proxy, "part"), PYROLUA_OK);
    while (sem_trywait(&host->running) != 0)
        assert_int_equal(pyrolua_step(host->runtime, 1), PYROLUA_OK);
    for (int i = 0; i < 3; i++) /* until the client hears of it, too */
        assert_int_equal(pyrolua_step(host->runtime, 0.02), PYROLUA_OK);
    assert_int_equal(call_of(proxy, "stay"), PYROLUA_ECOMMUNICATION);
    assert_string_equal(pyrolua_last_error(host->runtime)->class_name, "ConnectionClosedError");
    assert_int_equal(call_of(proxy, "stay"), PYROLUA_OK);
    pyrolua_proxy_free(proxy);
}

/* --- logging --- */

static void what_the_program_sets_is_logged(void **state)
{
    struct host *host = *state;
    char path[] = "/tmp/embed_test_XXXXXX";
    pyrolua_daemon *daemon;
    int file = mkstemp(path);
    assert_int_equal(pyrolua_configure(host->runtime, "LOGFILE", path), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(host->runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(lseek(file, 0, SEEK_END), 0);
    assert_int_equal(pyrolua_configure(host->runtime, "LOGLEVEL", "DEBUG"), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(host->runtime, NULL, &daemon), PYROLUA_OK);
    assert_true(lseek(file, 0, SEEK_END) > 0);
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HOST(the_program_is_not_the_scripts_to_end),
        WITH_HOST(code_that_spins_is_stopped_by_another_thread),
        WITH_HOST(code_that_spins_is_stopped_by_a_signal),
        WITH_HOST(a_served_method_that_spins_is_stopped),
        WITH_HOST(a_runtime_ends_with_clients_connected_and_hooks_that_would_hear_of_it),
        WITH_HOST(the_next_call_learns_once_that_the_connection_was_closed),
        WITH_HOST(what_the_program_sets_is_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
