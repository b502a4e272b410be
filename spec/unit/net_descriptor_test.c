/* Tests of core/net: its descriptors keep off the standard streams. */
#include "net_fixture.h"

#include <fcntl.h>
#include <sys/un.h>

#include "net/datagram.h"
#include "net/loop_private.h"

#define STREAMS 3

/* Standard streams of this test, put aside. */
static int aside[STREAMS];

static int close_standard_streams(void **state)
{
    (void)state;
    for (int i = 0; i < STREAMS; i++) {
        aside[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        close(i);
    }
    return 0;
}

static int restore_standard_streams(void **state)
{
    (void)state;
    for (int i = 0; i < STREAMS; i++) {
        dup2(aside[i], i);
        close(aside[i]);
    }
    return 0;
}

static bool streams_are_closed(void)
{
    for (int i = 0; i < STREAMS; i++)
        if (fcntl(i, F_GETFD) != -1)
            return false;
    return true;
}

static void exchange(struct pyro_loop *loop, const struct pyro_listen_options *options)
{
    char space[64];
    struct end server = {.loop = loop, .space = space, .size = sizeof(space), .echo = true};
    struct end client = {.loop = loop, .space = space, .size = sizeof(space)};
    struct pyro_listener *listener = pyro_listener_new(loop, options, end_accept, &server, NULL);
    assert_non_null(listener);
    struct pyro_uri uri = {.host = options->unixsocket ? NULL : (char *)options->host,
                           .sockname = (char *)options->unixsocket,
                           .port = pyro_listener_port(listener)};
    client.stream = pyro_stream_connect(loop, &uri, 4, &end_ops, &client, NULL);
    end_send(&client, "hello", 5);
    wait_until(loop, client.received == 5);
    assert_true(streams_are_closed());
    end_close(&client);
    end_close(&server);
    pyro_listener_close(listener);
}

static void ignore_datagram(void *owner, struct pyro_slice data, const struct pyro_address *from)
{
    (void)owner;
    (void)data;
    (void)from;
}

static void nothing_stands_for_a_closed_standard_stream(void **state)
{
    char path[64];
    struct pyro_listen_options unix_socket = {.unixsocket = socket_path(path, sizeof(path))};
    struct pyro_listen_options tcp = {.host = "localhost", .ip_version = 4};
    struct pyro_loop *loop = pyro_loop_new(NULL);
    (void)state;
    assert_true(streams_are_closed());
    exchange(loop, &tcp);
    exchange(loop, &unix_socket);
    struct pyro_datagram *datagram =
        pyro_datagram_new(loop, "127.0.0.1", 0, ignore_datagram, NULL, NULL);
    assert_non_null(datagram);
    assert_true(streams_are_closed());
    pyro_loop_free(loop);
    assert_true(streams_are_closed());
}

static void a_socket_that_is_a_standard_stream_is_moved(void **state)
{
    struct pyro_loop *loop = pyro_loop_new(NULL);
    int pair[2];
    (void)state;
    assert_int_equal(pyro_socket_pair(pair, NULL), PYRO_OK);
    assert_true(streams_are_closed());
    assert_int_equal(dup2(pair[0], STDIN_FILENO), STDIN_FILENO);
    close(pair[0]);
    struct pyro_stream *stream = pyro_stream_adopt(loop, STDIN_FILENO, NULL);
    assert_non_null(stream);
    assert_true(streams_are_closed());
    pyro_stream_close(stream);
    close(pair[1]);
    pyro_loop_free(loop);
}

#define CLOSED_TEST(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, close_standard_streams, restore_standard_streams)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLOSED_TEST(nothing_stands_for_a_closed_standard_stream),
        CLOSED_TEST(a_socket_that_is_a_standard_stream_is_moved),
    };
    return cmocka_run_group_tests_name("net descriptors", tests, NULL, NULL);
}
