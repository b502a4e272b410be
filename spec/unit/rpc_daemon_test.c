/* Tests of core/rpc's daemon, whose client is a script of bytes: handshakes, requests in order and
 * side by side, and what ends connections. No test sleeps: the clock is fake. */
#include "rpc_desk.h"

/* --- handshakes --- */

static void welcome_has_the_metadata(void **state)
{
    struct world world;
    struct pyro_message welcome;
    begin_world(&world, *state);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT, .seq = 3}, HELLO);
    peer_expect_message(&world.peer, &welcome);
    assert_int_equal(welcome.header.type, PYRO_CONNECTOK);
    assert_int_equal(welcome.header.seq, 3);
    assert_non_null(memmem(welcome.data.data, welcome.data.length, "echo", 4));
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    pyro_message_release(&welcome);
    end_world(&world);
}

static void silent_client_is_let_go(void **state)
{
    struct world world;
    begin_world(&world, *state);
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    fake_clock_advance(9);
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    fake_clock_advance(2);
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 0);
    peer_expect_end(&world.peer);
    end_world(&world);
}

/* The program is busy for longer than the timeouts, and what came meanwhile counts. */
static void client_that_was_in_time_is_served(void **state)
{
    struct world world;
    struct pyro_message welcome;
    struct pyro_runtime *runtime = *state;
    runtime->config.COMMTIMEOUT = 5;
    begin_world(&world, runtime);
    run_loop(runtime); /* accepts */
    send_unheard(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, HELLO);
    fake_clock_advance(100);
    run_loop(runtime);
    peer_expect_message(&world.peer, &welcome);
    assert_int_equal(welcome.header.type, PYRO_CONNECTOK);
    pyro_message_release(&welcome);
    send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, ECHO);
    fake_clock_advance(100);
    run_loop(runtime);
    assert_int_equal(world.desk.invoked, 1);
    answer_next(&world.desk);
    run_loop(runtime);
    expect_reply(&world, 1, 0, "0");
    end_world(&world);
}

static void stranger_is_told_why(void **state)
{
    struct world world;
    begin_world(&world, *state);
    peer_send(&world.peer, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n......", 41);
    run_loop(*state);
    expect_refusal(&world);
    assert_int_equal(world.desk.invoked, 0);
    end_world(&world);
}

static void handshake_for_an_unknown_object_is_refused(void **state)
{
    struct world world;
    begin_world(&world, *state);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT},
             "82a968616e647368616b65a568656c6c6fa66f626a656374a46e6f6e65");
    run_loop(*state);
    expect_refusal(&world);
    end_world(&world);
}

/* A validator begins a response, and finds that it cannot be written. */
static bool begin_in_vain(void *owner, struct pyro_handshake *handshake)
{
    struct pyro_error err = {.code = PYRO_OK};
    (void)owner;
    assert_non_null(pyro_handshake_begin(handshake, &err));
    pyro_handshake_abort(handshake);
    pyro_error_set(&err, PYRO_ESERIALIZE, "no response");
    pyro_handshake_fail(handshake, &err);
    return true;
}

static void response_that_cannot_be_written_is_a_refusal(void **state)
{
    static const struct pyro_daemon_hooks validating = {.handshake = begin_in_vain,
                                                        .ended = world_ended};
    struct world world;
    begin_world(&world, *state);
    pyro_daemon_hook(world.daemon, &validating, &world);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, HELLO);
    run_loop(*state);
    expect_refusal(&world);
    end_world(&world);
}

static void call_before_the_handshake_is_refused(void **state)
{
    struct world world;
    begin_world(&world, *state);
    call(&world, 0, 1, ECHO);
    expect_refusal(&world);
    assert_int_equal(world.desk.invoked, 0);
    end_world(&world);
}

/* --- requests --- */

static void requests_of_a_connection_run_in_order(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call(&world, 0, 1, ECHO);
    call(&world, 0, 2, ECHO);
    assert_int_equal(world.desk.invoked, 1);
    answer_next(&world.desk);
    run_loop(*state);
    expect_reply(&world, 1, 0, "0");
    assert_int_equal(world.desk.invoked, 2);
    answer_next(&world.desk);
    run_loop(*state);
    expect_reply(&world, 2, 0, "1");
    end_world(&world);
}

static void connections_do_not_wait_for_each_other(void **state)
{
    struct world world;
    struct scripted_peer other;
    connect_world(&world, *state);
    peer_connect(&other, world.runtime->loop, socket_path());
    say_hello(&other, *state);
    call(&world, 0, 1, ECHO);
    send_hex(&other, (struct pyro_header){.type = PYRO_INVOKE, .seq = 9}, ECHO);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, 2);
    peer_close(&other);
    end_world(&world);
}

static void oneway_calls_run_side_by_side(void **state)
{
    struct world world;
    const unsigned most = 256;
    connect_world(&world, *state);
    for (unsigned i = 0; i < most + 10; i++)
        call(&world, PYRO_FLAG_ONEWAY, 1, ECHO);
    assert_int_equal(world.desk.invoked, most);
    answer_next(&world.desk);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, most + 1);
    peer_expect_nothing(&world.peer);
    end_world(&world);
}

static void answer_to_a_client_that_left_goes_nowhere(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call(&world, 0, 1, ECHO);
    peer_close(&world.peer);
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 0);
    assert_false(pyro_request_wanted(world.desk.requests[0]));
    assert_ptr_equal(pyro_request_object(world.desk.requests[0]), &world.desk.object);
    answer_next(&world.desk);
    end_world(&world);
}

static void request_may_outlast_its_client_and_its_daemon(void **state)
{
    static const unsigned flags[] = {0, PYRO_FLAG_ONEWAY};
    for (size_t i = 0; i < PYRO_COUNT(flags); i++) {
        struct world world;
        connect_world(&world, *state);
        call(&world, flags[i], 1, ECHO);
        peer_close(&world.peer);
        run_loop(*state);
        pyro_daemon_free(world.daemon);
        assert_int_equal(world.desk.released, 1);
        assert_null(pyro_request_object(world.desk.requests[0]));
        assert_false(pyro_request_reports_failure(world.desk.requests[0]));
        answer_next(&world.desk);
        run_loop(*state);
    }
}

static void request_may_be_answered_after_its_daemon_closed(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call(&world, 0, 1, ECHO);
    pyro_daemon_close(world.daemon);
    run_loop(*state);
    assert_true(pyro_daemon_closed(world.daemon));
    assert_null(pyro_request_object(world.desk.requests[0]));
    answer_next(&world.desk);
    end_world(&world);
}

static void private_name_is_refused_and_the_connection_stays(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call(&world, 0, 1, "94a46465736ba55f686964659080"); /* desk._hide() */
    expect_reply(&world, 1, PYRO_FLAG_EXCEPTION, "AttributeError");
    call(&world, 0, 2, ECHO);
    assert_int_equal(world.desk.invoked, 1);
    end_world(&world);
}

static void call_of_an_unknown_object_fails(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call(&world, 0, 1, "94a46e6f6e65a46563686f9080");
    expect_reply(&world, 1, PYRO_FLAG_EXCEPTION, "unknown object");
    end_world(&world);
}

static void security_error_closes_the_connection(void **state)
{
    struct world world;
    struct pyro_error err;
    connect_world(&world, *state);
    call(&world, 0, 1, ECHO);
    pyro_error_set(&err, PYRO_ESECURITY, "not for you");
    struct pyro_request *request = next_request(&world.desk);
    request->running = true;
    pyro_request_fail(request, &err);
    run_loop(*state);
    expect_reply(&world, 1, PYRO_FLAG_EXCEPTION, "not for you");
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void ping_is_answered(void **state)
{
    struct world world;
    connect_world(&world, *state);
    struct pyro_message pong;
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_PING, .seq = 5}, "00");
    peer_expect_message(&world.peer, &pong);
    assert_int_equal(pong.header.type, PYRO_PING);
    assert_true(pyro_slice_equals(pong.data, "pong"));
    pyro_message_release(&pong);
    end_world(&world);
}

/* --- what ends connections --- */

static void message_of_no_request_ends_the_connection(void **state)
{
    struct world world;
    connect_world(&world, *state);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_RESULT}, "00");
    run_loop(*state);
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void too_large_message_ends_the_connection(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    connect_world(&world, runtime);
    runtime->config.MAX_MESSAGE_SIZE = 1000;
    char *large = calloc(1, 1001);
    const struct pyro_header header = {.type = PYRO_INVOKE, .serializer = PYRO_SERIALIZER_MSGPACK};
    peer_send_message(&world.peer, &pyro_protocol_502, &header, large, 1001);
    run_loop(runtime);
    assert_int_equal(pyro_daemon_connections(world.daemon), 0);
    free(large);
    end_world(&world);
}

static void rest_of_a_message_has_to_come_in_time(void **state)
{
    struct world world;
    connect_world(&world, *state);
    peer_send(&world.peer, "PYRO\x01\xf6", 6);
    run_loop(*state);
    fake_clock_advance(59);
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    fake_clock_advance(2);
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 0);
    end_world(&world);
}

/* Appends a call of echo() with so many bytes as its argument. */
static void append_large_call(struct pyro_buffer *out, uint16_t seq, size_t size)
{
    static const char head[] = "\x94\xa4"
                               "desk"
                               "\xa4"
                               "echo"
                               "\x91\xc6";
    const struct pyro_header header = {
        .type = PYRO_INVOKE, .seq = seq, .serializer = PYRO_SERIALIZER_MSGPACK};
    const unsigned char length[] = {0, (unsigned char)(size >> 16), (unsigned char)(size >> 8),
                                    (unsigned char)size};
    struct pyro_draft draft;
    char *bytes = calloc(1, size);
    assert_int_equal(pyro_message_begin(&draft, out, &pyro_protocol_502, &header, NULL, 0, NULL),
                     PYRO_OK);
    assert_true(pyro_buffer_append(out, head, sizeof(head) - 1));
    assert_true(pyro_buffer_append(out, (const char *)length, sizeof(length)));
    assert_true(pyro_buffer_append(out, bytes, size));
    assert_true(pyro_buffer_append(out, "\x80", 1));
    assert_int_equal(pyro_message_end(&draft, 0, false, NULL), PYRO_OK);
    free(bytes);
}

static void large_message_may_take_longer_if_it_goes_on(void **state)
{
    struct world world;
    struct pyro_buffer call = {.data = NULL};
    size_t part = 70000, sent = 0; /* a little more than what has a MESSAGE_TIMEOUT of its own */
    connect_world(&world, *state);
    append_large_call(&call, 1, 500000);
    for (; sent < call.length; sent += part) {
        fake_clock_advance(59);
        run_loop(*state);
        peer_send(&world.peer, call.data + sent,
                  call.length - sent < part ? call.length - sent : part);
        run_loop(*state);
    }
    assert_int_equal(world.desk.invoked, 1);
    answer_next(&world.desk);
    run_loop(*state);
    expect_reply(&world, 1, 0, "0");
    pyro_buffer_free(&call);
    end_world(&world);
}

static void trickle_is_cut_off(void **state)
{
    struct world world;
    struct pyro_buffer call = {.data = NULL};
    size_t sent = 0;
    connect_world(&world, *state);
    append_large_call(&call, 1, 500000);
    while (pyro_daemon_connections(world.daemon) > 0 && sent < 1000) {
        peer_send(&world.peer, call.data + sent++, 1);
        fake_clock_advance(1);
        run_loop(*state);
    }
    assert_in_range(sent, 60, 62);
    pyro_buffer_free(&call);
    end_world(&world);
}

/* While a request is served, the connection is not read: what it has of the next one may wait. */
static void part_of_a_message_waits_behind_a_request(void **state)
{
    struct world world;
    struct pyro_buffer call = {.data = NULL};
    connect_world(&world, *state);
    append_large_call(&call, 1, 10);
    size_t first = call.length;
    append_large_call(&call, 2, 500000);
    peer_send(&world.peer, call.data, first + 100);
    fake_clock_advance(1000);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, 1);
    answer_next(&world.desk);
    run_loop(*state);
    expect_reply(&world, 1, 0, "0");
    fake_clock_advance(59);
    run_loop(*state);
    peer_send(&world.peer, call.data + first + 100, call.length - first - 100);
    run_loop(*state);
    answer_next(&world.desk);
    run_loop(*state);
    expect_reply(&world, 2, 0, "1");
    fake_clock_advance(1000); /* and who is not amid a message may say nothing */
    run_loop(*state);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    pyro_buffer_free(&call);
    end_world(&world);
}

static void idle_client_is_let_go_but_not_one_that_waits(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.COMMTIMEOUT = 5;
    connect_world(&world, runtime);
    call(&world, 0, 1, ECHO);
    fake_clock_advance(100);
    run_loop(runtime);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    answer_next(&world.desk);
    run_loop(runtime);
    expect_reply(&world, 1, 0, "0");
    fake_clock_advance(6);
    run_loop(runtime);
    assert_int_equal(pyro_daemon_connections(world.daemon), 0);
    end_world(&world);
}

static void slow_reader_is_not_read(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.MAX_PENDING = 1000;
    connect_world(&world, runtime);
    fault_fail_all(FAULT_WRITE, EAGAIN);
    for (uint16_t i = 1; i <= 200; i++)
        call(&world, 0, i, ECHO);
    while (world.desk.answered < world.desk.invoked) {
        answer_next(&world.desk);
        run_loop(runtime);
    }
    assert_in_range(world.desk.invoked, 10, 100);
    faults_clear();
    for (uint16_t i = 1; i <= 200; i++) {
        run_loop(runtime);
        while (world.desk.answered < world.desk.invoked) {
            answer_next(&world.desk);
            run_loop(runtime);
        }
        expect_reply(&world, i, 0, "");
    }
    end_world(&world);
}

static void connections_beyond_the_most_are_refused(void **state)
{
    struct world world;
    struct scripted_peer other;
    struct pyro_runtime *runtime = *state;
    runtime->config.MAX_CONNECTIONS = 1;
    connect_world(&world, runtime);
    peer_connect(&other, runtime->loop, socket_path());
    run_loop(runtime);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    peer_close(&other);
    call(&world, 0, 1, ECHO);
    assert_int_equal(world.desk.invoked, 1);
    end_world(&world);
}

static void failing_accept_costs_nobody_else(void **state)
{
    struct world world;
    struct scripted_peer other;
    connect_world(&world, *state);
    fault_fail(FAULT_ACCEPT, 1, ECONNABORTED);
    peer_connect(&other, world.runtime->loop, socket_path());
    say_hello(&other, *state);
    assert_false(faults_pending());
    call(&world, 0, 1, ECHO);
    assert_int_equal(world.desk.invoked, 1);
    peer_close(&other);
    end_world(&world);
}

static void drained_daemon_answers_what_it_serves(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call(&world, 0, 1, ECHO);
    call(&world, 0, 2, ECHO);
    pyro_daemon_drain(world.daemon);
    run_loop(*state);
    assert_int_equal(world.ended, 0);
    assert_true(pyro_request_is_last(world.desk.requests[0]));
    answer_next(&world.desk);
    run_loop(*state);
    expect_reply(&world, 1, 0, "0");
    peer_expect_end(&world.peer);
    assert_int_equal(world.desk.invoked, 1);
    assert_int_equal(world.ended, 1);
    end_world(&world);
}

static struct pyro_handshake *pondered;

static bool ponder(void *owner, struct pyro_handshake *handshake)
{
    (void)owner;
    pondered = handshake;
    return true;
}

static void daemon_may_be_drained_amid_a_handshake(void **state)
{
    static const struct pyro_daemon_hooks pondering = {.handshake = ponder, .ended = world_ended};
    struct world world;
    struct pyro_message welcome;
    struct pyro_error err = {.code = PYRO_OK};
    begin_world(&world, *state);
    pyro_daemon_hook(world.daemon, &pondering, &world);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, HELLO);
    run_loop(*state);
    pyro_daemon_drain(world.daemon);
    assert_int_equal(world.ended, 0);
    struct pyro_sink *to = pyro_handshake_begin(pondered, &err);
    assert_non_null(to);
    assert_int_equal(pyro_put_text(to, "hello"), PYRO_OK);
    assert_int_equal(pyro_handshake_end(pondered, &err), PYRO_OK);
    peer_expect_message(&world.peer, &welcome);
    pyro_message_release(&welcome);
    peer_expect_end(&world.peer);
    assert_int_equal(world.ended, 1);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(welcome_has_the_metadata),
        WITH_RUNTIME(silent_client_is_let_go),
        WITH_RUNTIME(client_that_was_in_time_is_served),
        WITH_RUNTIME(stranger_is_told_why),
        WITH_RUNTIME(handshake_for_an_unknown_object_is_refused),
        WITH_RUNTIME(response_that_cannot_be_written_is_a_refusal),
        WITH_RUNTIME(call_before_the_handshake_is_refused),
        WITH_RUNTIME(requests_of_a_connection_run_in_order),
        WITH_RUNTIME(connections_do_not_wait_for_each_other),
        WITH_RUNTIME(oneway_calls_run_side_by_side),
        WITH_RUNTIME(answer_to_a_client_that_left_goes_nowhere),
        WITH_RUNTIME(request_may_outlast_its_client_and_its_daemon),
        WITH_RUNTIME(request_may_be_answered_after_its_daemon_closed),
        WITH_RUNTIME(private_name_is_refused_and_the_connection_stays),
        WITH_RUNTIME(call_of_an_unknown_object_fails),
        WITH_RUNTIME(security_error_closes_the_connection),
        WITH_RUNTIME(ping_is_answered),
        WITH_RUNTIME(message_of_no_request_ends_the_connection),
        WITH_RUNTIME(too_large_message_ends_the_connection),
        WITH_RUNTIME(rest_of_a_message_has_to_come_in_time),
        WITH_RUNTIME(large_message_may_take_longer_if_it_goes_on),
        WITH_RUNTIME(trickle_is_cut_off),
        WITH_RUNTIME(part_of_a_message_waits_behind_a_request),
        WITH_RUNTIME(idle_client_is_let_go_but_not_one_that_waits),
        WITH_RUNTIME(slow_reader_is_not_read),
        WITH_RUNTIME(connections_beyond_the_most_are_refused),
        WITH_RUNTIME(failing_accept_costs_nobody_else),
        WITH_RUNTIME(drained_daemon_answers_what_it_serves),
        WITH_RUNTIME(daemon_may_be_drained_amid_a_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
