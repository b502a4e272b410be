/* Tests of core/rpc's client, whose server is a script of bytes: connecting, calls in flight, and
 * what ends them. No test sleeps: the clock is fake. */
#include "rpc_caller.h"

#include "rpc/client_state.h"
#include "rpc/members.h"

static void handshake_tells_the_members(void **state)
{
    struct world world;
    connect_world(&world, *state);
    assert_int_equal(pyro_client_member(world.client, pyro_slice_text("echo")), PYRO_METHOD);
    assert_int_equal(pyro_client_member(world.client, pyro_slice_text("note")), PYRO_ONEWAY);
    assert_int_equal(pyro_client_member(world.client, pyro_slice_text("other")), 0);
    end_world(&world);
}

static void whoever_waits_is_told_of_the_connection(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0, false), PYRO_OK);
    await_handshake(&world);
    assert_int_equal(world.first.told + world.second.told, 0);
    answer_handshake(&world);
    assert_int_equal(world.first.told, 1);
    assert_int_equal(world.second.told, 1);
    end_world(&world);
}

static void silent_server_is_given_up(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 60, false), PYRO_OK);
    await_handshake(&world);
    fake_clock_advance(59);
    run_loop(*state);
    assert_int_equal(world.first.told, 0);
    fake_clock_advance(2);
    run_loop(*state);
    assert_failed(&world.first, PYRO_ETIMEOUT, "timed out after 60 s");
    assert_true(pyro_client_idle(world.client));
    peer_expect_end(&world.peer);
    end_world(&world);
}

/* The program is busy while the server accepts its connection, and again while that answers. */
static void server_that_was_in_time_is_connected(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 60, false), PYRO_OK);
    fake_clock_advance(100);
    await_handshake(&world);
    fake_clock_advance(59); /* the handshake has a timeout of its own */
    send_unheard(&world.peer,
                 (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA},
                 WELCOME);
    fake_clock_advance(100);
    run_loop(*state);
    assert_int_equal(world.first.told, 1);
    assert_int_equal(world.first.call.error.code, PYRO_OK);
    assert_true(pyro_client_connected(world.client));
    end_world(&world);
}

static void server_that_closes_does_not_answer_the_handshake(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    await_handshake(&world);
    peer_close(&world.peer);
    run_loop(*state);
    assert_failed(&world.first, PYRO_ECLOSED, "did not answer the handshake");
    end_world(&world);
}

static void rejection_says_why(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    await_handshake(&world);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECTFAIL}, "a66e6f2077617a");
    run_loop(*state);
    assert_failed(&world.first, PYRO_ECOMMUNICATION, "rejected: no waz");
    end_world(&world);
}

static void malformed_metadata_is_refused(void **state)
{
    static const char *const bad[] = {
        "80",                               /* no "meta" */
        "81a46d657461c0",                   /* nil */
        "81a46d65746181a76d6574686f647301", /* "methods" is a number */
        "81a46d65746181a76d6574686f64739101",
        "81a46d657461" /* cut short */,
    };
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        struct world world;
        begin_world(&world, *state);
        assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
        await_handshake(&world);
        send_hex(&world.peer,
                 (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA}, bad[i]);
        run_loop(*state);
        assert_int_equal(world.first.told, 1);
        assert_int_not_equal(world.first.call.error.code, PYRO_OK);
        assert_true(pyro_client_idle(world.client));
        end_world(&world);
    }
}

static void only_the_first_confirms_a_connection(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, true), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0, true), PYRO_OK);
    await_handshake(&world);
    answer_handshake(&world);
    assert_int_equal(world.first.told, 1);
    assert_int_equal(world.second.told, 0);
    assert_true(pyro_client_must_confirm(world.client, &world.first.call));
    assert_false(pyro_client_connected(world.client));
    assert_int_equal(pyro_client_confirm(world.client, &world.first.call, &err), PYRO_OK);
    run_loop(*state);
    assert_int_equal(world.second.told, 1);
    assert_int_equal(world.second.call.error.code, PYRO_OK);
    end_world(&world);
}

static void connection_that_is_not_confirmed_ends(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, true), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0, true), PYRO_OK);
    await_handshake(&world);
    answer_handshake(&world);
    pyro_client_disconnect(world.client);
    run_loop(*state);
    assert_failed(&world.second, PYRO_ECLOSED, "connection released");
    assert_int_equal(pyro_client_confirm(world.client, &world.first.call, &err), PYRO_ECLOSED);
    end_world(&world);
}

static void whoever_should_confirm_may_be_freed(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, true), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0, true), PYRO_OK);
    await_handshake(&world);
    answer_handshake(&world);
    pyro_call_free(&world.first.call);
    run_loop(*state);
    assert_failed(&world.second, PYRO_ECLOSED, "abandoned");
    end_world(&world);
}

static void refused_connection_is_told(void **state)
{
    struct world world;
    begin_world(&world, *state);
    fault_fail(FAULT_CONNECT, 1, ECONNREFUSED);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    run_loop(*state);
    assert_false(faults_pending());
    assert_failed(&world.first, PYRO_ECOMMUNICATION, "connection refused");
    end_world(&world);
}

/* --- calls --- */

static void replies_find_their_calls(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    call_echo(&world, &world.second, 0);
    uint16_t one = take_request(&world), two = take_request(&world);
    assert_int_equal(two, one + 1);
    reply(&world, one, "01");
    assert_replied(&world.first, "1 ");
    assert_int_equal(world.second.told, 0);
    reply(&world, two, "02");
    assert_replied(&world.second, "2 ");
    end_world(&world);
}

static void replies_may_come_byte_by_byte(void **state)
{
    struct world world;
    struct pyro_buffer bytes = {.data = NULL};
    struct pyro_draft draft;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    const struct pyro_header header = {
        .type = PYRO_RESULT, .seq = take_request(&world), .serializer = PYRO_SERIALIZER_MSGPACK};
    assert_int_equal(pyro_message_begin(&draft, &bytes, &pyro_protocol_502, &header, NULL, 0, NULL),
                     PYRO_OK);
    assert_true(pyro_buffer_append(&bytes, "\x2a", 1));
    assert_int_equal(pyro_message_end(&draft, 0, false, NULL), PYRO_OK);
    peer_send_slowly(&world.peer, bytes.data, bytes.length);
    run_loop(*state);
    assert_replied(&world.first, "42 ");
    pyro_buffer_free(&bytes);
    end_world(&world);
}

static void reply_out_of_order_ends_all_calls(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    call_echo(&world, &world.second, 0);
    take_request(&world);
    reply(&world, take_request(&world), "02");
    assert_failed(&world.first, PYRO_EPROTOCOL, "reply sequence out of sync");
    assert_failed(&world.second, PYRO_EPROTOCOL, "reply sequence out of sync");
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void reply_that_nobody_waits_for_ends_the_connection(void **state)
{
    struct world world;
    connect_world(&world, *state);
    reply(&world, 7, "01");
    assert_true(pyro_client_idle(world.client));
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void message_of_another_type_is_no_reply(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_PING, .seq = take_request(&world)},
             "01");
    run_loop(*state);
    assert_failed(&world.first, PYRO_EPROTOCOL, "invalid msg type 6 received");
    end_world(&world);
}

static void bytes_that_are_no_message_end_the_calls(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    take_request(&world);
    peer_send(&world.peer, "HTTP/1.1 400 Bad Request\r\n\r\n0123456789", 38);
    run_loop(*state);
    assert_failed(&world.first, PYRO_EPROTOCOL, "");
    end_world(&world);
}

static void late_reply_takes_the_connection_down(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 30);
    call_echo(&world, &world.second, 0);
    fake_clock_advance(31);
    run_loop(*state);
    assert_failed(&world.first, PYRO_ETIMEOUT, "echo() did not answer within 30 s");
    assert_failed(&world.second, PYRO_ECLOSED, "another call on it timed out");
    assert_true(pyro_client_idle(world.client));
    end_world(&world);
}

static void reply_that_came_in_time_counts(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 30);
    const struct pyro_header header = {.type = PYRO_RESULT, .seq = take_request(&world)};
    send_unheard(&world.peer, header, "01");
    fake_clock_advance(100); /* the program is busy meanwhile */
    run_loop(*state);
    assert_replied(&world.first, "1 ");
    end_world(&world);
}

/* The reply takes several reads. */
static void large_reply_that_came_in_time_counts(void **state)
{
    static char hex[2 * 100000 + 1];
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 30);
    const struct pyro_header header = {.type = PYRO_RESULT, .seq = take_request(&world)};
    memset(hex, '0', sizeof(hex) - 1);
    memcpy(hex, "c60001869b", 10); /* 99995 bytes */
    send_unheard(&world.peer, header, hex);
    fake_clock_advance(100);
    run_loop(*state);
    assert_int_equal(world.first.told, 1);
    assert_int_equal(world.first.call.error.code, PYRO_OK);
    assert_true(pyro_client_connected(world.client));
    end_world(&world);
}

static void reply_to_a_forgotten_call_is_dropped(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    call_echo(&world, &world.second, 0);
    uint16_t one = take_request(&world), two = take_request(&world);
    pyro_call_forget(&world.first.call);
    reply(&world, one, "01");
    assert_int_equal(world.first.told, 0);
    reply(&world, two, "02");
    assert_replied(&world.second, "2 ");
    assert_true(pyro_client_connected(world.client));
    end_world(&world);
}

static void abandoned_call_takes_the_connection_down(void **state)
{
    struct world world;
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    call_echo(&world, &world.second, 0);
    pyro_call_end(&world.first.call);
    run_loop(*state);
    assert_int_equal(world.first.told, 0);
    assert_failed(&world.second, PYRO_ECLOSED, "a call on it was abandoned");
    end_world(&world);
}

static void lost_connection_is_told_once(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    connect_world(&world, *state);
    peer_close(&world.peer);
    run_loop(*state);
    assert_true(pyro_client_lost(world.client, &err));
    assert_int_equal(err.code, PYRO_ECLOSED);
    assert_false(pyro_client_lost(world.client, &err));
    end_world(&world);
}

static void connection_that_ends_during_a_call_is_not_lost(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    connect_world(&world, *state);
    call_echo(&world, &world.first, 0);
    peer_close(&world.peer);
    run_loop(*state);
    assert_int_equal(world.first.told, 1);
    assert_int_not_equal(world.first.call.error.code, PYRO_OK);
    assert_false(pyro_client_lost(world.client, &err));
    end_world(&world);
}

static void sequence_numbers_leave_zero_out(void **state)
{
    struct world world;
    connect_world(&world, *state);
    world.client->seq = 65534;
    call_echo(&world, &world.first, 0);
    call_echo(&world, &world.second, 0);
    uint16_t last = take_request(&world), next = take_request(&world);
    assert_int_equal(last, 65535);
    assert_int_equal(next, 1);
    reply(&world, last, "01");
    reply(&world, next, "02");
    assert_replied(&world.second, "2 ");
    end_world(&world);
}

static void oneway_call_waits_for_nothing(void **state)
{
    struct world world;
    struct pyro_message request;
    connect_world(&world, *state);
    call_echo(&world, NULL, 0);
    peer_expect_message(&world.peer, &request);
    assert_int_equal(request.header.flags & PYRO_FLAG_ONEWAY, PYRO_FLAG_ONEWAY);
    pyro_message_release(&request);
    call_echo(&world, &world.first, 0);
    reply(&world, take_request(&world), "01");
    assert_replied(&world.first, "1 ");
    end_world(&world);
}

static void slow_server_holds_calls_back(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.MAX_PENDING = 1000;
    connect_world(&world, runtime);
    fault_fail_all(FAULT_WRITE, EAGAIN);
    while (!pyro_client_congested(world.client))
        call_echo(&world, NULL, 0);
    pyro_client_drain(world.client, &world.first.call);
    pyro_loop_step(runtime->loop, 0);
    assert_int_equal(world.first.told, 0);
    faults_clear();
    while (pyro_client_congested(world.client))
        take_request(&world);
    run_loop(runtime);
    assert_int_equal(world.first.told, 1);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(handshake_tells_the_members),
        WITH_RUNTIME(whoever_waits_is_told_of_the_connection),
        WITH_RUNTIME(silent_server_is_given_up),
        WITH_RUNTIME(server_that_was_in_time_is_connected),
        WITH_RUNTIME(server_that_closes_does_not_answer_the_handshake),
        WITH_RUNTIME(rejection_says_why),
        WITH_RUNTIME(malformed_metadata_is_refused),
        WITH_RUNTIME(only_the_first_confirms_a_connection),
        WITH_RUNTIME(connection_that_is_not_confirmed_ends),
        WITH_RUNTIME(whoever_should_confirm_may_be_freed),
        WITH_RUNTIME(refused_connection_is_told),
        WITH_RUNTIME(replies_find_their_calls),
        WITH_RUNTIME(replies_may_come_byte_by_byte),
        WITH_RUNTIME(reply_out_of_order_ends_all_calls),
        WITH_RUNTIME(reply_that_nobody_waits_for_ends_the_connection),
        WITH_RUNTIME(message_of_another_type_is_no_reply),
        WITH_RUNTIME(bytes_that_are_no_message_end_the_calls),
        WITH_RUNTIME(late_reply_takes_the_connection_down),
        WITH_RUNTIME(reply_that_came_in_time_counts),
        WITH_RUNTIME(large_reply_that_came_in_time_counts),
        WITH_RUNTIME(reply_to_a_forgotten_call_is_dropped),
        WITH_RUNTIME(abandoned_call_takes_the_connection_down),
        WITH_RUNTIME(lost_connection_is_told_once),
        WITH_RUNTIME(connection_that_ends_during_a_call_is_not_lost),
        WITH_RUNTIME(sequence_numbers_leave_zero_out),
        WITH_RUNTIME(oneway_call_waits_for_nothing),
        WITH_RUNTIME(slow_server_holds_calls_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
