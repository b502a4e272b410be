/* Tests of core/rpc's client: system calls and allocations that fail at each place, and calls that
 * cannot be sent. */
#include "rpc_caller.h"

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

/* --- calls that cannot be sent --- */

static const struct pyro_call_head echo = {.method = {"echo", 4}};

static enum pyro_code send_number(struct world *world, enum pyro_serializer serializer,
                                  struct pyro_slice data, struct pyro_error *err)
{
    return pyro_client_send_encoded(world->client, &echo, serializer, data, &world->first.call, 0,
                                    err);
}

static void call_needs_a_connection(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    begin_world(&world, *state);
    assert_null(pyro_client_begin(world.client, &echo, &err));
    assert_int_equal(err.code, PYRO_ECLOSED);
    assert_string_equal(err.message, "not connected");
    pyro_error_clear(&err);
    assert_int_equal(send_number(&world, PYRO_SERIALIZER_MSGPACK, pyro_slice_text("\x01"), &err),
                     PYRO_ECLOSED);
    assert_string_equal(err.message, "not connected");
    end_world(&world);
}

/* Calls fail, each allocation in turn; then the connection is as before. */
static void call_needs_memory(void **state)
{
    const size_t size = 300000;
    struct world world;
    char *large = calloc(1, size);
    memset(large, 'x', size);
    connect_world(&world, *state);
    const struct pyro_call_head long_name = {.method = pyro_slice(large, size)};
    for (int encoded = 0; encoded < 2; encoded++) {
        bool reached = true;
        for (unsigned long nth = 1; reached; nth++) {
            struct pyro_error err = {.code = PYRO_OK};
            struct pyro_sink *to = NULL;
            pyro_memory_fail_at(nth);
            if (encoded)
                send_number(&world, PYRO_SERIALIZER_MSGPACK, pyro_slice(large, size), &err);
            else if ((to = pyro_client_begin(world.client, &long_name, &err)) != NULL)
                pyro_client_abort(world.client);
            reached = pyro_memory_fail_at(0) == 0;
            assert_int_equal(err.code, reached ? PYRO_EMEMORY : PYRO_OK);
        }
    }
    take_request(&world);
    call_echo(&world, &world.second, 0);
    take_request(&world);
    free(large);
    end_world(&world);
}

static void call_that_is_too_large_is_not_sent(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    struct pyro_error err = {.code = PYRO_OK};
    char data[1000] = "";
    connect_world(&world, runtime);
    runtime->config.MAX_MESSAGE_SIZE = 500;
    assert_int_equal(
        send_number(&world, PYRO_SERIALIZER_MSGPACK, pyro_slice(data, sizeof(data)), &err),
        PYRO_ETOOLARGE);
    peer_expect_nothing(&world.peer);
    call_echo(&world, &world.first, 0);
    reply(&world, take_request(&world), "01");
    assert_replied(&world.first, "1 ");
    end_world(&world);
}

static void blob_of_another_serializer_is_not_sent(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    connect_world(&world, *state);
    assert_int_equal(send_number(&world, PYRO_SERIALIZER_DILL, pyro_slice_text("N."), &err),
                     PYRO_EVALUE);
    assert_string_equal(err.message, "protocol 502 (Pyro5) has no dill; choose another serializer");
    peer_expect_nothing(&world.peer);
    assert_true(pyro_client_connected(world.client));
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(each_failing_system_call_ends_with_an_error),
        WITH_RUNTIME(short_writes_and_reads_change_nothing),
        WITH_RUNTIME(each_failing_allocation_ends_with_an_error),
        WITH_RUNTIME(failing_allocations_of_a_caller_are_errors),
        WITH_RUNTIME(call_needs_a_connection),
        WITH_RUNTIME(call_needs_memory),
        WITH_RUNTIME(call_that_is_too_large_is_not_sent),
        WITH_RUNTIME(blob_of_another_serializer_is_not_sent),
    };
    return cmocka_run_group_tests_name("rpc client faults", tests, NULL, NULL);
}
