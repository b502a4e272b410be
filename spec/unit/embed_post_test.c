/* The embedding API: functions that threads post. Run under ThreadSanitizer, too. */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/embed_desk.h"
#include "support/embed_peer.h"

#define THREADS 4
#define POSTS 2000

/* --- a runtime that counts what threads post --- */

struct counter {
    pyrolua_runtime *runtime;
    pthread_t runs_in;
    int count, most;
    int last[THREADS]; /* what each thread posted last */
    int in_order;
};

struct posted {
    struct counter *counter;
    int thread, number;
};

static void count(void *context)
{
    struct posted *posted = context;
    struct counter *counter = posted->counter;
    counter->in_order &= posted->number == counter->last[posted->thread] + 1 &&
                         pthread_equal(counter->runs_in, pthread_self());
    counter->last[posted->thread] = posted->number;
    if (++counter->count == counter->most)
        pyrolua_stop(counter->runtime);
    free(posted);
}

static int post_count(struct counter *counter, int thread, int number)
{
    struct posted *posted = malloc(sizeof(*posted));
    *posted = (struct posted){counter, thread, number};
    int code = pyrolua_post(counter->runtime, count, posted);
    if (code)
        free(posted);
    return code;
}

static void open_counter(struct counter *counter, int most)
{
    *counter = (struct counter){.runs_in = pthread_self(), .most = most, .in_order = 1};
    assert_int_equal(pyrolua_new(&counter->runtime), PYROLUA_OK);
}

struct poster {
    struct counter *counter;
    int thread;
};

static void *post_many(void *context)
{
    struct poster *poster = context;
    for (int i = 1; i <= POSTS; i++)
        if (post_count(poster->counter, poster->thread, i))
            return "refused";
    return NULL;
}

static void start_posters(struct counter *counter, struct poster *posters, pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++) {
        posters[i] = (struct poster){counter, i};
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &posters[i]), 0);
    }
}

static void join_posters(const pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++) {
        void *why;
        pthread_join(threads[i], &why);
        assert_null(why);
    }
}

static void threads_wake_a_runtime_that_waits(void **state)
{
    struct counter counter;
    struct poster posters[THREADS];
    pthread_t threads[THREADS];
    pyrolua_daemon *daemon;
    (void)state;
    open_counter(&counter, THREADS * POSTS);
    assert_int_equal(pyrolua_daemon_new(counter.runtime, NULL, &daemon), PYROLUA_OK);
    start_posters(&counter, posters, threads);
    assert_int_equal(pyrolua_run(counter.runtime), PYROLUA_OK);
    join_posters(threads);
    assert_int_equal(counter.count, THREADS * POSTS);
    assert_true(counter.in_order);
    pyrolua_free(counter.runtime);
}

static void a_script_that_waits_is_woken(void **state)
{
    struct counter counter;
    struct poster posters[THREADS];
    pthread_t threads[THREADS];
    (void)state;
    open_counter(&counter, THREADS * POSTS);
    start_posters(&counter, posters, threads);
    assert_int_equal(pyrolua_run_text(counter.runtime, "require('pyro').sleep(60)", "test"),
                     PYROLUA_ECLOSED);
    join_posters(threads);
    assert_int_equal(counter.count, THREADS * POSTS);
    pyrolua_free(counter.runtime);
}

/* Nothing is open: what was posted runs all the same, also where the program polls by itself. */
static void a_loop_of_the_programs_own_is_woken(void **state)
{
    struct counter counter;
    struct poster posters[THREADS];
    pthread_t threads[THREADS];
    (void)state;
    open_counter(&counter, -1);
    struct pollfd polled = {.fd = pyrolua_descriptor(counter.runtime), .events = POLLIN};
    assert_int_equal(pyrolua_step(counter.runtime, 0), PYROLUA_EIDLE);
    start_posters(&counter, posters, threads);
    while (counter.count < THREADS * POSTS) {
        double seconds = pyrolua_timeout(counter.runtime);
        assert_true(seconds <= 0);
        assert_true(seconds == 0 || poll(&polled, 1, 20000) == 1);
        pyrolua_step(counter.runtime, 0);
    }
    join_posters(threads);
    assert_true(counter.in_order);
    /* a thread may have woken the loop for what had run already: once for each function at most */
    for (int i = 0; i < THREADS * POSTS && pyrolua_step(counter.runtime, 0) != PYROLUA_EIDLE; i++)
        ;
    assert_int_equal(pyrolua_step(counter.runtime, 0), PYROLUA_EIDLE);
    pyrolua_free(counter.runtime);
}

/* --- at the end --- */

static int refused;

static void post_again(void *context)
{
    struct counter *counter = context;
    refused += post_count(counter, 0, 9) == PYROLUA_ECLOSED;
}

static void what_is_left_runs_when_the_runtime_is_freed(void **state)
{
    struct counter counter;
    (void)state;
    open_counter(&counter, -1);
    refused = 0;
    for (int i = 1; i <= 3; i++)
        assert_int_equal(post_count(&counter, 0, i), PYROLUA_OK);
    assert_int_equal(pyrolua_post(counter.runtime, post_again, &counter), PYROLUA_OK);
    assert_int_equal(pyrolua_post(counter.runtime, NULL, NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_post(NULL, post_again, NULL), PYROLUA_EVALUE);
    pyrolua_free(counter.runtime);
    assert_int_equal(counter.count, 3);
    assert_true(counter.in_order);
    assert_int_equal(refused, 1);
}

static void posted_functions_that_did_not_run_are_shown(void **state)
{
    struct counter counter;
    (void)state;
    open_counter(&counter, 3);
    for (int i = 1; i <= 2; i++)
        assert_int_equal(post_count(&counter, 0, i), PYROLUA_OK);
    const char *code = "local pyro = require 'pyro'\n"
                       "assert(pyro.debug().posted == 2)\n"
                       "pyro.sleep(0.01)\n"
                       "assert(pyro.debug().posted == 0)";
    assert_int_equal(pyrolua_run_text(counter.runtime, code, "test"), PYROLUA_OK);
    assert_int_equal(counter.count, 2);
    pyrolua_free(counter.runtime);
}

static void free_runtime(void *context)
{
    pyrolua_free(((struct counter *)context)->runtime);
}

static void a_posted_function_frees_the_runtime(void **state)
{
    struct counter counter;
    (void)state;
    open_counter(&counter, -1);
    assert_int_equal(post_count(&counter, 0, 1), PYROLUA_OK);
    assert_int_equal(pyrolua_post(counter.runtime, free_runtime, &counter), PYROLUA_OK);
    assert_int_equal(post_count(&counter, 0, 2), PYROLUA_OK);
    assert_int_equal(pyrolua_step(counter.runtime, -1), PYROLUA_ECLOSED);
    assert_int_equal(counter.count, 2);
}

static void a_runtime_that_did_not_open_takes_nothing(void **state)
{
    pyrolua_runtime *runtime;
    (void)state;
    setenv("PYRO_METADATA", "maybe", 1);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_EVALUE);
    unsetenv("PYRO_METADATA");
    assert_int_equal(pyrolua_post(runtime, post_again, NULL), PYROLUA_ECLOSED);
    pyrolua_free(runtime);
}

/* --- nested --- */

struct waiting {
    pyrolua_runtime *runtime;
    pyrolua_call *call;
    int outcome;
};

static void wait_for_call(void *context)
{
    struct waiting *waiting = context;
    waiting->outcome = pyrolua_call_wait(waiting->call);
}

static void answer_all(void *context)
{
    struct desk *desk = context;
    for (int i = 0; i < desk->count; i++)
        assert_int_equal(pyrolua_reply_send(desk->replies[i]), PYROLUA_OK);
}

static void post_answer(struct desk *desk)
{
    assert_int_equal(pyrolua_post(desk->office->runtime, answer_all, desk), PYROLUA_OK);
}

/* The event that it waits for is another one's doing. */
static void a_posted_function_waits(void **state)
{
    struct office *office = *state;
    struct waiting waiting = {.runtime = office->runtime, .outcome = -1};
    office->desk.then = post_answer;
    assert_int_equal(pyrolua_call_new(office->proxies[0], "later", &waiting.call), PYROLUA_OK);
    assert_int_equal(pyrolua_post(office->runtime, wait_for_call, &waiting), PYROLUA_OK);
    assert_int_equal(pyrolua_step(office->runtime, 0), PYROLUA_OK);
    assert_int_equal(waiting.outcome, PYROLUA_OK);
}

/* --- replies that threads answer --- */

struct job {
    pyrolua_runtime *runtime;
    pyrolua_reply *reply;
    int64_t number, square;
    pthread_t thread;
};

static void finish_job(void *context)
{
    struct job *job = context;
    pthread_join(job->thread, NULL);
    pyrolua_put_int(pyrolua_reply_writer(job->reply), job->square);
    pyrolua_reply_send(job->reply);
    free(job);
}

static void *work(void *context)
{
    struct job *job = context;
    job->square = job->number * job->number;
    pyrolua_post(job->runtime, finish_job, job);
    return NULL;
}

static int square(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct job *job = malloc(sizeof(*job));
    *job = (struct job){.runtime = self, .number = pyrolua_read_int(arguments)};
    job->reply = pyrolua_read_end(arguments) ? NULL : pyrolua_defer(result);
    if (job->reply && pthread_create(&job->thread, NULL, work, job) == 0)
        return PYROLUA_OK;
    free(job);
    return pyrolua_raise(result, "RuntimeError", "there is no thread for it");
}

static void *serve_squares(void *context)
{
    static const pyrolua_member members[] = {{.name = "square", .call = square}, {.name = NULL}};
    static const pyrolua_class kind = {.members = members};
    struct server *server = context;
    const char *uri;
    assert_int_equal(pyrolua_new(&server->sensor.runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(server->sensor.runtime, NULL, &server->sensor.daemon), 0);
    assert_int_equal(pyrolua_daemon_register(server->sensor.daemon, "squares", &kind,
                                             server->sensor.runtime, &uri),
                     PYROLUA_OK);
    snprintf(server->uri, sizeof(server->uri), "%s", uri);
    pthread_barrier_wait(&server->ready);
    server->outcome = pyrolua_run(server->sensor.runtime);
    pyrolua_free(server->sensor.runtime);
    return NULL;
}

static void threads_answer_calls(void **state)
{
    struct server server = {.outcome = -1};
    struct tally tally = {.free = 1};
    pyrolua_runtime *runtime;
    (void)state;
    pthread_barrier_init(&server.ready, NULL, 2);
    assert_int_equal(pthread_create(&server.thread, NULL, serve_squares, &server), 0);
    pthread_barrier_wait(&server.ready);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    for (int i = 1; i <= 20; i++) {
        pyrolua_proxy *proxy;
        pyrolua_call *call;
        assert_int_equal(pyrolua_proxy_new(runtime, server.uri, &proxy), PYROLUA_OK);
        assert_int_equal(pyrolua_call_new(proxy, "square", &call), PYROLUA_OK);
        pyrolua_put_int(pyrolua_call_arguments(call), i);
        assert_int_equal(pyrolua_call_send(call, on_done, &tally), PYROLUA_OK);
    }
    while (tally.good + tally.bad < 20)
        assert_int_equal(pyrolua_step(runtime, 20), PYROLUA_OK);
    assert_int_equal(tally.good, 20);
    assert_true(tally.sum == 20 * 21 * 41 / 6);
    pyrolua_free(runtime);
    pyrolua_stop(server.sensor.runtime);
    join_server(&server);
    assert_int_equal(server.outcome, PYROLUA_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_wake_a_runtime_that_waits),
        cmocka_unit_test(a_script_that_waits_is_woken),
        cmocka_unit_test(a_loop_of_the_programs_own_is_woken),
        cmocka_unit_test(what_is_left_runs_when_the_runtime_is_freed),
        cmocka_unit_test(posted_functions_that_did_not_run_are_shown),
        cmocka_unit_test(a_posted_function_frees_the_runtime),
        cmocka_unit_test(a_runtime_that_did_not_open_takes_nothing),
        WITH_OFFICE(a_posted_function_waits),
        cmocka_unit_test(threads_answer_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
