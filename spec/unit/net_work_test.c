/* Tests of core/net: work in other threads. */
#include "net_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "net/work.h"
#include "support/child.h"

#define POOL 4 /* libuv's threads */

/* Work that waits at a gate. */
struct task {
    struct pyro_completion done;
    struct pyro_work *work;
    pthread_t thread;
    int begun[2], gate[2]; /* pipes: a byte says that it has begun; a byte lets it pass */
    int runs, ends;
};

static void run_task(void *context)
{
    struct task *task = context;
    char byte = 0;
    ssize_t said = write(task->begun[1], "", 1), told = read(task->gate[0], &byte, 1);
    if (said != 1 || told != 1)
        abort();
    task->thread = pthread_self();
    task->runs++;
}

static void end_task(struct pyro_completion *done)
{
    PYRO_CONTAINER(done, struct task, done)->ends++;
}

static void open_task(struct task *task, struct pyro_loop *loop)
{
    *task = (struct task){.runs = 0};
    assert_int_equal(pipe(task->begun) + pipe(task->gate), 0);
    pyro_completion_init(&task->done, end_task);
    task->work = pyro_work_new(loop, run_task, task, &task->done);
    assert_non_null(task->work);
}

static void let_pass(struct task *task)
{
    assert_int_equal(write(task->gate[1], "", 1), 1);
}

/* Starts it, and waits until a thread has begun. */
static void begin_task(struct task *task, struct pyro_loop *loop)
{
    char byte;
    open_task(task, loop);
    pyro_work_start(task->work);
    assert_int_equal(read(task->begun[0], &byte, 1), 1);
}

static void close_task(struct task *task)
{
    pyro_work_free(task->work);
    close(task->begun[0]);
    close(task->begun[1]);
    close(task->gate[0]);
    close(task->gate[1]);
}

static void runs_in_a_thread_and_ends_on_the_loop(void **state)
{
    struct task task;
    open_task(&task, *state);
    for (int i = 1; i <= 3; i++) {
        pyro_work_start(task.work);
        assert_true(pyro_work_is_running(task.work));
        assert_true(pyro_loop_step(*state, 0)); /* it holds the loop */
        assert_int_equal(task.ends, i - 1);
        let_pass(&task);
        wait_until(*state, task.ends == i);
        assert_int_equal(task.runs, i);
        assert_false(pyro_work_is_running(task.work));
        assert_false(pthread_equal(task.thread, pthread_self()));
        assert_false(pyro_loop_step(*state, -1));
    }
    close_task(&task);
    pyro_work_free(NULL);
}

static void free_waits_for_what_has_begun(void **state)
{
    struct task task;
    open_task(&task, *state);
    pyro_work_start(task.work);
    let_pass(&task);
    step_for(*state, 0.02); /* it has begun, or ended, or neither */
    close_task(&task);
    int runs = task.runs;
    while (pyro_loop_step(*state, -1)) {
    }
    assert_int_equal(task.runs, runs);
    assert_true(task.ends <= 1);
}

static void *open_gate_later(void *context)
{
    usleep(20000);
    let_pass(context);
    return NULL;
}

static void free_returns_when_the_thread_has(void **state)
{
    struct task tasks[POOL];
    pthread_t thread;
    for (int i = 0; i < POOL; i++)
        begin_task(&tasks[i], *state);
    for (int i = 0; i < POOL; i++) {
        pthread_create(&thread, NULL, open_gate_later, &tasks[i]);
        close_task(&tasks[i]);
        pthread_join(thread, NULL);
        assert_int_equal(tasks[i].ends, 0);
    }
    while (pyro_loop_step(*state, -1)) {
    }
}

static void what_has_not_begun_is_taken_back(void **state)
{
    struct task tasks[POOL], last;
    for (int i = 0; i < POOL; i++)
        begin_task(&tasks[i], *state);
    open_task(&last, *state);
    pyro_work_start(last.work);
    close_task(&last); /* its gate was never opened */
    for (int i = 0; i < POOL; i++) {
        let_pass(&tasks[i]);
        wait_until(*state, tasks[i].ends == 1);
        close_task(&tasks[i]);
    }
    assert_false(pyro_loop_step(*state, -1));
    assert_int_equal(last.runs + last.ends, 0);
}

static void freed_loop_waits_for_freed_work(void **state)
{
    struct pyro_loop *loop = pyro_loop_new(NULL);
    struct task task;
    (void)state;
    begin_task(&task, loop);
    let_pass(&task);
    close_task(&task);
    pyro_loop_free(loop);
    assert_int_equal(task.ends, 0);
}

static void child_leaves_work_to_its_parent(void **state)
{
    struct task task;
    struct pyro_loop *loop = pyro_loop_new(NULL);
    (void)state;
    begin_task(&task, loop);
    pid_t child = fork();
    if (child == 0) {
        pyro_work_free(task.work);
        pyro_loop_free(loop);
        keep_coverage();
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    let_pass(&task);
    wait_until(loop, task.ends == 1);
    close_task(&task);
    pyro_loop_free(loop);
}

static void needs_memory(void **state)
{
    struct task task = {.runs = 0};
    pyro_memory_fail_at(1);
    assert_null(pyro_work_new(*state, run_task, &task, &task.done));
    assert_int_equal(pyro_memory_fail_at(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(runs_in_a_thread_and_ends_on_the_loop),
        LOOP_TEST(free_waits_for_what_has_begun),
        LOOP_TEST(free_returns_when_the_thread_has),
        LOOP_TEST(what_has_not_begun_is_taken_back),
        LOOP_TEST(freed_loop_waits_for_freed_work),
        LOOP_TEST(child_leaves_work_to_its_parent),
        LOOP_TEST(needs_memory),
    };
    return cmocka_run_group_tests_name("net work", tests, NULL, NULL);
}
