/* Calls by the embedding API, by real sockets: a second runtime in a thread is the other side. */
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/embed_peer.h"

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

/* Of a call to an object in Lua at a Unix socket. */
static void check_failure(struct client *client, const char *path, const char *method,
                          const char *class_name, const char *message)
{
    char uri[200];
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    snprintf(uri, sizeof(uri), "PYRO:thrower@./u:%s", path);
    assert_int_equal(pyrolua_proxy_new(client->runtime, uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, method, &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(client->runtime)->class_name, class_name);
    const char *text = pyrolua_last_error(client->runtime)->message;
    assert_true(strstr(text, message) && (*message || !*text));
    pyrolua_call_free(call);
    pyrolua_proxy_free(proxy);
}

static void an_exception_of_any_class_has_class_and_message(void **state)
{
    static const char code[] =
        "local pyro, path = require 'pyro', ...\n"
        "local Stock, Told, thrower = {}, {}, {}\n"
        "pyro.registerClass('shop.OutOfStock', Stock)\n"
        "pyro.registerClass('shop.Told', Told)\n"
        "function thrower:unknown() error(pyro.Error('OutOfStock', 'no chairs')) end\n"
        "function thrower:bare() error(pyro.Error 'OutOfStock') end\n"
        "function thrower:key() error(pyro.KeyError 'k') end\n"
        "function thrower:dict() error(setmetatable({ item = 'chair' }, Stock)) end\n"
        "function thrower:told() error(setmetatable({ message = 'no chairs' }, Told)) end\n"
        "pyro.Daemon { unixsocket = path }:register(thrower, 'thrower')";
    struct client *client = *state;
    char path[] = P_tmpdir "/pyrolua-call-XXXXXX", script[sizeof(code) + sizeof(path) + 32];
    close(mkstemp(path));
    unlink(path);
    snprintf(script, sizeof(script), "(function(...) %s end)('%s')", code, path);
    assert_int_equal(pyrolua_run_text(client->runtime, script, "=script"), PYROLUA_OK);
    check_failure(client, path, "unknown", "OutOfStock", "no chairs");
    check_failure(client, path, "bare", "OutOfStock", "");
    check_failure(client, path, "key", "KeyError", "'k'");
    check_failure(client, path, "told", "shop.Told", "no chairs");
    check_failure(client, path, "dict", "shop.OutOfStock", "'item':'chair'");
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

static void named_arguments_that_nobody_reads_are_a_type_error(void **state)
{
    struct client *client = *state;
    static const char *const names[] = {"offset", "other"};
    for (int count = 1; count <= 2; count++) {
        pyrolua_call *call = new_call(client, "scale");
        pyrolua_put_int(pyrolua_call_arguments(call), 2);
        for (int i = 0; i < count; i++) {
            pyrolua_put_name(pyrolua_call_arguments(call), names[i]);
            pyrolua_put_int(pyrolua_call_arguments(call), 1);
        }
        assert_int_equal(pyrolua_call_wait(call), count == 1 ? PYROLUA_OK : PYROLUA_ERAISED);
        if (count == 2)
            assert_string_equal(pyrolua_last_error(client->runtime)->class_name, "TypeError");
        pyrolua_call_free(call);
    }
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

static void a_second_callback_is_refused_with_its_sending(void **state)
{
    struct client *client = *state;
    struct tally first = {.free = 0}, second = {.free = 0};
    pyrolua_call *call = new_call(client, "read");
    assert_int_equal(pyrolua_call_send(call, on_done, &first), PYROLUA_OK);
    assert_int_equal(pyrolua_call_send(call, on_done, &second), PYROLUA_EVALUE);
    while (first.good + second.good == 0)
        assert_int_equal(pyrolua_step(client->runtime, 5), PYROLUA_OK);
    assert_int_equal(first.good, 1);
    pyrolua_call_free(call);
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
    assert_string_equal(tally.message, "the proxy was freed");
    assert_int_equal(pyrolua_call_wait(unsent), PYROLUA_EVALUE);
    pyrolua_call_free(unsent);
    assert_int_equal(pyrolua_proxy_new(client->runtime, "PYRONAME:x@localhost:1", &client->proxy),
                     PYROLUA_OK);
    send_scale(client, 1, &tally);
    pyrolua_proxy_free(client->proxy); /* while its object is looked for */
    while (tally.bad == 1)
        assert_int_equal(pyrolua_step(client->runtime, 5), PYROLUA_OK);
    assert_int_equal(tally.code, PYROLUA_ECOMMUNICATION);
    assert_string_equal(tally.message, "the proxy was freed");
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
    assert_non_null(strstr(pyrolua_last_error(client->runtime)->message, "too many nested waits"));
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

/* --- a peer that answers as it likes --- */

struct liar {
    pthread_t thread;
    int listener;
    char uri[64];
};

/* Answers one message, with its own header. */
static bool answer_message(int socket, char type, const char *data, size_t length)
{
    unsigned char header[40], rest[4096];
    if (recv(socket, header, sizeof(header), MSG_WAITALL) != sizeof(header))
        return false;
    size_t size = (size_t)header[14] << 8 | header[15];
    size += (size_t)header[18] << 8 | header[19];
    if (size > sizeof(rest) || recv(socket, rest, size, MSG_WAITALL) != (ssize_t)size)
        return false;
    header[6] = (unsigned char)type;
    memset(header + 8, 0, 2); /* no flags */
    memset(header + 12, 0, 8);
    header[15] = (unsigned char)length;
    return send(socket, header, sizeof(header), MSG_NOSIGNAL) == sizeof(header) &&
           send(socket, data, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* The first call gets two values for one, the others one that is no list. */
static void *lie(void *context)
{
    static const char welcome[] = "\x82\xa9handshake\xa5hello\xa4meta\x83\xa7methods\x91\xa4read"
                                  "\xa6oneway\x90\xa5"
                                  "attrs\x90";
    const struct liar *liar = context;
    int socket = accept(liar->listener, NULL, NULL);
    if (answer_message(socket, 2, welcome, sizeof(welcome) - 1))
        for (size_t values = 2; answer_message(socket, 5, "\x2a\x2a", values); values = 1) {
        }
    close(socket);
    return NULL;
}

static void start_liar(struct liar *liar)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    liar->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(liar->listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(liar->listener, 1), 0);
    getsockname(liar->listener, (struct sockaddr *)&address, &length);
    snprintf(liar->uri, sizeof(liar->uri), "PYRO:x@127.0.0.1:%d", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&liar->thread, NULL, lie, liar), 0);
}

static void on_lie(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    snprintf(owner, 64, "%s", error ? error->class_name : "none");
    pyrolua_call_free(call);
}

static void what_is_no_answer_fails_the_call(void **state)
{
    struct liar liar;
    char outcome[64] = "";
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    (void)state;
    start_liar(&liar);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "SERIALIZER", "msgpack"), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "PROTOCOL", "502"), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(runtime, liar.uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "read", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_ESERIALIZE);
    assert_null(pyrolua_call_result(call));
    assert_int_equal(pyrolua_batch_new(proxy, &call), PYROLUA_OK);
    pyrolua_batch_add(call, "read");
    assert_int_equal(pyrolua_call_send(call, on_lie, outcome), PYROLUA_OK);
    while (!*outcome)
        assert_int_equal(pyrolua_step(runtime, 1), PYROLUA_OK);
    assert_string_equal(outcome, "ProtocolError");
    pyrolua_free(runtime);
    pthread_join(liar.thread, NULL);
    close(liar.listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(a_call_brings_its_result),
        WITH_CLIENT(an_exception_comes_with_class_message_and_traceback),
        WITH_CLIENT(an_exception_of_any_class_has_class_and_message),
        WITH_CLIENT(wrong_arguments_are_a_type_error),
        WITH_CLIENT(named_arguments_that_nobody_reads_are_a_type_error),
        WITH_CLIENT(attributes_are_read_and_set),
        WITH_CLIENT(a_oneway_call_is_over_at_once),
        WITH_CLIENT(a_batch_ends_with_the_first_exception),
        WITH_CLIENT(calls_under_way_call_back),
        WITH_CLIENT(a_callback_may_wait_and_free),
        WITH_CLIENT(a_loop_of_ones_own_polls),
        WITH_CLIENT(a_second_callback_is_refused_with_its_sending),
        WITH_CLIENT(a_call_that_is_freed_is_given_up),
        WITH_CLIENT(calls_lose_their_proxy),
        WITH_CLIENT(calls_under_way_end_with_their_runtime),
        WITH_CLIENT(a_method_may_wait_while_it_is_called_again),
        WITH_CLIENT(calls_that_nest_too_deep_fail),
        WITH_CLIENT(no_connection_is_an_error),
        cmocka_unit_test(what_is_no_answer_fails_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
