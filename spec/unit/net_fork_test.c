/* Tests of core/net: a process that is forked releases what is its parent's, which notices nothing.
 */
#include "net_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "net/fine_timer.h"
#include "net/loop_private.h"
#include "net/signal.h"
#include "net/timer.h"
#include "support/child.h"

struct world {
    struct pyro_loop *loop;
    char path[64], spaces[2][64];
    struct pyro_listener *listener;
    struct end server, client;
};

static void open_world(struct world *world)
{
    *world = (struct world){.loop = pyro_loop_new(NULL)};
    struct pyro_listen_options options = {.unixsocket =
                                              socket_path(world->path, sizeof(world->path))};
    world->server =
        (struct end){.loop = world->loop, .space = world->spaces[0], .size = 64, .echo = true};
    world->client = (struct end){.loop = world->loop, .space = world->spaces[1], .size = 64};
    world->listener = pyro_listener_new(world->loop, &options, end_accept, &world->server, NULL);
    struct pyro_uri uri = {.sockname = world->path};
    world->client.stream =
        pyro_stream_connect(world->loop, &uri, 0, &end_ops, &world->client, NULL);
    wait_until(world->loop, world->client.connected && world->server.stream);
}

static void close_world(struct world *world, bool one_by_one)
{
    if (one_by_one) {
        end_close(&world->client);
        end_close(&world->server);
        pyro_listener_close(world->listener);
    }
    pyro_loop_free(world->loop);
}

/* Echoes go back and forth, and a new client gets in. */
static void use_world(struct world *world)
{
    size_t before = world->client.received;
    end_send(&world->client, "hello", 5);
    wait_until(world->loop, world->client.received == before + 5);
    assert_int_equal(world->client.ended + world->server.ended, 0);
    assert_int_equal(access(world->path, F_OK), 0);
    struct pyro_stream *server = world->server.stream;
    world->server.stream = NULL;
    struct end visitor = {.loop = world->loop, .space = world->spaces[1], .size = 64};
    struct pyro_uri uri = {.sockname = world->path};
    visitor.stream = pyro_stream_connect(world->loop, &uri, 0, &end_ops, &visitor, NULL);
    wait_until(world->loop, visitor.connected && world->server.stream);
    end_close(&visitor);
    end_close(&world->server);
    world->server.stream = server;
    world->server.ended = 0;
}

static int outcome_of(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void child_closes_what_is_its_parents(void **state)
{
    (void)state;
    for (int one_by_one = 0; one_by_one <= 1; one_by_one++) {
        struct world world;
        open_world(&world);
        end_send(&world.client, "unsent", 6); /* by whoever else than the parent */
        pid_t child = fork();
        if (child == 0) {
            bool steps = pyro_loop_step(world.loop, 0);
            close_world(&world, one_by_one);
            keep_coverage();
            _exit(steps);
        }
        assert_int_equal(outcome_of(child), 0);
        wait_until(world.loop, world.client.received == 6);
        use_world(&world);
        step_for(world.loop, 0.05);
        assert_int_equal(world.client.received, 6 + 5);
        close_world(&world, true);
    }
}

static void child_has_loops_of_its_own(void **state)
{
    struct world world;
    (void)state;
    open_world(&world);
    pid_t child = fork();
    if (child == 0) {
        struct world own;
        open_world(&own);
        use_world(&own);
        close_world(&own, true);
        close_world(&world, false);
        keep_coverage();
        _exit(0);
    }
    assert_int_equal(outcome_of(child), 0);
    use_world(&world);
    close_world(&world, true);
}

static void fail_on_signal(struct pyro_completion *done)
{
    (void)done;
    fail();
}

static void signal_of_the_child_is_not_the_parents(void **state)
{
    struct pyro_loop *loop = *state;
    struct pyro_completion done;
    pyro_completion_init(&done, fail_on_signal);
    struct pyro_signal *watch = pyro_signal_new(loop, SIGTERM, true, &done);
    pyro_signal_note(SIGTERM, true);
    pid_t child = fork();
    if (child == 0) {
        raise(SIGTERM);
        _exit(0);
    }
    int status = outcome_of(child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    step_for(loop, 0.05);
    pyro_signal_note(SIGTERM, false);
    pyro_signal_free(watch);
}

struct expiry {
    struct pyro_completion done;
    int count;
};

static void count_expiry(struct pyro_completion *done)
{
    PYRO_CONTAINER(done, struct expiry, done)->count++;
}

static void fine_timer_is_the_parents(void **state)
{
    struct pyro_loop *loop = *state;
    struct expiry expiry = {.count = 0};
    pyro_completion_init(&expiry.done, count_expiry);
    struct pyro_fine_timer *timer = pyro_fine_timer_new(loop, &expiry.done, NULL);
    pyro_fine_timer_start(timer, 0.5);
    pid_t child = fork();
    if (child == 0) {
        pyro_fine_timer_stop(timer);
        pyro_fine_timer_free(timer);
        pyro_loop_free(loop);
        keep_coverage();
        _exit(expiry.count);
    }
    assert_int_equal(outcome_of(child), 0);
    wait_until(loop, expiry.count == 1);
    pyro_fine_timer_free(timer);
}

static void fail_in_handler(void *context)
{
    (void)context;
    _exit(1);
}

static void handler_is_the_parents(void **state)
{
    (void)state;
    pyro_signal_handle(SIGUSR2, fail_in_handler, NULL);
    pid_t child = fork();
    if (child == 0) {
        raise(SIGUSR2);
        _exit(0);
    }
    int status = outcome_of(child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR2);
    pyro_signal_handle(SIGUSR2, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(child_closes_what_is_its_parents),
        cmocka_unit_test(child_has_loops_of_its_own),
        LOOP_TEST(signal_of_the_child_is_not_the_parents),
        LOOP_TEST(fine_timer_is_the_parents),
        cmocka_unit_test(handler_is_the_parents),
    };
    return cmocka_run_group_tests_name("net fork", tests, NULL, NULL);
}
