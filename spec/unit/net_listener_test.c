/* Tests of core/net: listeners. */
#include "net_fixture.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "net/stream_private.h"

static void listener_tells_where_it_is(void **state)
{
    static const struct {
        const char *host;
        int ip_version;
        const char *address;
    } cases[] = {{"127.0.0.1", 4, "127.0.0.1"},
                 {"127.0.0.1", 6, "127.0.0.1"},
                 {"::1", 4, "::1"},
                 {"", 4, "0.0.0.0"},
                 {NULL, 0, "0.0.0.0"},
                 {NULL, 6, "::"},
                 {"localhost", 4, "127.0.0.1"}};
    for (size_t i = 0; i < PYRO_COUNT(cases); i++) {
        struct pyro_listen_options options = {.host = cases[i].host,
                                              .ip_version = cases[i].ip_version};
        struct pyro_listener *listener = pyro_listener_new(*state, &options, NULL, NULL, NULL);
        assert_non_null(listener);
        assert_string_equal(pyro_listener_address(listener), cases[i].address);
        assert_int_not_equal(pyro_listener_port(listener), 0);
        pyro_listener_close(listener);
    }
    pyro_listener_close(NULL);
}

static void refuse_to_listen(struct pyro_loop *loop, const struct pyro_listen_options *options,
                             const char *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    assert_null(pyro_listener_new(loop, options, NULL, NULL, &err));
    assert_int_equal(err.code, PYRO_EOS);
    assert_string_equal(err.message, message);
}

static void port_in_use_is_an_error(void **state)
{
    char message[100];
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct pyro_listener *listener = pyro_listener_new(*state, &options, NULL, NULL, NULL);
    options.port = pyro_listener_port(listener);
    snprintf(message, sizeof(message), "cannot listen on 127.0.0.1:%u: address already in use",
             (unsigned)options.port);
    refuse_to_listen(*state, &options, message);
    pyro_listener_close(listener);
}

static int bind_unix(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    strcpy(address.sun_path, path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void unix_socket_file_is_replaced_only_where_stale(void **state)
{
    char path[64], message[160];
    struct pyro_listen_options options = {.unixsocket = socket_path(path, sizeof(path))};
    snprintf(message, sizeof(message), "cannot listen on %s: address already in use", path);
    close(bind_unix(path, SOCK_STREAM)); /* nobody listens */
    struct pyro_listener *listener = pyro_listener_new(*state, &options, NULL, NULL, NULL);
    assert_non_null(listener);
    assert_int_equal(pyro_listener_port(listener), 0);
    assert_string_equal(pyro_listener_address(listener), "");
    refuse_to_listen(*state, &options, message);
    assert_int_equal(access(path, F_OK), 0);
    pyro_listener_close(listener);
    assert_int_equal(access(path, F_OK), -1);

    int other = bind_unix(path, SOCK_DGRAM); /* lives, and is not ours */
    refuse_to_listen(*state, &options, message);
    close(other);
    unlink(path);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); /* not a socket */
    refuse_to_listen(*state, &options, message);
    assert_int_equal(unlink(path), 0);
}

static void unix_socket_file_of_another_stays(void **state)
{
    char path[64], moved[80];
    struct pyro_listen_options options = {.unixsocket = socket_path(path, sizeof(path))};
    struct pyro_listener *listener = pyro_listener_new(*state, &options, NULL, NULL, NULL);
    snprintf(moved, sizeof(moved), "%s.moved", path);
    assert_int_equal(rename(path, moved), 0);
    int other = bind_unix(path, SOCK_STREAM);
    pyro_listener_close(listener);
    assert_int_equal(unlink(path), 0);
    unlink(moved);
    close(other);
}

#define RIVALS 4
#define ROUNDS 40

/* One of those that start at once: tells whether it listens, and does so until the end. */
static void compete(const char *path, int start, int result, int end)
{
    char byte;
    struct pyro_listen_options options = {.unixsocket = path};
    struct pyro_loop *loop = pyro_loop_new(NULL);
    (void)!read(start, &byte, 1);
    byte = pyro_listener_new(loop, &options, NULL, NULL, NULL) ? 'y' : 'n';
    (void)!write(result, &byte, 1);
    (void)!read(end, &byte, 1);
    _exit(0);
}

static void unix_socket_file_is_taken_over_by_one(void **state)
{
    char path[64], results[RIVALS];
    (void)state;
    socket_path(path, sizeof(path));
    for (int round = 0; round < ROUNDS; round++) {
        int start[2], result[2], end[2], count = 0;
        close(bind_unix(path, SOCK_STREAM));
        assert_int_equal(pipe(start) + pipe(result) + pipe(end), 0);
        for (int i = 0; i < RIVALS; i++) {
            if (fork() == 0) {
                close(start[1]);
                close(end[1]);
                compete(path, start[0], result[1], end[0]);
            }
        }
        close(start[1]); /* off they go */
        for (int i = 0; i < RIVALS; i++) {
            assert_int_equal(read(result[0], &results[i], 1), 1);
            count += results[i] == 'y';
        }
        assert_int_equal(count, 1);
        close(end[1]);
        for (int i = 0; i < RIVALS; i++)
            wait(NULL);
        close(start[0]);
        close(result[0]);
        close(result[1]);
        close(end[0]);
        unlink(path);
    }
}

static void unix_socket_path_must_fit(void **state)
{
    char path[109] = "", message[200];
    struct pyro_listen_options options = {.unixsocket = path};
    memset(path, 'x', sizeof(path) - 1);
    snprintf(message, sizeof(message), "cannot listen on %s: name too long", path);
    refuse_to_listen(*state, &options, message);
    options.unixsocket = "";
    refuse_to_listen(*state, &options, "cannot listen on : invalid argument");
}

struct gate {
    struct pyro_listener *listener;
    int accepted, close_at;
};

static void gate_accept(void *owner, struct pyro_stream *stream)
{
    struct gate *gate = owner;
    pyro_stream_close(stream);
    if (++gate->accepted == gate->close_at) {
        pyro_listener_close(gate->listener);
        gate->listener = NULL;
    }
}

static void keep_peer(void *owner, struct pyro_stream *stream)
{
    snprintf(owner, 80, "%s", pyro_stream_peer(stream));
    pyro_stream_close(stream);
}

/* The system tells the address of a socket's peer no more after that: rules ask for it. */
static void peer_that_resets_before_it_is_accepted_is_known(void **state)
{
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct linger now = {.l_onoff = 1};
    struct sockaddr_in own;
    socklen_t length = sizeof(own);
    char peer[80] = "", expected[80];
    for (int scarce = 0; scarce <= 1; scarce++) {
        struct pyro_listener *listener = pyro_listener_new(*state, &options, keep_peer, peer, NULL);
        int fd = connect_to(pyro_listener_port(listener));
        assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &length), 0);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close(fd);
        pyro_memory_fail_at((unsigned long)scarce); /* it is held, or not */
        wait_until(*state, *peer);
        pyro_memory_fail_at(0);
        snprintf(expected, sizeof(expected), "127.0.0.1:%u", (unsigned)ntohs(own.sin_port));
        assert_string_equal(peer, expected);
        *peer = '\0';
        pyro_listener_close(listener);
    }
}

#define MANY 150 /* more than a listener keeps waiting */

static void listener_may_be_closed_while_it_accepts(void **state)
{
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    int fds[MANY];
    for (int close_at = 1; close_at <= MANY + 1; close_at += MANY / 2) {
        struct gate gate = {.close_at = close_at};
        gate.listener = pyro_listener_new(*state, &options, gate_accept, &gate, NULL);
        for (int i = 0; i < MANY; i++)
            fds[i] = connect_to(pyro_listener_port(gate.listener));
        int expected = close_at < MANY ? close_at : MANY;
        wait_until(*state, gate.accepted == expected);
        step_for(*state, 0.02);
        assert_int_equal(gate.accepted, expected);
        pyro_listener_close(gate.listener);
        for (int i = 0; i < MANY; i++)
            close(fds[i]);
    }
}

static void listener_survives_want_of_memory(void **state)
{
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct gate gate = {.close_at = 0};
    gate.listener = pyro_listener_new(*state, &options, gate_accept, &gate, NULL);
    int fds[] = {connect_to(pyro_listener_port(gate.listener)),
                 connect_to(pyro_listener_port(gate.listener))};
    pyro_memory_fail_at(1);
    wait_until(*state, gate.accepted == 2);
    pyro_memory_fail_at(0);
    close(fds[0]);
    close(fds[1]);
    pyro_listener_close(gate.listener);
}

static void listener_survives_want_of_files(void **state)
{
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct gate gate = {.close_at = 0};
    struct rlimit before, few;
    gate.listener = pyro_listener_new(*state, &options, gate_accept, &gate, NULL);
    int refused = connect_to(pyro_listener_port(gate.listener));
    int next = dup(refused);
    close(next);
    getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = (rlim_t)next;
    setrlimit(RLIMIT_NOFILE, &few);
    step_for(*state, 0.1);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(gate.accepted, 0);
    int welcome = connect_to(pyro_listener_port(gate.listener));
    wait_until(*state, gate.accepted == 1);
    close(refused);
    close(welcome);
    pyro_listener_close(gate.listener);
}

/* The server closes first: its port has a connection that dies away. */
static void port_is_shared_with_dying_connections_unless_exclusive(void **state)
{
    char message[100];
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct gate gate = {.close_at = 0};
    gate.listener = pyro_listener_new(*state, &options, gate_accept, &gate, NULL);
    options.port = pyro_listener_port(gate.listener);
    int fd = connect_to(options.port);
    wait_until(*state, gate.accepted == 1);
    assert_int_equal(read(fd, message, 1), 0);
    close(fd);
    pyro_listener_close(gate.listener);
    step_for(*state, 0.02);

    options.exclusive = true;
    snprintf(message, sizeof(message), "cannot listen on 127.0.0.1:%u: address already in use",
             (unsigned)options.port);
    refuse_to_listen(*state, &options, message);
    options.exclusive = false;
    struct pyro_listener *listener = pyro_listener_new(*state, &options, NULL, NULL, NULL);
    assert_non_null(listener);
    pyro_listener_close(listener);
}

static void exclusive_listener_accepts(void **state)
{
    struct pyro_listen_options options = {.host = "::1", .exclusive = true};
    pyro_listener_close(pyro_listener_new(*state, &options, NULL, NULL, NULL));
    options.host = "127.0.0.1";
    struct gate gate = {.close_at = 0};
    gate.listener = pyro_listener_new(*state, &options, gate_accept, &gate, NULL);
    assert_string_equal(pyro_listener_address(gate.listener), "127.0.0.1");
    int fd = connect_to(pyro_listener_port(gate.listener));
    wait_until(*state, gate.accepted == 1);
    close(fd);
    pyro_listener_close(gate.listener);
}

static int nodelay_of(const struct pyro_stream *stream)
{
    int fd = -1, value = -1;
    socklen_t size = sizeof(value);
    assert_int_equal(uv_fileno(&stream->uv.handle, &fd), 0);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
    return value != 0;
}

static void sockets_send_at_once_unless_told_otherwise(void **state)
{
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    for (int nodelay = 0; nodelay <= 1; nodelay++) {
        struct end server = {.loop = *state}, client = {.loop = *state};
        struct pyro_listener *listener =
            pyro_listener_new(*state, &options, end_accept, &server, NULL);
        struct pyro_uri uri = {.host = "127.0.0.1", .port = pyro_listener_port(listener)};
        client.stream = pyro_stream_connect(*state, &uri, 4, &end_ops, &client, NULL);
        if (!nodelay)
            pyro_stream_nodelay(client.stream, false); /* before it is connected */
        wait_until(*state, client.connected && server.stream);
        assert_int_equal(nodelay_of(client.stream), nodelay);
        assert_int_equal(nodelay_of(server.stream), 1);
        pyro_stream_nodelay(server.stream, nodelay);
        assert_int_equal(nodelay_of(server.stream), nodelay);
        end_close(&client);
        end_close(&server);
        pyro_listener_close(listener);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(listener_tells_where_it_is),
        LOOP_TEST(port_in_use_is_an_error),
        LOOP_TEST(unix_socket_file_is_replaced_only_where_stale),
        LOOP_TEST(unix_socket_file_of_another_stays),
        LOOP_TEST(unix_socket_file_is_taken_over_by_one),
        LOOP_TEST(unix_socket_path_must_fit),
        LOOP_TEST(peer_that_resets_before_it_is_accepted_is_known),
        LOOP_TEST(listener_may_be_closed_while_it_accepts),
        LOOP_TEST(listener_survives_want_of_memory),
        LOOP_TEST(listener_survives_want_of_files),
        LOOP_TEST(port_is_shared_with_dying_connections_unless_exclusive),
        LOOP_TEST(exclusive_listener_accepts),
        LOOP_TEST(sockets_send_at_once_unless_told_otherwise),
    };
    return cmocka_run_group_tests_name("net listener", tests, NULL, NULL);
}
