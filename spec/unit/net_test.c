/* Tests of core/net: the loop, timers, signals, datagrams. Others: net_listener_test.c,
 * net_stream_test.c. */
#include "net_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "net/datagram.h"
#include "net/fine_timer.h"
#include "net/signal.h"
#include "net/timer.h"

/* --- the loop --- */

struct job {
    struct pyro_completion done;
    struct pyro_loop *loop;
    struct job *others;
    int runs;
};

static void count_run(struct pyro_completion *done)
{
    PYRO_CONTAINER(done, struct job, done)->runs++;
}

static void job_init(struct job *job, struct pyro_loop *loop, void (*run)(struct pyro_completion *))
{
    *job = (struct job){.loop = loop};
    pyro_completion_init(&job->done, run);
}

static void empty_loop_has_nothing_to_wait_for(void **state)
{
    double begun = seconds_now();
    assert_false(pyro_loop_step(*state, -1));
    assert_false(pyro_loop_step(*state, 0));
    assert_false(pyro_loop_step(*state, 3600));
    assert_true(seconds_now() - begun < CEILING);
}

static void posted_completion_runs_once(void **state)
{
    struct job job;
    job_init(&job, *state, count_run);
    pyro_loop_post(*state, &job.done);
    pyro_loop_post(*state, &job.done);
    assert_true(pyro_loop_step(*state, -1));
    assert_int_equal(job.runs, 1);
    assert_false(pyro_loop_step(*state, -1));
    pyro_loop_post(*state, &job.done);
    pyro_completion_cancel(&job.done);
    assert_false(pyro_loop_step(*state, -1));
    assert_int_equal(job.runs, 1);
}

static void run_nested(struct pyro_completion *done)
{
    struct job *job = PYRO_CONTAINER(done, struct job, done);
    job->runs++;
    assert_true(pyro_loop_step(job->loop, -1));
    assert_int_equal(job->others[0].runs, 1);
    assert_int_equal(job->others[1].runs, 1);
}

static void nested_step_sees_the_other_completions(void **state)
{
    struct job first, others[2];
    job_init(&first, *state, run_nested);
    first.others = others;
    pyro_loop_post(*state, &first.done);
    for (int i = 0; i < 2; i++) {
        job_init(&others[i], *state, count_run);
        pyro_loop_post(*state, &others[i].done);
    }
    assert_true(pyro_loop_step(*state, -1));
    assert_int_equal(first.runs, 1);
    assert_int_equal(others[1].runs, 1);
}

static void run_forever(struct pyro_completion *done)
{
    struct job *job = PYRO_CONTAINER(done, struct job, done);
    job->runs++;
    pyro_loop_post(job->loop, done);
}

static void endless_completions_do_not_starve_events(void **state)
{
    struct job endless, timed;
    job_init(&endless, *state, run_forever);
    job_init(&timed, *state, count_run);
    struct pyro_timer *timer = pyro_timer_new(*state, &timed.done);
    pyro_timer_start(timer, 0.01);
    pyro_loop_post(*state, &endless.done);
    wait_until(*state, timed.runs == 1);
    assert_true(endless.runs > 1);
    pyro_completion_cancel(&endless.done);
    pyro_timer_free(timer);
}

/* Without uv_stop() the completion of a timer that is due would wait for the next event. */
static void due_timer_does_not_wait_for_an_event(void **state)
{
    struct job due, late;
    job_init(&due, *state, count_run);
    job_init(&late, *state, count_run);
    struct pyro_timer *first = pyro_timer_new(*state, &due.done);
    struct pyro_timer *second = pyro_timer_new(*state, &late.done);
    pyro_timer_start(first, 0.001);
    pyro_timer_start(second, 3600);
    usleep(10000);
    double begun = seconds_now();
    assert_true(pyro_loop_step(*state, -1));
    assert_int_equal(due.runs, 1);
    assert_true(seconds_now() - begun < CEILING);
    pyro_timer_free(first);
    pyro_timer_free(second);
}

static void timeout_bounds_a_step(void **state)
{
    struct job job;
    job_init(&job, *state, count_run);
    struct pyro_timer *timer = pyro_timer_new(*state, &job.done);
    pyro_timer_start(timer, 1e300);
    double begun = seconds_now();
    assert_true(pyro_loop_step(*state, 0.05));
    double took = seconds_now() - begun;
    assert_true(took >= 0.05 && took < CEILING);
    assert_int_equal(job.runs, 0);
    assert_true(pyro_loop_step(*state, 0));
    pyro_timer_free(timer);
}

static void freed_loop_closes_what_is_open(void **state)
{
    struct pyro_loop *loop = pyro_loop_new(NULL);
    struct pyro_listen_options options = {.host = "127.0.0.1"};
    struct end server = {.loop = loop};
    struct job job;
    (void)state;
    job_init(&job, loop, count_run);
    struct pyro_timer *timer = pyro_timer_new(loop, &job.done);
    pyro_timer_start(timer, 0);
    struct pyro_fine_timer *fine = pyro_fine_timer_new(loop, &job.done, NULL);
    pyro_fine_timer_start(fine, 0);
    assert_non_null(pyro_signal_new(loop, SIGUSR2, true, &job.done));
    assert_non_null(pyro_datagram_new(loop, "127.0.0.1", 0, NULL, NULL, NULL));
    assert_non_null(pyro_listener_new(loop, &options, end_accept, &server, NULL));
    pyro_loop_post(loop, &job.done);
    pyro_loop_free(loop);
    assert_int_equal(job.runs, 0);
    pyro_completion_cancel(&job.done); /* still harmless */
}

/* --- timers and signals --- */

static void timer_is_never_early_and_can_be_stopped(void **state)
{
    struct job job;
    job_init(&job, *state, count_run);
    struct pyro_timer *timer = pyro_timer_new(*state, &job.done);
    double begun = seconds_now();
    pyro_timer_start(timer, 3600);
    pyro_timer_start(timer, 0.02);
    wait_until(*state, job.runs == 1);
    assert_true(seconds_now() - begun >= 0.02);
    pyro_timer_start(timer, -1); /* at once */
    wait_until(*state, job.runs == 2);
    pyro_timer_start(timer, 0);
    pyro_timer_stop(timer);
    assert_false(pyro_loop_step(*state, 0.05));
    assert_int_equal(job.runs, 2);
    pyro_timer_free(timer);
    pyro_timer_free(NULL);
}

static void fine_timer_is_never_early_and_can_be_stopped(void **state)
{
    struct job job;
    job_init(&job, *state, count_run);
    struct pyro_fine_timer *timer = pyro_fine_timer_new(*state, &job.done, NULL);
    double begun = seconds_now();
    pyro_fine_timer_start(timer, 1e300);
    pyro_fine_timer_start(timer, 1.02);
    wait_until(*state, job.runs == 1);
    assert_true(seconds_now() - begun >= 1.02);
    pyro_fine_timer_start(timer, -1); /* at once */
    wait_until(*state, job.runs == 2);
    pyro_fine_timer_start(timer, 0);
    pyro_fine_timer_stop(timer);
    assert_false(pyro_loop_step(*state, 0.05));
    assert_int_equal(job.runs, 2);
    pyro_fine_timer_free(timer);
    pyro_fine_timer_free(NULL);
}

/* The best of many tries, since others may have the processor. */
static void fine_timer_does_not_wait_for_a_millisecond(void **state)
{
    struct job job;
    job_init(&job, *state, count_run);
    struct pyro_fine_timer *timer = pyro_fine_timer_new(*state, &job.done, NULL);
    double begun = seconds_now(), took;
    do {
        double before = seconds_now();
        job.runs = 0;
        pyro_fine_timer_start(timer, 0.0002);
        wait_until(*state, job.runs == 1);
        took = seconds_now() - before;
        assert_true(took >= 0.0002);
    } while (took >= 0.001 && seconds_now() - begun < CEILING);
    assert_true(took < 0.001);
    pyro_fine_timer_free(timer);
}

static void fine_timer_needs_a_descriptor(void **state)
{
    struct job job;
    struct rlimit before, none;
    struct pyro_error err;
    job_init(&job, *state, count_run);
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    assert_null(pyro_fine_timer_new(*state, &job.done, &err));
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(err.code, PYRO_EOS);
    assert_string_equal(err.message, "cannot make a timer: too many open files");
    pyro_memory_fail_at(1);
    assert_null(pyro_fine_timer_new(*state, &job.done, &err));
    assert_int_equal(err.code, PYRO_EMEMORY);
}

static void signal_is_told_once(void **state)
{
    struct job job;
    struct sigaction now;
    job_init(&job, *state, count_run);
    struct pyro_signal *watch = pyro_signal_new(*state, SIGUSR1, true, &job.done);
    assert_non_null(watch);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &now);
    assert_true(now.sa_handler == SIG_DFL);
    wait_until(*state, job.runs == 1);
    pyro_signal_free(watch);
    pyro_signal_free(NULL);
    assert_null(pyro_signal_new(*state, SIGKILL, true, &job.done));
}

struct handled {
    pthread_t thread;
    volatile sig_atomic_t count, elsewhere;
};

static void count_in_handler(void *context)
{
    struct handled *handled = context;
    handled->count++;
    if (!pthread_equal(pthread_self(), handled->thread))
        handled->elsewhere++;
}

static void *raise_in_thread(void *context)
{
    (void)context;
    pthread_kill(pthread_self(), SIGUSR2); /* comes to this thread before that returns */
    return NULL;
}

static void handler_runs_in_the_thread_that_asked(void **state)
{
    struct handled handled = {.thread = pthread_self()}, apart = handled;
    pthread_t other;
    (void)state;
    pyro_signal_handle(SIGUSR2, count_in_handler, &handled);
    errno = ENOENT;
    raise(SIGUSR2);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(handled.count, 1);
    assert_int_equal(pthread_create(&other, NULL, raise_in_thread, NULL), 0);
    pthread_join(other, NULL);
    assert_int_equal(handled.count, 2);
    assert_int_equal(handled.elsewhere, 0);
    pyro_signal_handle(SIGUSR1, count_in_handler, &apart);
    pyro_signal_handle(SIGUSR2, NULL, NULL);
    raise(SIGUSR2);
    raise(SIGUSR1);
    assert_int_equal(handled.count, 2);
    assert_int_equal(apart.count, 1);
    assert_true(signal(SIGUSR1, SIG_DFL) != SIG_DFL);
    assert_true(signal(SIGUSR2, SIG_DFL) != SIG_DFL);
}

/* --- datagrams --- */

struct mailbox {
    struct pyro_datagram *socket;
    int count;
    bool answer, close;
    struct pyro_address from;
    char data[PYRO_DATAGRAM_SIZE + 1];
};

static void mail(void *owner, struct pyro_slice data, const struct pyro_address *from)
{
    struct mailbox *box = owner;
    box->count++;
    box->from = *from;
    memcpy(box->data, data.data, data.length);
    box->data[data.length] = '\0';
    if (box->answer)
        assert_int_equal(pyro_datagram_send(box->socket, from->text, from->port, data, NULL), 0);
    if (box->close) {
        pyro_datagram_close(box->socket);
        box->socket = NULL;
    }
}

static void open_mailbox(struct mailbox *box, struct pyro_loop *loop)
{
    *box = (struct mailbox){.count = 0};
    box->socket = pyro_datagram_new(loop, "127.0.0.1", 0, mail, box, NULL);
    assert_non_null(box->socket);
    assert_string_equal(pyro_datagram_address(box->socket), "127.0.0.1");
}

static void datagrams_are_answered(void **state)
{
    struct mailbox asking, answering;
    open_mailbox(&asking, *state);
    open_mailbox(&answering, *state);
    uint16_t port = pyro_datagram_port(answering.socket);
    answering.answer = true;
    assert_int_equal(
        pyro_datagram_send(asking.socket, "localhost", port, pyro_slice_text("who?"), NULL), 0);
    wait_until(*state, asking.count == 1);
    assert_string_equal(asking.data, "who?");
    assert_string_equal(asking.from.text, "127.0.0.1");
    assert_int_equal(asking.from.port, port);
    answering.answer = false;
    answering.close = true;
    for (int i = 0; i < 3; i++)
        pyro_datagram_send(asking.socket, "127.0.0.1", port, pyro_slice("", 0), NULL);
    wait_until(*state, answering.count == 2);
    step_for(*state, 0.02);
    assert_int_equal(answering.count, 2); /* closed when the first of three came */
    pyro_datagram_close(asking.socket);
    pyro_datagram_close(NULL);
}

static void datagrams_are_bounded(void **state)
{
    struct mailbox to, from;
    char large[PYRO_DATAGRAM_SIZE + 1] = "";
    struct pyro_error err;
    open_mailbox(&to, *state);
    open_mailbox(&from, *state);
    uint16_t port = pyro_datagram_port(to.socket);
    assert_int_equal(
        pyro_datagram_send(from.socket, "127.0.0.1", port, pyro_slice(large, sizeof(large)), &err),
        PYRO_EOS);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sendto(fd, large, sizeof(large), 0, (struct sockaddr *)&address, sizeof(address));
    sendto(fd, "fits", 4, 0, (struct sockaddr *)&address, sizeof(address));
    close(fd);
    wait_until(*state, to.count == 1);
    assert_string_equal(to.data, "fits");

    static struct job busy[1000]; /* they leave few turns to datagrams */
    for (size_t i = 0; i < PYRO_COUNT(busy); i++) {
        job_init(&busy[i], *state, run_forever);
        pyro_loop_post(*state, &busy[i].done);
    }
    for (int i = 0; i < 200; i++)
        pyro_datagram_send(from.socket, "127.0.0.1", port, pyro_slice_text("many"), NULL);
    for (int i = 0; i < 10; i++)
        pyro_loop_step(*state, 0);
    for (size_t i = 0; i < PYRO_COUNT(busy); i++)
        pyro_completion_cancel(&busy[i].done);
    step_for(*state, 0.05);
    assert_in_range(to.count, 64, 100);
    pyro_datagram_close(to.socket);
    pyro_datagram_close(from.socket);
}

static void datagram_errors_say_what_is_wrong(void **state)
{
    struct mailbox box;
    struct pyro_error err;
    char out[64];
    open_mailbox(&box, *state);
    assert_null(pyro_datagram_new(*state, "192.0.2.1", 7, mail, NULL, &err));
    assert_int_equal(err.code, PYRO_EOS);
    assert_string_equal(err.message,
                        "cannot open a UDP socket on 192.0.2.1:7: address not available");
    assert_int_equal(pyro_datagram_send(box.socket, "not a host", 7, pyro_slice_text("x"), &err),
                     PYRO_EOS);
    assert_non_null(strstr(err.message, "cannot send to not a host:7: "));
    assert_true(pyro_interface_address("127.0.0.1", out));
    assert_string_equal(out, "127.0.0.1");
    assert_false(pyro_interface_address("not an address", out));
    pyro_datagram_close(box.socket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(empty_loop_has_nothing_to_wait_for),
        LOOP_TEST(posted_completion_runs_once),
        LOOP_TEST(nested_step_sees_the_other_completions),
        LOOP_TEST(endless_completions_do_not_starve_events),
        LOOP_TEST(due_timer_does_not_wait_for_an_event),
        LOOP_TEST(timeout_bounds_a_step),
        LOOP_TEST(freed_loop_closes_what_is_open),
        LOOP_TEST(timer_is_never_early_and_can_be_stopped),
        LOOP_TEST(fine_timer_is_never_early_and_can_be_stopped),
        LOOP_TEST(fine_timer_does_not_wait_for_a_millisecond),
        LOOP_TEST(fine_timer_needs_a_descriptor),
        LOOP_TEST(signal_is_told_once),
        cmocka_unit_test(handler_runs_in_the_thread_that_asked),
        LOOP_TEST(datagrams_are_answered),
        LOOP_TEST(datagrams_are_bounded),
        LOOP_TEST(datagram_errors_say_what_is_wrong),
    };
    return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
