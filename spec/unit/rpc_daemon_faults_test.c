/* Tests of core/rpc's daemon where system calls and allocations fail. */
#include "rpc_desk.h"

static void converse(struct pyro_runtime *runtime)
{
    struct world world;
    begin_world(&world, runtime);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, HELLO);
    run_loop(runtime);
    if (pyro_daemon_connections(world.daemon) > 0) {
        call(&world, 0, 1, ECHO);
        while (world.desk.answered < world.desk.invoked)
            answer_next(&world.desk);
        run_loop(runtime);
    }
    end_world(&world);
}

static void each_failing_system_call_ends_one_connection(void **state)
{
    static const enum fault_call calls[] = {FAULT_ACCEPT, FAULT_READ, FAULT_WRITE};
    fail_each_call(*state, calls, PYRO_COUNT(calls), converse);
}

/* Lets allocations fail in one stage of a conversation: the handshake, the request, the answer. */
static bool converse_short_of_memory(struct pyro_runtime *runtime, int stage, unsigned long nth)
{
    struct world world;
    bool reached = false;
    begin_world(&world, runtime);
    run_loop(runtime);
    send_unheard(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, HELLO);
    if (stage == 0)
        reached = run_short_of_memory(runtime, nth);
    run_loop(runtime);
    if (stage > 0) {
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, ECHO);
        if (stage == 1)
            reached = run_short_of_memory(runtime, nth);
        run_loop(runtime);
    }
    if (stage == 2) {
        pyro_memory_fail_at(nth);
        answer_next(&world.desk);
        run_loop(runtime);
        reached = pyro_memory_fail_at(0) == 0;
    }
    end_world(&world);
    return reached;
}

static void each_failing_allocation_ends_one_connection_at_most(void **state)
{
    for (int stage = 0; stage < 3; stage++)
        for (unsigned long nth = 1; converse_short_of_memory(*state, stage, nth); nth++)
            assert_true(nth < 1000);
}

/* Makes daemons, where each allocation fails in turn. */
static void daemon_that_cannot_be_made_leaves_nothing(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    for (unsigned long nth = 1;; nth++) {
        struct desk desk = {.object.ops = &desk_ops};
        pyro_memory_fail_at(nth);
        struct pyro_daemon *daemon = pyro_daemon_new(*state, &options, &err);
        enum pyro_code code =
            daemon ? pyro_daemon_register(daemon, NULL, &desk.object, NULL, &err) : err.code;
        bool reached = pyro_memory_fail_at(0) == 0;
        assert_int_equal(code, reached ? PYRO_EMEMORY : PYRO_OK);
        pyro_daemon_free(daemon);
        run_loop(*state);
        assert_int_equal(desk.released, code == PYRO_OK);
        if (!reached)
            return;
        assert_true(nth < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(each_failing_system_call_ends_one_connection),
        WITH_RUNTIME(each_failing_allocation_ends_one_connection_at_most),
        WITH_RUNTIME(daemon_that_cannot_be_made_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
