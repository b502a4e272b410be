/* Tests of core/rpc's client, whose server is a script of bytes: connecting, calls in flight, and
 * what ends them. No test sleeps: the clock is fake. */
#include "rpc/call.h"
#include "rpc_fixture.h"

#include "rpc/client_state.h"
#include "rpc/members.h"

struct waiter {
    struct pyro_call call;
    int told; /* how often it was told that its wait is over */
};

static void waiter_done(struct pyro_call *call)
{
    PYRO_CONTAINER(call, struct waiter, call)->told++;
}

struct world {
    struct pyro_runtime *runtime;
    struct pyro_client *client;
    struct scripted_peer peer;
    struct waiter first, second, third;
};

static void begin_world(struct world *world, struct pyro_runtime *runtime)
{
    char text[100];
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    *world = (struct world){.runtime = runtime};
    world->first.call.done = world->second.call.done = world->third.call.done = waiter_done;
    peer_listen(&world->peer, runtime->loop, socket_path());
    snprintf(text, sizeof(text), "PYRO:obj@./u:%s", socket_path());
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err), PYRO_OK);
    world->client = pyro_client_new(runtime, &uri, &err);
    assert_non_null(world->client);
    pyro_uri_free(&uri);
}

static void end_world(struct world *world)
{
    pyro_call_free(&world->first.call);
    pyro_call_free(&world->second.call);
    pyro_call_free(&world->third.call);
    pyro_client_free(world->client);
    peer_close(&world->peer);
    run_loop(world->runtime);
}

/* --- connecting --- */

static enum pyro_code start(struct world *world, struct waiter *waiter, double timeout,
                            bool confirm)
{
    struct pyro_error err = {.code = PYRO_OK};
    bool ready = false;
    const struct pyro_connect_options options = {
        .version = 502, .serializer = PYRO_SERIALIZER_MSGPACK, .confirm = confirm};
    enum pyro_code code =
        pyro_client_connect(world->client, &options, &waiter->call, timeout, &ready, &err);
    assert_false(ready);
    return code;
}

static void await_handshake(struct world *world)
{
    struct pyro_message handshake;
    peer_accept(&world->peer);
    peer_expect_message(&world->peer, &handshake);
    assert_int_equal(handshake.header.type, PYRO_CONNECT);
    assert_ptr_equal(handshake.protocol, &pyro_protocol_502);
    pyro_message_release(&handshake);
}

static void answer_handshake(struct world *world)
{
    send_hex(&world->peer,
             (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA}, WELCOME);
    run_loop(world->runtime);
}

static void connect_world(struct world *world, struct pyro_runtime *runtime)
{
    begin_world(world, runtime);
    assert_int_equal(start(world, &world->first, 0, false), PYRO_OK);
    await_handshake(world);
    answer_handshake(world);
    assert_int_equal(world->first.told, 1);
    assert_int_equal(world->first.call.error.code, PYRO_OK);
    assert_true(pyro_client_connected(world->client));
    pyro_call_end(&world->first.call);
    world->first.told = 0;
}

static void assert_failed(const struct waiter *waiter, enum pyro_code code, const char *part)
{
    assert_int_equal(waiter->told, 1);
    assert_int_equal(waiter->call.error.code, code);
    if (!strstr(waiter->call.error.message, part))
        fail_msg("'%s' lacks '%s'", waiter->call.error.message, part);
}

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

static void call_echo(struct world *world, struct waiter *waiter, double timeout)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_call_head head = {.method = pyro_slice_text("echo")};
    struct pyro_sink *to = pyro_client_begin(world->client, &head, &err);
    assert_non_null(to);
    assert_int_equal(pyro_begin(to, PYRO_TUPLE, 0), PYRO_OK);
    assert_int_equal(pyro_end(to, PYRO_TUPLE), PYRO_OK);
    assert_int_equal(pyro_begin(to, PYRO_DICT, 0), PYRO_OK);
    assert_int_equal(pyro_end(to, PYRO_DICT), PYRO_OK);
    assert_int_equal(pyro_client_send(world->client, waiter ? &waiter->call : NULL, timeout, &err),
                     PYRO_OK);
}

static uint16_t take_request(struct world *world)
{
    struct pyro_message request;
    peer_expect_message(&world->peer, &request);
    uint16_t seq = request.header.seq;
    assert_int_equal(request.header.type, PYRO_INVOKE);
    pyro_message_release(&request);
    return seq;
}

static void reply(struct world *world, uint16_t seq, const char *hex)
{
    send_hex(&world->peer, (struct pyro_header){.type = PYRO_RESULT, .seq = seq}, hex);
    run_loop(world->runtime);
}

static void assert_replied(struct waiter *waiter, const char *value)
{
    struct recorder r;
    struct pyro_error err = {.code = PYRO_OK};
    recorder_init(&r);
    assert_int_equal(waiter->told, 1);
    assert_int_equal(waiter->call.error.code, PYRO_OK);
    assert_int_equal(pyro_call_read(&waiter->call, &r.sink, &err), PYRO_OK);
    assert_string_equal(recorded(&r), value);
    recorder_free(&r);
}

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
    uint16_t seq = take_request(&world);
    faults_suspend();
    struct pyro_slice one = unhex("01");
    const struct pyro_header header = {
        .type = PYRO_RESULT, .seq = seq, .serializer = PYRO_SERIALIZER_MSGPACK};
    fake_clock_advance(29);
    peer_send_message(&world.peer, &pyro_protocol_502, &header, one.data, one.length);
    fake_clock_advance(100); /* the program is busy meanwhile */
    run_loop(*state);
    assert_replied(&world.first, "1 ");
    test_free((char *)one.data);
    faults_resume();
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

/* --- faults at each place --- */

static void converse(struct pyro_runtime *runtime)
{
    struct world world;
    begin_world(&world, runtime);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    run_loop(runtime);
    if (world.first.told == 0) {
        await_handshake(&world);
        answer_handshake(&world);
    }
    if (pyro_client_connected(world.client)) {
        pyro_call_end(&world.first.call);
        call_echo(&world, &world.second, 0);
        run_loop(runtime);
    }
    if (pyro_client_connected(world.client))
        reply(&world, take_request(&world), "01");
    else
        assert_true(world.first.told + world.second.told > 0);
    end_world(&world);
}

static void each_failing_system_call_ends_with_an_error(void **state)
{
    static const enum fault_call calls[] = {FAULT_CONNECT, FAULT_READ, FAULT_WRITE};
    fail_each_call(*state, calls, PYRO_COUNT(calls), converse);
}

static void short_writes_and_reads_change_nothing(void **state)
{
    static const enum fault_call calls[] = {FAULT_READ, FAULT_WRITE};
    for (size_t i = 0; i < PYRO_COUNT(calls); i++) {
        for (unsigned nth = 1;; nth++) {
            fault_shorten(calls[i], nth, 1);
            struct world world;
            connect_world(&world, *state);
            call_echo(&world, &world.first, 0);
            reply(&world, take_request(&world), "01");
            assert_replied(&world.first, "1 ");
            end_world(&world);
            bool reached = !faults_pending();
            faults_clear();
            if (!reached)
                break;
        }
    }
}

/* Lets allocations fail in one stage of a conversation: connecting, the handshake, the reply. */
static bool converse_short_of_memory(struct pyro_runtime *runtime, int stage, unsigned long nth)
{
    struct world world;
    bool reached = false;
    begin_world(&world, runtime);
    if (start(&world, &world.first, 0, false) != PYRO_OK)
        fail();
    if (stage == 0)
        reached = run_short_of_memory(runtime, nth);
    run_loop(runtime);
    if (world.first.told == 0) {
        await_handshake(&world);
        send_unheard(&world.peer,
                     (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA},
                     WELCOME);
        if (stage == 1)
            reached = run_short_of_memory(runtime, nth);
        run_loop(runtime);
    }
    assert_int_equal(world.first.told, 1);
    if (world.first.call.error.code == PYRO_OK) {
        pyro_call_end(&world.first.call);
        call_echo(&world, &world.second, 0);
        uint16_t seq = take_request(&world);
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_RESULT, .seq = seq}, "01");
        if (stage == 2)
            reached = run_short_of_memory(runtime, nth);
        run_loop(runtime);
        assert_int_equal(world.second.told, 1);
    }
    end_world(&world);
    return reached;
}

static void each_failing_allocation_ends_with_an_error(void **state)
{
    for (int stage = 0; stage < 3; stage++)
        for (unsigned long nth = 1; converse_short_of_memory(*state, stage, nth); nth++)
            assert_true(nth < 1000);
}

/* Makes a client and writes a call, where each allocation fails in turn. */
static void failing_allocations_of_a_caller_are_errors(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    struct pyro_error err = {.code = PYRO_OK};
    connect_world(&world, runtime);
    const struct pyro_call_head head = {.method = pyro_slice_text("echo")};
    char *large = calloc(1, 300000);
    for (unsigned long nth = 1;; nth++) {
        pyro_memory_fail_at(nth);
        struct pyro_client *other = pyro_client_new(runtime, pyro_client_uri(world.client), &err);
        struct pyro_sink *to = pyro_client_begin(world.client, &head, &err);
        enum pyro_code code = to ? to->ops->bytes(to, pyro_slice(large, 300000)) : err.code;
        if (to)
            pyro_client_abort(world.client);
        bool reached = pyro_memory_fail_at(0) == 0;
        assert_true(!reached || !other || !to || code == PYRO_EMEMORY);
        pyro_client_free(other);
        if (!reached)
            break;
    }
    free(large);
    call_echo(&world, &world.first, 0);
    reply(&world, take_request(&world), "01");
    assert_replied(&world.first, "1 ");
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(handshake_tells_the_members),
        WITH_RUNTIME(whoever_waits_is_told_of_the_connection),
        WITH_RUNTIME(silent_server_is_given_up),
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
        WITH_RUNTIME(reply_to_a_forgotten_call_is_dropped),
        WITH_RUNTIME(abandoned_call_takes_the_connection_down),
        WITH_RUNTIME(lost_connection_is_told_once),
        WITH_RUNTIME(connection_that_ends_during_a_call_is_not_lost),
        WITH_RUNTIME(sequence_numbers_leave_zero_out),
        WITH_RUNTIME(oneway_call_waits_for_nothing),
        WITH_RUNTIME(slow_server_holds_calls_back),
        WITH_RUNTIME(each_failing_system_call_ends_with_an_error),
        WITH_RUNTIME(short_writes_and_reads_change_nothing),
        WITH_RUNTIME(each_failing_allocation_ends_with_an_error),
        WITH_RUNTIME(failing_allocations_of_a_caller_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
