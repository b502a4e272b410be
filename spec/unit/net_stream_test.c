/* Tests of core/net: streams. */
#include "net_fixture.h"

#include <dlfcn.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>

enum { MIB = 1024 * 1024 };

/* --- names --- */

typedef int resolver(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* Stands before the C library's: names that end in .test need no network. */
__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **out)
{
    static const struct {
        const char *name, *addresses[3];
    } names[] = {
        {"refusing.test", {"127.0.0.2", "::1", "127.0.0.1"}},
        {"unroutable.test", {"255.255.255.255", "::1", "127.0.0.1"}}, /* the first fails at once */
        {"slow.test", {"127.0.0.1", NULL, NULL}},
        {"v4.test", {"127.0.0.1", NULL, NULL}},
    };
    resolver *real = (resolver *)(uintptr_t)dlsym(RTLD_NEXT, "getaddrinfo");
    const char *dot = node ? strrchr(node, '.') : NULL;
    if (!dot || strcmp(dot, ".test") != 0)
        return real(node, service, hints, out);
    for (size_t i = 0; i < PYRO_COUNT(names); i++) {
        struct addrinfo any = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
        if (strcmp(names[i].name, node) != 0 || hints->ai_family == AF_INET6)
            continue;
        if (strcmp(node, "slow.test") == 0)
            usleep(200000);
        for (size_t a = 0; a < 3 && names[i].addresses[a]; a++) {
            if (real(names[i].addresses[a], service, &any, out) != 0)
                return EAI_FAIL;
            out = &(*out)->ai_next;
        }
        return 0;
    }
    return EAI_NONAME;
}

/* --- a connection --- */

struct pair {
    struct pyro_loop *loop;
    struct pyro_listener *listener;
    struct end client, server;
    char path[64];
};

static void end_init(struct end *end, struct pair *pair)
{
    static char space[MIB]; /* for all: what is read is but counted, or sent back at once */
    *end = (struct end){.loop = pair->loop, .space = space, .size = sizeof(space)};
}

/* Listens, and connects nothing yet. */
static void pair_listen(struct pair *pair, struct pyro_loop *loop, const char *host)
{
    struct pyro_listen_options options = {.host = host, .ip_version = 4};
    *pair = (struct pair){.loop = loop};
    end_init(&pair->client, pair);
    end_init(&pair->server, pair);
    if (!host)
        options.unixsocket = socket_path(pair->path, sizeof(pair->path));
    pair->listener = pyro_listener_new(loop, &options, end_accept, &pair->server, NULL);
    assert_non_null(pair->listener);
}

static void pair_connect_to(struct pair *pair, const char *host, int ip_version)
{
    char name[64];
    struct pyro_uri uri = {.port = pyro_listener_port(pair->listener)};
    snprintf(name, sizeof(name), "%s", host ? host : pair->path);
    *(host ? &uri.host : &uri.sockname) = name;
    pair->client.stream =
        pyro_stream_connect(pair->loop, &uri, ip_version, &end_ops, &pair->client, NULL);
    assert_non_null(pair->client.stream);
}

static void pair_open(struct pair *pair, struct pyro_loop *loop, const char *host)
{
    pair_listen(pair, loop, host);
    pair_connect_to(pair, host, 4);
    wait_until(loop, pair->client.connected && pair->server.stream);
}

static void pair_close(struct pair *pair)
{
    end_close(&pair->client);
    end_close(&pair->server);
    pyro_listener_close(pair->listener);
}

static void append(struct end *end, size_t length)
{
    struct pyro_buffer *output = pyro_stream_output(end->stream);
    char *to = pyro_buffer_reserve(output, length);
    assert_non_null(to);
    memset(to, 'x', length);
    output->length += length;
    pyro_stream_changed(end->stream);
}

/* --- connecting --- */

static void bytes_go_both_ways(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", "localhost", NULL};
    static const char *const peers[] = {"127.0.0.1:", "[::1]:", "127.0.0.1:", "unix socket"};
    for (size_t i = 0; i < PYRO_COUNT(hosts); i++) {
        struct pair pair;
        pair_open(&pair, *state, hosts[i]);
        const char *peer = pyro_stream_peer(pair.server.stream);
        assert_memory_equal(peer, peers[i], strlen(peers[i]));
        pair.server.echo = true;
        for (unsigned call = 1; call <= 3; call++) {
            end_send(&pair.client, "hello", 5);
            wait_until(*state, pair.client.received == call * 5);
            assert_memory_equal(pair.client.space, "hello", 5);
        }
        assert_int_equal(pair.client.connected, 1);
        assert_int_equal(pyro_stream_unsent(pair.client.stream), 0);
        assert_int_equal(pair.client.drained + pair.client.ended + pair.server.ended, 0);
        pair_close(&pair);
    }
}

static void output_may_precede_the_connection(void **state)
{
    struct pair pair;
    pair_listen(&pair, *state, "127.0.0.1");
    pair_connect_to(&pair, "127.0.0.1", 4);
    end_send(&pair.client, "early", 5);
    wait_until(*state, pair.server.received == 5);
    pair_close(&pair);
}

static void addresses_are_tried_in_turn(void **state)
{
    static const char *const names[] = {"refusing.test", "unroutable.test", "v4.test"};
    for (size_t i = 0; i < PYRO_COUNT(names); i++) {
        struct pair pair;
        pair_listen(&pair, *state, "127.0.0.1");
        pair_connect_to(&pair, names[i], 4);
        wait_until(*state, pair.client.connected && pair.server.stream);
        pair_close(&pair);
    }
}

static void refuse(struct pyro_loop *loop, const struct pyro_uri *uri, const char *message)
{
    struct end end = {.loop = loop};
    end.stream = pyro_stream_connect(loop, uri, 6, &end_ops, &end, NULL);
    assert_non_null(end.stream);
    assert_int_equal(end.ended, 0); /* it answers later */
    wait_until(loop, end.ended);
    assert_int_equal(end.why.code, PYRO_ECOMMUNICATION);
    assert_string_equal(end.why.message, message);
    end_close(&end);
}

static void failing_to_connect_is_told(void **state)
{
    char message[400], long_path[150] = "", path[64], host[300] = "";
    struct pair pair;
    pair_listen(&pair, *state, "127.0.0.1");
    uint16_t port = pyro_listener_port(pair.listener);
    pair_close(&pair);

    struct pyro_uri uri = {.host = (char[]){"127.0.0.1"}, .port = port};
    snprintf(message, sizeof(message), "cannot connect to ('127.0.0.1', %u): connection refused",
             (unsigned)port);
    refuse(*state, &uri, message);
    uri.host = (char[]){"refusing.test"}; /* in IPv6: no address, so any; the last one tells */
    snprintf(message, sizeof(message),
             "cannot connect to ('refusing.test', %u): connection refused", (unsigned)port);
    refuse(*state, &uri, message);
    uri.host = (char[]){"nowhere.test"};
    snprintf(message, sizeof(message),
             "cannot connect to ('nowhere.test', %u): unknown node or service", (unsigned)port);
    refuse(*state, &uri, message);
    uri.host = memset(host, 'h', sizeof(host) - 1);
    struct end end = {.loop = *state};
    end.stream = pyro_stream_connect(*state, &uri, 4, &end_ops, &end, NULL);
    wait_until(*state, end.ended);
    end_close(&end);

    uri = (struct pyro_uri){.sockname = path};
    socket_path(path, sizeof(path));
    snprintf(message, sizeof(message), "cannot connect to %s: no such file or directory", path);
    refuse(*state, &uri, message);
    uri.sockname = memset(long_path, 'x', 108);
    snprintf(message, sizeof(message), "cannot connect to %s: name too long", long_path);
    refuse(*state, &uri, message);
}

static void connecting_can_be_given_up(void **state)
{
    static const char *const names[] = {"slow.test", "127.0.0.1", "refusing.test",
                                        "unroutable.test"};
    for (size_t i = 0; i < PYRO_COUNT(names); i++)
        for (int steps = 0; steps < 6; steps++) {
            struct pair pair;
            pair_listen(&pair, *state, "127.0.0.1");
            pair_connect_to(&pair, names[i], 0);
            end_send(&pair.client, "never", 5);
            for (int step = 0; step < steps; step++)
                pyro_loop_step(*state, 0.002);
            end_close(&pair.client);
            unsigned connected = pair.client.connected;
            step_for(*state, 0.02);
            assert_int_equal(pair.client.connected, connected);
            assert_int_equal(pair.client.ended, 0);
            pair_close(&pair);
        }
}

/* --- output --- */

static void much_output_waits_for_a_slow_reader(void **state)
{
    struct pair pair;
    pair_open(&pair, *state, "127.0.0.1");
    pair.server.pause_at = MIB;
    append(&pair.client, 64 * MIB);
    wait_until(*state, pair.server.received >= MIB);
    step_for(*state, 0.1);
    size_t taken = pair.server.received;
    assert_in_range(taken, MIB, 2 * MIB);
    assert_true(pyro_stream_unsent(pair.client.stream) > 16 * MIB);
    assert_true(pyro_stream_unsent(pair.client.stream) <= 64 * MIB - taken);
    assert_int_equal(pair.client.drained, 0);
    end_send(&pair.client, "end", 3); /* waits behind what libuv has */
    pair.server.pause_at = 0;
    pyro_stream_resume(pair.server.stream);
    wait_until(*state, pair.server.received == 64 * MIB + 3);
    wait_until(*state, pair.client.drained == 1);
    assert_int_equal(pyro_stream_unsent(pair.client.stream), 0);
    pair_close(&pair);
}

static void drained_comes_each_time_the_mark_was_reached(void **state)
{
    struct pair pair;
    pair_open(&pair, *state, NULL);
    pyro_stream_high_water(pair.client.stream, 100);
    append(&pair.client, 99);
    wait_until(*state, pair.server.received == 99);
    step_for(*state, 0.02);
    assert_int_equal(pair.client.drained, 0);
    append(&pair.client, 100);
    wait_until(*state, pair.client.drained == 1);
    append(&pair.client, 8 * MIB);
    wait_until(*state, pair.client.drained == 2);
    wait_until(*state, pair.server.received == 199 + 8 * MIB);
    assert_int_equal(pair.client.drained, 2);
    pair_close(&pair);
}

static void closing_lets_output_leave(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", NULL};
    for (size_t i = 0; i < PYRO_COUNT(hosts); i++) {
        struct pair pair;
        pair_open(&pair, *state, hosts[i]);
        append(&pair.client, 32 * MIB);
        if (i == 1)
            step_for(*state, 0.01); /* some of it is under way */
        append(&pair.client, 3);
        end_close(&pair.client);
        wait_until(*state, pair.server.ended);
        assert_int_equal(pair.server.received, 32 * MIB + 3);
        assert_string_equal(pair.server.why.message, "connection closed by peer");
        pair_close(&pair);
    }
}

static void closing_does_not_wait_long(void **state)
{
    struct pair pair;
    pair_open(&pair, *state, "127.0.0.1");
    pair.server.pause_at = 1;
    append(&pair.client, 32 * MIB);
    double begun = seconds_now();
    end_close(&pair.client);
    pyro_listener_close(pair.listener);
    pair.listener = NULL;
    while (pyro_loop_step(*state, -1) && seconds_now() - begun < CEILING) {
    }
    assert_true(seconds_now() - begun >= 0.99 && seconds_now() - begun < CEILING);
    pair_close(&pair);
}

static void freed_loop_lets_output_leave(void **state)
{
    struct pyro_loop *loop = pyro_loop_new(NULL);
    struct pair pair;
    static char data[64 * 1024];
    size_t received = 0;
    ssize_t size;
    (void)state;
    pair_listen(&pair, loop, "127.0.0.1");
    int fd = connect_to(pyro_listener_port(pair.listener));
    wait_until(loop, pair.server.stream);
    append(&pair.server, 1000);
    assert_int_equal(send(fd, "unread", 6, 0), 6);
    pair.server.close_in = "input"; /* must not be called any more */
    pyro_loop_free(loop);
    while ((size = recv(fd, data, sizeof(data), 0)) > 0)
        received += (size_t)size;
    assert_int_equal(received, 1000);
    assert_int_equal(pair.server.inputs + pair.server.ended, 0);
    close(fd);
}

/* Both ends of a connection, and what the test itself has, in well under 4 KiB each. */
static void idle_streams_hold_little(void **state)
{
    enum { PAIRS = 100 };
    static struct pair pairs[PAIRS];
    size_t before = mallinfo2().uordblks; /* 0 where a checker has its own heap */
    for (int i = 0; i < PAIRS; i++) {
        pair_open(&pairs[i], *state, "127.0.0.1");
        append(&pairs[i].client, 50000);
        append(&pairs[i].server, 50000);
        wait_until(*state, pairs[i].server.received + pairs[i].client.received == 100000);
    }
    size_t kept_for_reuse = 2 * 65536, each = (mallinfo2().uordblks - before) / PAIRS;
    assert_in_range(each, 0, 2 * 2048 + 2048 + kept_for_reuse / PAIRS);
    for (int i = 0; i < PAIRS; i++)
        pair_close(&pairs[i]);
}

/* --- the end --- */

static void reset_connection_is_lost(void **state)
{
    struct pair pair;
    struct linger at_once = {.l_onoff = 1};
    pair_listen(&pair, *state, "127.0.0.1");
    int fd = connect_to(pyro_listener_port(pair.listener));
    wait_until(*state, pair.server.stream);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
    wait_until(*state, pair.server.ended);
    assert_int_equal(pair.server.why.code, PYRO_ECLOSED);
    assert_string_equal(pair.server.why.message, "connection lost: connection reset by peer");
    pair_close(&pair);
}

/* Both have come before the owner hears of either, and it pauses when it hears of the input. */
static void end_waits_while_the_owner_pauses(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", NULL};
    for (size_t i = 0; i < PYRO_COUNT(hosts); i++) {
        struct pair pair;
        pair_open(&pair, *state, hosts[i]);
        pair.server.size = 100; /* full, it is read into again */
        pair.server.pause_in = "input";
        append(&pair.client, 100);
        end_close(&pair.client);
        wait_until(*state, pair.server.inputs);
        step_for(*state, 0.02);
        assert_int_equal(pair.server.ended, 0);
        pyro_stream_resume(pair.server.stream);
        wait_until(*state, pair.server.ended);
        assert_int_equal(pair.server.received, 100);
        pyro_stream_resume(pair.server.stream);
        step_for(*state, 0.02);
        assert_int_equal(pair.server.ended, 1);
        pair_close(&pair);
    }
}

/* SIGPIPE would end this program, and goes on to do so where something else raises it. */
static void writing_to_a_closed_peer_ends_the_stream(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", NULL};
    for (size_t i = 0; i < PYRO_COUNT(hosts); i++) {
        struct pair pair;
        pair_open(&pair, *state, hosts[i]);
        pair.client.pause_at = 1; /* so that only writing can tell */
        end_send(&pair.server, "x", 1);
        wait_until(*state, pair.client.received == 1);
        append(&pair.client, 16 * MIB);
        pair.server.close_in = "input";
        double begun = seconds_now();
        while (!pair.client.drained && seconds_now() - begun < CEILING) {
            end_send(&pair.client, "x", 1);
            pyro_loop_step(*state, 0.01);
        }
        end_send(&pair.client, "x", 1); /* goes nowhere */
        assert_int_equal(pyro_stream_output(pair.client.stream)->length, 0);
        step_for(*state, 0.02);
        assert_int_equal(pair.client.drained, 1);
        assert_int_equal(pair.client.ended, 0); /* it pauses */
        pyro_stream_resume(pair.client.stream);
        wait_until(*state, pair.client.ended);
        assert_int_equal(pair.client.why.code, PYRO_ECLOSED);
        assert_memory_equal(pair.client.why.message, "connection lost: ", 17);
        step_for(*state, 0.02);
        assert_int_equal(pair.client.ended, 1);
        pair_close(&pair);
    }
    sigset_t blocked;
    sigemptyset(&blocked);
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    assert_false(sigismember(&blocked, SIGPIPE));
    assert_true(signal(SIGPIPE, SIG_DFL) == SIG_DFL);
}

/* A peer that has nothing more to say may still read. */
static void half_closed_peer_gets_what_was_appended(void **state)
{
    struct pair pair;
    static char data[64 * 1024];
    size_t received = 0;
    ssize_t size;
    pair_listen(&pair, *state, "127.0.0.1");
    int fd = connect_to(pyro_listener_port(pair.listener));
    wait_until(*state, pair.server.stream);
    append(&pair.server, 16 * MIB);
    shutdown(fd, SHUT_WR);
    pair.server.close_in = "ended";
    double begun = seconds_now();
    do {
        pyro_loop_step(*state, 0.001);
        while ((size = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0)
            received += (size_t)size;
    } while (size != 0 && seconds_now() - begun < CEILING);
    assert_int_equal(received, 16 * MIB);
    assert_int_equal(pair.server.ended, 1);
    close(fd);
    pair_close(&pair);
}

static void want_of_space_ends_the_stream(void **state)
{
    struct pair pair;
    pair_open(&pair, *state, "127.0.0.1");
    pair.server.no_space = true;
    end_send(&pair.client, "x", 1);
    wait_until(*state, pair.server.ended);
    assert_int_equal(pair.server.why.code, PYRO_EMEMORY);
    pair_close(&pair);
}

/* Each with the loop stepped in it before, so that the stream's handle may be gone on return. */
static void owner_may_close_in_any_of_its_functions(void **state)
{
    static const char *const names[] = {"connected", "input", "drained", "ended"};
    for (size_t i = 0; i < 2 * PYRO_COUNT(names); i++) {
        struct pair pair;
        pair_listen(&pair, *state, "127.0.0.1");
        pair.client.close_in = names[i / 2];
        pair.client.step_in = i % 2 ? names[i / 2] : NULL;
        pair.server.echo = true;
        pair_connect_to(&pair, "127.0.0.1", 4);
        pyro_stream_high_water(pair.client.stream, 1);
        end_send(&pair.client, "call", 4);
        wait_until(*state, !pair.client.stream || pair.client.received);
        end_close(&pair.server);
        wait_until(*state, !pair.client.stream);
        unsigned calls = pair.client.connected + pair.client.inputs + pair.client.drained;
        step_for(*state, 0.02);
        assert_int_equal(pair.client.connected + pair.client.inputs + pair.client.drained, calls);
        assert_int_equal(pair.client.ended, i / 2 == 3);
        pair_close(&pair);
    }
}

/* --- want of memory --- */

/* One whole conversation; false where an allocation that failed ended it in an orderly way. */
static bool converse(void)
{
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    static char space[64];
    struct pyro_loop *loop = pyro_loop_new(NULL);
    if (!loop)
        return false;
    struct end server = {.loop = loop, .space = space, .size = sizeof(space), .close_in = "input"};
    struct end client = server;
    struct pyro_listener *listener = pyro_listener_new(loop, &options, end_accept, &server, NULL);
    if (listener) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_uri uri = {.host = (char[]){"localhost"}, .port = pyro_listener_port(listener)};
        client.stream = pyro_stream_connect(loop, &uri, 4, &end_ops, &client, &err);
        assert_int_equal(err.code, client.stream ? PYRO_OK : PYRO_EMEMORY);
    }
    if (client.stream && pyro_buffer_append(pyro_stream_output(client.stream), "x", 1)) {
        pyro_stream_changed(client.stream);
        wait_until(loop, server.inputs && client.ended);
    }
    end_close(&client);
    pyro_loop_free(loop);
    return server.inputs == 1;
}

static void each_allocation_may_fail(void **state)
{
    bool whole = false;
    (void)state;
    for (unsigned long n = 1; n <= 8; n++) { /* there are six */
        pyro_memory_fail_at(n);
        whole = converse();
        pyro_memory_fail_at(0);
    }
    assert_true(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(bytes_go_both_ways),
        LOOP_TEST(output_may_precede_the_connection),
        LOOP_TEST(addresses_are_tried_in_turn),
        LOOP_TEST(failing_to_connect_is_told),
        LOOP_TEST(connecting_can_be_given_up),
        LOOP_TEST(much_output_waits_for_a_slow_reader),
        LOOP_TEST(drained_comes_each_time_the_mark_was_reached),
        LOOP_TEST(closing_lets_output_leave),
        LOOP_TEST(closing_does_not_wait_long),
        cmocka_unit_test(freed_loop_lets_output_leave),
        LOOP_TEST(idle_streams_hold_little),
        LOOP_TEST(reset_connection_is_lost),
        LOOP_TEST(end_waits_while_the_owner_pauses),
        LOOP_TEST(writing_to_a_closed_peer_ends_the_stream),
        LOOP_TEST(half_closed_peer_gets_what_was_appended),
        LOOP_TEST(want_of_space_ends_the_stream),
        LOOP_TEST(owner_may_close_in_any_of_its_functions),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("net stream", tests, NULL, NULL);
}
