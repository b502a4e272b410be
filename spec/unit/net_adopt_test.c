/* Tests of core/net: sockets that somebody else made. */
#include "net_fixture.h"

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
    assert_int_equal(pyro_stream_pair(descriptors, NULL), PYRO_OK);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(pair_talks_both_ways),
        LOOP_TEST(tcp_socket_is_adopted_too),
        LOOP_TEST(what_is_no_connected_stream_socket_stays_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
