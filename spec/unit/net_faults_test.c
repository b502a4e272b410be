/* Tests of core/net: system calls that fail or do half their work, and time that passes by a fake
 * clock. */
#include "net_fixture.h"

#include <errno.h>
#include <stdlib.h>

#include "net/timer.h"
#include "support/fake_clock.h"
#include "support/faults.h"
#include "support/scripted_peer.h"

/* --- time --- */

struct job {
    struct pyro_completion done;
    int runs;
};

static void count_run(struct pyro_completion *done)
{
    PYRO_CONTAINER(done, struct job, done)->runs++;
}

static void timer_obeys_the_fake_clock(void **state)
{
    struct job job = {.runs = 0};
    double begun = real_seconds();
    pyro_completion_init(&job.done, count_run);
    struct pyro_timer *timer = pyro_timer_new(*state, &job.done);
    pyro_timer_start(timer, 60);
    fake_clock_advance(59);
    pyro_loop_step(*state, 0);
    assert_int_equal(job.runs, 0);
    fake_clock_advance(1.01);
    pyro_loop_step(*state, 0);
    assert_int_equal(job.runs, 1);
    pyro_timer_start(timer, 60);
    pyro_loop_step(*state, -1); /* jumps there */
    assert_int_equal(job.runs, 2);
    assert_true(fake_clock_passed() > 120);
    assert_true(real_seconds() - begun < 20);
    pyro_timer_free(timer);
}

static void step_that_times_out_takes_no_time(void **state)
{
    struct job job = {.runs = 0};
    pyro_completion_init(&job.done, count_run);
    struct pyro_timer *timer = pyro_timer_new(*state, &job.done);
    pyro_timer_start(timer, 60);
    double before = pyro_loop_now(*state);
    assert_true(pyro_loop_step(*state, 10));
    assert_int_equal(job.runs, 0);
    double passed = pyro_loop_now(*state) - before;
    assert_true(passed >= 9.9 && passed < 11);
    pyro_timer_free(timer);
}

/* --- a stream, and its peer --- */

static const char poem[] = "The road goes ever on and on, down from the door where it began.";

struct world {
    struct end end;
    struct scripted_peer peer;
    char space[256];
};

static void open_world(struct world *world, struct pyro_loop *loop)
{
    *world = (struct world){.end = {.loop = loop, .space = world->space, .size = 256}};
    world->end.stream = pyro_stream_adopt(loop, peer_pair(&world->peer, loop), NULL);
    assert_non_null(world->end.stream);
    pyro_stream_start(world->end.stream, &end_ops, &world->end);
}

static void close_world(struct world *world)
{
    end_close(&world->end);
    peer_close(&world->peer);
}

static void short_writes_lose_nothing(void **state)
{
    for (size_t bytes = 1; bytes < sizeof(poem); bytes++) {
        for (unsigned nth = 1; nth <= 2; nth++) {
            struct world world;
            open_world(&world, *state);
            fault_shorten(FAULT_WRITE, nth, bytes);
            end_send(&world.end, poem, sizeof(poem));
            pyro_loop_step(*state, 0);
            end_send(&world.end, poem, sizeof(poem));
            peer_expect(&world.peer, poem, sizeof(poem));
            peer_expect(&world.peer, poem, sizeof(poem));
            assert_false(faults_pending());
            close_world(&world);
        }
    }
}

static void socket_that_is_full_is_written_to_later(void **state)
{
    struct world world;
    open_world(&world, *state);
    fault_fail(FAULT_WRITE, 1, EAGAIN);
    end_send(&world.end, poem, sizeof(poem));
    peer_expect(&world.peer, poem, sizeof(poem));
    assert_false(faults_pending());
    assert_int_equal(world.end.ended, 0);
    close_world(&world);
}

static void write_that_fails_ends_the_stream(void **state)
{
    struct world world;
    open_world(&world, *state);
    pyro_stream_high_water(world.end.stream, 1);
    fault_fail(FAULT_WRITE, 1, EPIPE);
    end_send(&world.end, poem, sizeof(poem));
    wait_until(*state, world.end.ended);
    assert_int_equal(world.end.why.code, PYRO_ECLOSED);
    assert_string_equal(world.end.why.message, "connection lost: broken pipe");
    pyro_loop_step(*state, 0);
    assert_int_equal(world.end.ended, 1);
    assert_int_equal(world.end.drained, 0); /* nothing left */
    close_world(&world);
}

/* libuv writes what the kernel did not take at once. */
static void rest_that_cannot_be_written_ends_the_stream(void **state)
{
    struct world world;
    open_world(&world, *state);
    fault_fail(FAULT_WRITE, 1, EAGAIN);
    end_send(&world.end, poem, sizeof(poem));
    pyro_stream_output(world.end.stream); /* as yet unsent */
    fault_fail_all(FAULT_WRITE, ECONNRESET);
    wait_until(*state, world.end.ended);
    assert_string_equal(world.end.why.message, "connection lost: connection reset by peer");
    close_world(&world);
}

static void short_reads_lose_nothing(void **state)
{
    struct world world;
    open_world(&world, *state);
    world.end.echo = true;
    for (size_t bytes = 1; bytes < sizeof(poem); bytes++) {
        fault_shorten(FAULT_READ, 1, bytes);
        peer_send(&world.peer, poem, sizeof(poem));
        peer_expect(&world.peer, poem, sizeof(poem));
        assert_false(faults_pending());
    }
    peer_send_slowly(&world.peer, poem, sizeof(poem));
    peer_expect(&world.peer, poem, sizeof(poem));
    peer_expect_nothing(&world.peer);
    close_world(&world);
}

static void read_that_fails_ends_the_stream(void **state)
{
    struct world world;
    open_world(&world, *state);
    fault_fail(FAULT_READ, 1, ECONNRESET);
    peer_send(&world.peer, poem, sizeof(poem));
    wait_until(*state, world.end.ended);
    assert_string_equal(world.end.why.message, "connection lost: connection reset by peer");
    assert_int_equal(world.end.received, 0);
    close_world(&world);
}

/* --- lingering --- */

static char much[4 << 20]; /* more than a socket takes */

static void open_lingering(struct world *world, struct pyro_loop *loop)
{
    open_world(world, loop);
    end_send(&world->end, much, sizeof(much));
    pyro_loop_step(loop, 0);
    end_close(&world->end);
}

static void reader_that_does_not_read_is_left_after_a_second(void **state)
{
    struct world world;
    open_lingering(&world, *state);
    double begun = pyro_loop_now(*state);
    while (pyro_loop_step(*state, -1)) {
    }
    double lingered = pyro_loop_now(*state) - begun;
    assert_true(lingered >= 0.9 && lingered < 1.1);
    close_world(&world);
}

static void reader_that_is_slow_gets_all(void **state)
{
    struct world world;
    const size_t piece = sizeof(much) / 32;
    char *taken = malloc(piece);
    open_lingering(&world, *state);
    for (int i = 0; i < 32; i++) {
        peer_receive(&world.peer, taken, piece);
        fake_clock_advance(0.9);
        pyro_loop_step(*state, 0);
    }
    peer_expect_end(&world.peer);
    assert_true(fake_clock_passed() > 28);
    free(taken);
    close_world(&world);
}

/* --- connecting --- */

static void failing_connect(struct pyro_loop *loop, const char *expected)
{
    struct end end = {.loop = loop};
    struct pyro_uri uri = {.host = "127.0.0.1", .port = 9};
    end.stream = pyro_stream_connect(loop, &uri, 4, &end_ops, &end, NULL);
    wait_until(loop, end.ended);
    assert_int_equal(end.why.code, PYRO_ECOMMUNICATION);
    assert_string_equal(end.why.message, expected);
    assert_false(faults_pending());
    end_close(&end);
}

static void connecting_says_what_the_system_said(void **state)
{
    fault_fail(FAULT_CONNECT, 1, ENETUNREACH);
    failing_connect(*state, "cannot connect to ('127.0.0.1', 9): network is unreachable");
    fault_fail(FAULT_SOCKET, 1, EMFILE);
    failing_connect(*state, "cannot connect to ('127.0.0.1', 9): too many open files");
}

/* --- accepting --- */

struct inn {
    struct pyro_listener *listener;
    char path[64];
    unsigned guests;
    size_t scarce;
};

static void inn_accept(void *owner, struct pyro_stream *stream)
{
    ((struct inn *)owner)->guests++;
    pyro_stream_close(stream);
}

static void inn_scarce(void *owner, size_t connections)
{
    ((struct inn *)owner)->scarce += connections;
}

static void inn_open(struct inn *inn, struct pyro_loop *loop)
{
    *inn = (struct inn){.guests = 0};
    struct pyro_listen_options options = {.unixsocket = socket_path(inn->path, sizeof(inn->path))};
    inn->listener = pyro_listener_new(loop, &options, inn_accept, inn, NULL);
    assert_non_null(inn->listener);
    pyro_listener_on_scarce(inn->listener, inn_scarce);
}

static void connection_that_is_gone_already_is_passed_over(void **state)
{
    struct inn inn;
    struct scripted_peer peers[2];
    inn_open(&inn, *state);
    fault_fail(FAULT_ACCEPT, 1, ECONNABORTED);
    for (int i = 0; i < 2; i++)
        peer_connect(&peers[i], *state, inn.path);
    wait_until(*state, inn.guests == 2);
    assert_false(faults_pending());
    assert_int_equal(inn.scarce, 0);
    for (int i = 0; i < 2; i++)
        peer_close(&peers[i]);
    pyro_listener_close(inn.listener);
}

static void connection_without_descriptor_is_refused(void **state)
{
    struct inn inn;
    struct scripted_peer peer;
    inn_open(&inn, *state);
    fault_fail(FAULT_ACCEPT, 1, EMFILE);
    peer_connect(&peer, *state, inn.path);
    peer_expect_end(&peer);
    wait_until(*state, inn.scarce == 1);
    assert_int_equal(inn.guests, 0);
    peer_close(&peer);
    pyro_listener_close(inn.listener);
}

static void connection_waits_where_even_the_reserve_is_lacking(void **state)
{
    struct inn inn;
    struct scripted_peer peer;
    inn_open(&inn, *state);
    fault_fail_all(FAULT_ACCEPT, ENFILE);
    peer_connect(&peer, *state, inn.path);
    wait_until(*state, inn.scarce == 1);
    unsigned tries = fault_count(FAULT_ACCEPT);
    peer_expect_nothing(&peer);
    assert_int_equal(fault_count(FAULT_ACCEPT), tries); /* does not try all the time */
    faults_clear();
    fake_clock_advance(0.2);
    wait_until(*state, inn.guests == 1);
    peer_close(&peer);
    pyro_listener_close(inn.listener);
}

static int set_up(void **state)
{
    fake_clock_start();
    return loop_set_up(state);
}

static int tear_down(void **state)
{
    faults_clear();
    int status = loop_tear_down(state);
    fake_clock_stop();
    return status;
}

#define FAKE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(timer_obeys_the_fake_clock),
        FAKE_TEST(step_that_times_out_takes_no_time),
        FAKE_TEST(short_writes_lose_nothing),
        FAKE_TEST(socket_that_is_full_is_written_to_later),
        FAKE_TEST(write_that_fails_ends_the_stream),
        FAKE_TEST(rest_that_cannot_be_written_ends_the_stream),
        FAKE_TEST(short_reads_lose_nothing),
        FAKE_TEST(read_that_fails_ends_the_stream),
        FAKE_TEST(reader_that_does_not_read_is_left_after_a_second),
        FAKE_TEST(reader_that_is_slow_gets_all),
        FAKE_TEST(connecting_says_what_the_system_said),
        FAKE_TEST(connection_that_is_gone_already_is_passed_over),
        FAKE_TEST(connection_without_descriptor_is_refused),
        FAKE_TEST(connection_waits_where_even_the_reserve_is_lacking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
