/* Tests of core/rpc's daemon: turns of its connections, and clients that end while messages of
 * theirs wait for one: these are taken first. */
#include "rpc_desk.h"

#include "rpc/dispatch.h"
#include "rpc/items.h"
#include "rpc/survey.h"

enum { TURN = 32, FLOOD = 100, ONEWAYS = 256 };

static const struct pyro_header sync_call = {.type = PYRO_INVOKE};
static const struct pyro_header oneway_call = {.type = PYRO_INVOKE, .flags = PYRO_FLAG_ONEWAY};
static const struct pyro_header ping = {.type = PYRO_PING};

static int departures; /* that the daemon heard of */

static void note_departure(void *owner, struct pyro_connection *connection, bool accepted)
{
    (void)owner;
    (void)connection;
    assert_true(accepted);
    departures++;
}

static void open_world(struct world *world, struct pyro_runtime *runtime)
{
    static const struct pyro_daemon_hooks counting = {.disconnected = note_departure};
    departures = 0;
    connect_world(world, runtime);
    pyro_daemon_hook(world->daemon, &counting, world);
}

static void send_many(struct scripted_peer *peer, const struct pyro_header *header, size_t count)
{
    for (size_t i = 0; i < count; i++)
        send_unheard(peer, *header, ECHO);
}

/* Lets as many oneway calls run as may. */
static void run_most_oneway_calls(struct world *world)
{
    send_many(&world->peer, &oneway_call, ONEWAYS);
    run_loop(world->runtime);
    run_loop(world->runtime);
    assert_int_equal(world->desk.invoked, ONEWAYS);
}

static void answer_all(struct world *world)
{
    run_loop(world->runtime);
    while (world->desk.answered < world->desk.invoked) {
        answer_next(&world->desk);
        run_loop(world->runtime);
    }
}

/* Returns how many bytes of the only client wait. */
static size_t unread_bytes(const struct world *world)
{
    struct pyro_connection_survey survey;
    pyro_survey_connection(pyro_survey_next_connection(world->daemon, NULL), &survey);
    return survey.unread;
}

/* --- turns --- */

/* Those of one client that have come by then are not all taken before the call of another. */
static void floods_of_oneway_calls_let_others_have_their_turn(void **state)
{
    struct world world;
    struct scripted_peer other;
    size_t before = 0;
    open_world(&world, *state);
    peer_connect(&other, world.runtime->loop, socket_path());
    say_hello(&other, *state);
    send_many(&world.peer, &oneway_call, FLOOD);
    send_many(&other, &sync_call, 1);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, FLOOD + 1);
    while (world.desk.requests[before]->flags & PYRO_FLAG_ONEWAY)
        before++;
    assert_int_equal(before, TURN);
    peer_close(&other);
    end_world(&world);
}

static void floods_of_other_messages_do_so_too(void **state)
{
    struct world world;
    open_world(&world, *state);
    send_many(&world.peer, &ping, FLOOD);
    pyro_loop_step(world.runtime->loop, 0);
    size_t left = unread_bytes(&world);
    pyro_loop_step(world.runtime->loop, 0);
    assert_true(left > 0 && unread_bytes(&world) > 0 && unread_bytes(&world) < left);
    run_loop(*state);
    assert_int_equal(unread_bytes(&world), 0);
    end_world(&world);
}

/* Others take so long that the client would have been silent for too long. */
static void client_that_waits_for_its_turn_is_not_idle(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.COMMTIMEOUT = 5;
    open_world(&world, runtime);
    send_many(&world.peer, &oneway_call, FLOOD);
    pyro_loop_step(runtime->loop, 0);
    assert_int_equal(world.desk.invoked, TURN);
    fake_clock_advance(100);
    run_loop(runtime);
    assert_int_equal(world.desk.invoked, FLOOD);
    end_world(&world);
}

static void client_with_the_most_oneway_calls_is_not_idle(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.COMMTIMEOUT = 5;
    open_world(&world, runtime);
    run_most_oneway_calls(&world);
    send_many(&world.peer, &oneway_call, 1);
    run_loop(runtime);
    fake_clock_advance(100);
    answer_all(&world);
    assert_int_equal(world.desk.invoked, ONEWAYS + 1);
    fake_clock_advance(100);
    run_loop(runtime);
    assert_int_equal(departures, 1); /* now it was */
    end_world(&world);
}

/* The rest stays with the kernel. */
static void client_that_waits_for_an_answer_is_not_read(void **state)
{
    struct world world;
    static const char calls[1024];
    size_t sent = 0;
    ssize_t size = 0;
    open_world(&world, *state);
    send_many(&world.peer, &sync_call, 1);
    run_loop(*state);
    faults_suspend();
    for (int round = 0; round < 2; round++) {
        while ((size = write(world.peer.descriptor, calls, sizeof(calls))) > 0)
            sent += (size_t)size;
        run_loop(*state);
    }
    faults_resume();
    assert_true(sent > 4 * PYRO_CHUNK_SIZE);
    assert_in_range(unread_bytes(&world), 1, 2 * PYRO_CHUNK_SIZE);
    end_world(&world);
}

/* --- ends --- */

/* The client has ended: all of its calls are taken, in turns, and then it is gone. */
static void expect_turns_and_end(struct world *world)
{
    pyro_loop_step(world->runtime->loop, 0);
    assert_int_equal(world->desk.invoked, TURN);
    assert_int_equal(departures, 0);
    run_loop(world->runtime);
    assert_int_equal(world->desk.invoked, FLOOD);
    assert_int_equal(departures, 1);
    assert_int_equal(pyro_daemon_connections(world->daemon), 0);
    end_world(world);
    assert_int_equal(departures, 1);
}

static void calls_of_a_client_that_ends_have_their_turns(void **state)
{
    struct world world;
    open_world(&world, *state);
    send_many(&world.peer, &oneway_call, FLOOD);
    peer_close(&world.peer);
    expect_turns_and_end(&world);
}

static struct pyro_connection *waiting;
static struct pyro_completion wait;

static void make_wait(struct pyro_completion *done)
{
    (void)done;
    pyro_connection_yield(waiting);
}

/* It has to wait for its turn when its calls and its end have been read, but not taken. */
static void calls_that_come_with_the_end_may_have_to_wait(void **state)
{
    struct world world;
    open_world(&world, *state);
    waiting = (struct pyro_connection *)pyro_survey_next_connection(world.daemon, NULL);
    pyro_completion_init(&wait, make_wait);
    pyro_loop_post(world.runtime->loop, &wait);
    send_many(&world.peer, &oneway_call, 1);
    peer_close(&world.peer);
    pyro_loop_step(world.runtime->loop, 0);
    assert_int_equal(world.desk.invoked, 0);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, 1);
    assert_int_equal(departures, 1);
    end_world(&world);
}

/* The reset is read together with the calls, as these and what follows fill the room. */
static void calls_before_a_reset_have_their_turns(void **state)
{
    static char zeros[4 * PYRO_CHUNK_SIZE + 1];
    struct world world;
    memset(zeros, '0', sizeof(zeros) - 1);
    open_world(&world, *state);
    send_many(&world.peer, &oneway_call, FLOOD);
    send_unheard(&world.peer, ping, zeros);
    fault_fail(FAULT_READ, 2, ECONNRESET);
    expect_turns_and_end(&world);
    assert_false(faults_pending());
}

static void calls_before_nonsense_have_their_turns(void **state)
{
    struct world world;
    open_world(&world, *state);
    send_many(&world.peer, &oneway_call, FLOOD);
    send_many(&world.peer, &(struct pyro_header){.type = PYRO_RESULT}, 1);
    send_many(&world.peer, &oneway_call, 1);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, FLOOD);
    assert_int_equal(departures, 1);
    end_world(&world);
}

/* Is called, whereupon its client ends, and steps the loop, which could hear of that. */
static void stepping_invoke(struct pyro_object *self, struct pyro_request *request)
{
    struct world *world = PYRO_CONTAINER(self, struct world, desk.object);
    desk_invoke(self, request);
    if (world->desk.invoked == 1) {
        peer_close(&world->peer);
        run_loop(world->runtime);
        assert_int_equal(departures, 0);
    }
}

static void calls_of_a_client_that_ends_amid_one_are_taken(void **state)
{
    static const struct pyro_object_ops ops = {
        .describe = desk_describe, .invoke = stepping_invoke, .release = desk_release};
    struct world world;
    open_world(&world, *state);
    world.desk.object.ops = &ops;
    send_many(&world.peer, &oneway_call, FLOOD);
    expect_turns_and_end(&world);
}

/* As with Pyro: only then does it read on. */
static void calls_behind_one_that_runs_outlast_their_client(void **state)
{
    struct world world;
    open_world(&world, *state);
    send_many(&world.peer, &sync_call, 1);
    run_loop(*state);
    send_many(&world.peer, &oneway_call, 3);
    send_many(&world.peer, &sync_call, 1);
    peer_close(&world.peer);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, 1);
    assert_int_equal(departures, 0);
    answer_next(&world.desk);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, 5);
    assert_int_equal(departures, 1); /* the last runs, and nothing else is to come */
    answer_all(&world);
    end_world(&world);
}

static void calls_behind_many_oneway_calls_outlast_their_client(void **state)
{
    struct world world;
    open_world(&world, *state);
    run_most_oneway_calls(&world);
    send_many(&world.peer, &oneway_call, FLOOD);
    peer_close(&world.peer);
    run_loop(*state);
    assert_int_equal(world.desk.invoked, ONEWAYS);
    assert_int_equal(departures, 0);
    answer_all(&world);
    assert_int_equal(world.desk.invoked, ONEWAYS + FLOOD);
    assert_int_equal(departures, 1);
    end_world(&world);
}

static struct pyro_request *considered[3];
static size_t considered_count;

static enum pyro_code allow(void *owner, struct pyro_connection *connection,
                            const struct pyro_wanted *wanted, struct pyro_error *err)
{
    (void)owner;
    (void)connection;
    (void)wanted;
    (void)err;
    return PYRO_OK;
}

static void consider(void *owner, struct pyro_request *request, const struct pyro_wanted *wanted)
{
    (void)owner;
    (void)wanted;
    considered[considered_count++] = request;
}

/* Opens a world whose owner considers three calls, the last of which is no oneway call, and whose
 * client has ended. */
static void open_considering_world(struct world *world, struct pyro_runtime *runtime)
{
    static const struct pyro_daemon_hooks considering = {
        .disconnected = note_departure, .authorize = allow, .consider = consider};
    open_world(world, runtime);
    pyro_daemon_hook(world->daemon, &considering, world);
    considered_count = 0;
    send_many(&world->peer, &oneway_call, 2);
    send_many(&world->peer, &sync_call, 1);
    peer_close(&world->peer);
    run_loop(runtime);
    assert_int_equal(considered_count, 3);
}

static void calls_that_are_considered_outlast_their_client(void **state)
{
    const struct pyro_error refusal = {.code = PYRO_EPERMISSION};
    for (size_t allowed = 2; allowed <= 3; allowed++) {
        struct world world;
        open_considering_world(&world, *state);
        assert_int_equal(departures, 0);
        for (size_t i = 0; i < allowed; i++) {
            assert_int_equal(departures, 0);
            pyro_dispatch_allowed(considered[i]);
            assert_int_equal(world.desk.invoked, i + 1);
        }
        if (allowed < 3)
            pyro_request_fail(considered[2], &refusal);
        assert_int_equal(departures, 1);
        answer_all(&world);
        end_world(&world);
    }
}

static void calls_that_are_considered_outlast_their_daemon(void **state)
{
    struct world world;
    open_considering_world(&world, *state);
    pyro_daemon_close(world.daemon);
    assert_int_equal(departures, 1);
    for (size_t i = 0; i < 3; i++)
        pyro_dispatch_allowed(considered[i]);
    assert_int_equal(world.desk.invoked, 0);
    end_world(&world);
}

/* It sends no more, but reads, if slowly. Its end is heard when its last call has been taken. */
static void half_closed_client_gets_answers_until_its_last_call(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.MAX_PENDING = 1000;
    open_world(&world, runtime);
    fault_fail_all(FAULT_WRITE, EAGAIN);
    faults_suspend();
    send_many(&world.peer, &sync_call, FLOOD);
    faults_resume();
    peer_shut(&world.peer);
    answer_all(&world);
    assert_in_range(world.desk.invoked, 10, FLOOD - 1);
    assert_int_equal(departures, 0);
    faults_clear();
    for (int i = 1; i < FLOOD; i++) {
        answer_all(&world);
        expect_reply(&world, 0, 0, "");
    }
    assert_int_equal(world.desk.invoked, FLOOD);
    assert_int_equal(departures, 1);
    peer_expect_end(&world.peer);
    end_world(&world);
}

/* Answers that cannot leave do not hold up the calls, whether or not the end was read before. */
static void calls_are_taken_while_their_answers_are_lost(void **state)
{
    struct pyro_runtime *runtime = *state;
    runtime->config.MAX_PENDING = 1000;
    for (int i = 0; i < 2; i++) {
        struct world world;
        open_world(&world, runtime);
        fault_fail_all(FAULT_WRITE, EAGAIN);
        faults_suspend();
        send_many(&world.peer, &sync_call, FLOOD);
        faults_resume();
        if (i == 1)
            peer_close(&world.peer);
        answer_all(&world);
        assert_in_range(world.desk.invoked, 10, FLOOD - 1);
        fault_fail_all(FAULT_WRITE, ECONNRESET);
        answer_all(&world);
        assert_int_equal(world.desk.invoked, FLOOD);
        assert_int_equal(departures, 1);
        faults_clear();
        end_world(&world);
    }
}

/* --- others that end --- */

static void daemon_may_close_amid_turns(void **state)
{
    static void (*const ends[])(struct pyro_daemon *) = {pyro_daemon_close, pyro_daemon_drain};
    for (size_t i = 0; i < 2 * PYRO_COUNT(ends); i++) {
        struct world world;
        open_world(&world, *state);
        send_many(&world.peer, &oneway_call, FLOOD);
        if (i % 2)
            peer_close(&world.peer);
        pyro_loop_step(world.runtime->loop, 0);
        ends[i / 2](world.daemon);
        run_loop(*state);
        assert_int_equal(world.desk.invoked, TURN);
        answer_all(&world);
        assert_int_equal(world.desk.invoked, TURN);
        assert_int_equal(departures, 1);
        end_world(&world);
    }
}

struct stream {
    struct pyro_items items;
    int released;
};

static void stream_next(struct pyro_items *self, struct pyro_request *request)
{
    (void)self;
    pyro_request_finish(request);
}

static void stream_release(struct pyro_items *self)
{
    PYRO_CONTAINER(self, struct stream, items)->released++;
}

static void item_stream_is_there_until_all_is_taken(void **state)
{
    static const struct pyro_items_ops ops = {stream_next, stream_release};
    struct world world;
    struct stream stream = {.items.ops = &ops};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_runtime *runtime = *state;
    runtime->config.ITER_STREAM_LINGER = 0;
    open_world(&world, runtime);
    call(&world, 0, 1, ECHO);
    assert_int_equal(pyro_request_stream(next_request(&world.desk), &stream.items, &err), PYRO_OK);
    run_loop(runtime);
    send_many(&world.peer, &oneway_call, FLOOD);
    peer_close(&world.peer);
    pyro_loop_step(runtime->loop, 0);
    assert_int_equal(world.desk.invoked, 1 + TURN);
    assert_int_equal(stream.released, 0);
    run_loop(runtime);
    assert_int_equal(world.desk.invoked, 1 + FLOOD);
    assert_int_equal(stream.released, 1);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(floods_of_oneway_calls_let_others_have_their_turn),
        WITH_RUNTIME(floods_of_other_messages_do_so_too),
        WITH_RUNTIME(client_that_waits_for_its_turn_is_not_idle),
        WITH_RUNTIME(client_with_the_most_oneway_calls_is_not_idle),
        WITH_RUNTIME(client_that_waits_for_an_answer_is_not_read),
        WITH_RUNTIME(calls_of_a_client_that_ends_have_their_turns),
        WITH_RUNTIME(calls_that_come_with_the_end_may_have_to_wait),
        WITH_RUNTIME(calls_before_a_reset_have_their_turns),
        WITH_RUNTIME(calls_before_nonsense_have_their_turns),
        WITH_RUNTIME(calls_of_a_client_that_ends_amid_one_are_taken),
        WITH_RUNTIME(calls_behind_one_that_runs_outlast_their_client),
        WITH_RUNTIME(calls_behind_many_oneway_calls_outlast_their_client),
        WITH_RUNTIME(calls_that_are_considered_outlast_their_client),
        WITH_RUNTIME(calls_that_are_considered_outlast_their_daemon),
        WITH_RUNTIME(half_closed_client_gets_answers_until_its_last_call),
        WITH_RUNTIME(calls_are_taken_while_their_answers_are_lost),
        WITH_RUNTIME(daemon_may_close_amid_turns),
        WITH_RUNTIME(item_stream_is_there_until_all_is_taken),
    };
    return cmocka_run_group_tests_name("rpc turns", tests, NULL, NULL);
}
