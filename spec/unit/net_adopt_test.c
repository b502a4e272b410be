/* Tests of core/net: sockets that somebody else made. */
#include "net_fixture.h"

#include <fcntl.h>
#include <sys/un.h>

static struct pyro_stream *adopt(struct pyro_loop *loop, int descriptor, struct end *end)
{
    struct pyro_error err = {.code = PYRO_OK};
    end->loop = loop;
    end->stream = pyro_stream_adopt(loop, descriptor, &err);
    assert_int_equal(err.code, PYRO_OK);
    pyro_stream_start(end->stream, &end_ops, end);
    return end->stream;
}

static void pair_talks_both_ways(void **state)
{
    char first_space[64], second_space[64];
    struct end first = {.space = first_space, .size = sizeof(first_space)};
    struct end second = {.space = second_space, .size = sizeof(second_space), .echo = true};
    int descriptors[2];
    assert_int_equal(pyro_socket_pair(descriptors, NULL), PYRO_OK);
    assert_string_equal(pyro_stream_peer(adopt(*state, descriptors[0], &first)), "unix socket");
    adopt(*state, descriptors[1], &second);
    end_send(&first, "there and back", 14);
    wait_until(*state, first.received == 14);
    assert_memory_equal(first_space, "there and back", 14);
    end_close(&first);
    wait_until(*state, second.ended == 1);
    assert_int_equal(second.why.code, PYRO_ECLOSED);
    end_close(&second);
}

static void much_output_leaves_before_the_end_of_a_step(void **state)
{
    static char data[64 * 1024];
    struct end end = {.space = data, .size = sizeof(data)};
    int descriptors[2];
    assert_int_equal(pyro_socket_pair(descriptors, NULL), PYRO_OK);
    adopt(*state, descriptors[0], &end);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(recv(descriptors[1], data, sizeof(data), MSG_DONTWAIT), -1);
        end_send(&end, data, sizeof(data));
    }
    assert_int_equal(recv(descriptors[1], data, sizeof(data), MSG_DONTWAIT), sizeof(data));
    close(descriptors[1]);
    end_close(&end);
}

static void tcp_socket_is_adopted_too(void **state)
{
    char server_space[64], client_space[64];
    struct end server = {
        .loop = *state, .space = server_space, .size = sizeof(server_space), .echo = true};
    struct end client = {.space = client_space, .size = sizeof(client_space)};
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct pyro_listener *listener = pyro_listener_new(*state, &options, end_accept, &server, NULL);
    adopt(*state, connect_to(pyro_listener_port(listener)), &client);
    end_send(&client, "x", 1);
    wait_until(*state, client.received == 1);
    end_close(&client);
    end_close(&server);
    pyro_listener_close(listener);
}

static void refuse(struct pyro_loop *loop, int descriptor)
{
    struct pyro_error err = {.code = PYRO_OK};
    assert_null(pyro_stream_adopt(loop, descriptor, &err));
    assert_int_equal(err.code, PYRO_EVALUE);
}

static void what_is_no_connected_stream_socket_stays_the_callers(void **state)
{
    int pipes[2];
    int unconnected = socket(AF_INET, SOCK_STREAM, 0), datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(pipe(pipes), 0);
    refuse(*state, pipes[0]);
    refuse(*state, unconnected);
    refuse(*state, datagrams);
    assert_int_equal(close(pipes[0]), 0);
    assert_int_equal(close(pipes[1]), 0);
    assert_int_equal(close(unconnected), 0);
    assert_int_equal(close(datagrams), 0);
    refuse(*state, datagrams);
}

/* A socket that listens on a free port here. */
static int listening_socket(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void listening_socket_is_adopted(void **state)
{
    char server_space[64], client_space[64];
    struct end server = {
        .loop = *state, .space = server_space, .size = sizeof(server_space), .echo = true};
    struct end client = {.space = client_space, .size = sizeof(client_space)};
    struct pyro_listener *listener =
        pyro_listener_adopt(*state, listening_socket(), end_accept, &server, NULL);
    assert_non_null(listener);
    assert_string_equal(pyro_listener_address(listener), "127.0.0.1");
    adopt(*state, connect_to(pyro_listener_port(listener)), &client);
    end_send(&client, "x", 1);
    wait_until(*state, client.received == 1);
    end_close(&client);
    end_close(&server);
    pyro_listener_close(listener);
}

static void file_of_an_adopted_unix_listener_stays(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socket_path(address.sun_path, sizeof(address.sun_path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    struct pyro_listener *listener = pyro_listener_adopt(*state, fd, end_accept, NULL, NULL);
    assert_non_null(listener);
    assert_string_equal(pyro_listener_address(listener), "");
    assert_int_equal(pyro_listener_port(listener), 0);
    pyro_listener_close(listener);
    step_for(*state, 0.02);
    assert_int_equal(close(fd), -1); /* it was taken */
    assert_int_equal(unlink(address.sun_path), 0);
}

static void what_does_not_listen_stays_the_callers(void **state)
{
    int descriptors[2];
    struct pyro_error err = {.code = PYRO_OK};
    assert_int_equal(pyro_socket_pair(descriptors, NULL), PYRO_OK);
    assert_null(pyro_listener_adopt(*state, descriptors[0], end_accept, NULL, &err));
    assert_int_equal(err.code, PYRO_EVALUE);
    assert_int_equal(close(descriptors[0]), 0);
    assert_int_equal(close(descriptors[1]), 0);
    assert_null(pyro_listener_adopt(*state, descriptors[0], end_accept, NULL, &err));
}

/* Each allocation fails in turn; the descriptor stays the caller's. */
static void what_cannot_be_adopted_stays_open(void **state)
{
    int pair[2], tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct end end = {.loop = *state};
    assert_int_equal(listen(tcp, 1), 0);
    assert_int_equal(pyro_socket_pair(pair, NULL), PYRO_OK);
    for (unsigned long n = 1;; n++) {
        struct pyro_error err = {.code = PYRO_OK};
        pyro_memory_fail_at(n);
        struct pyro_stream *stream = pyro_stream_adopt(*state, pair[0], &err);
        if (pyro_memory_fail_at(0) > 0) {
            pyro_stream_close(stream);
            break;
        }
        assert_null(stream);
        assert_int_equal(err.code, PYRO_EMEMORY);
        assert_int_equal(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
    }
    for (unsigned long n = 1;; n++) {
        struct pyro_error err = {.code = PYRO_OK};
        pyro_memory_fail_at(n);
        struct pyro_listener *listener = pyro_listener_adopt(*state, tcp, end_accept, &end, &err);
        if (pyro_memory_fail_at(0) > 0) {
            pyro_listener_close(listener);
            break;
        }
        assert_null(listener);
        assert_int_equal(err.code, PYRO_EMEMORY);
    }
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(what_cannot_be_adopted_stays_open),
        LOOP_TEST(pair_talks_both_ways),
        LOOP_TEST(much_output_leaves_before_the_end_of_a_step),
        LOOP_TEST(tcp_socket_is_adopted_too),
        LOOP_TEST(what_is_no_connected_stream_socket_stays_the_callers),
        LOOP_TEST(listening_socket_is_adopted),
        LOOP_TEST(file_of_an_adopted_unix_listener_stays),
        LOOP_TEST(what_does_not_listen_stays_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
