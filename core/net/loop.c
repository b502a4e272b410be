/* The event loop: libuv's, and a queue of completions beside it.
 *
 * A step flushes what was written, runs libuv once, then the completions that its callbacks posted,
 * and flushes again. Callbacks run while `in_uv` is set: they only record and post, which ends
 * uv_run(), and nothing steps the loop. Completions run outside of it and may do anything, also
 * step the loop again.
 *
 * There are three queues. `done` is run now; `due` holds what timers posted until libuv has read
 * what is there, so that nobody who was busy takes that for silence; `late` is for the next step.
 *
 * A loop that was there before a fork is the parent's (pyro_loop_inherited()): it does not step in
 * the child, and what is closed there first leaves the parent's set of events. */
#include "net/loop.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/descriptor.h"
#include "base/memory.h"
#include "net/loop_private.h"
#include "net/sigpipe.h"

/* Rounds of reading that may pass before expired timers have their say. */
#define LATE_ROUNDS 16
/* Completions that one step runs before sockets get their turn again. */
#define COMPLETIONS_A_STEP 1000
/* Times that a forked process tries to close the loop of its parent. */
#define CHILDS_ROUNDS 10

/* Number of times that this process, and those that it was forked from, were forked. */
static unsigned forks;

static void loop_on_fork(void)
{
    forks++;
}

static void loop_watch_forks(void)
{
    pthread_atfork(NULL, NULL, loop_on_fork);
}

bool pyro_loop_inherited(const struct pyro_loop *loop)
{
    return loop->forks != forks;
}

/* libuv would take what is closed off the set of events, which is the parent's, too. */
static void leave_parent(struct pyro_loop *loop)
{
    struct pyro_reserved reserved;
    if (loop->left)
        return;
    loop->left = true;
    pyro_descriptors_reserve(&reserved);
    uv_loop_fork(&loop->uv);
    pyro_descriptors_release(&reserved);
}

void pyro_close(uv_handle_t *handle, uv_close_cb closed)
{
    struct pyro_loop *loop = pyro_loop_of(handle);
    if (pyro_loop_inherited(loop))
        leave_parent(loop);
    uv_close(handle, closed);
}

static PYRO_NOINLINE void count_lag(struct pyro_loop *loop, uint64_t milliseconds)
{
    pyro_histogram_count(&loop->counters.lag, milliseconds * 1000000);
    if (milliseconds > loop->counters.longest_lag)
        loop->counters.longest_lag = milliseconds;
}

/* Counts how long events had to wait since libuv returned, if that was a millisecond. Its clock,
 * which it has read just now, is enough for that. */
static void loop_on_polls(uv_prepare_t *polls)
{
    struct pyro_loop *loop = PYRO_CONTAINER(polls, struct pyro_loop, polls);
    uint64_t now = uv_now(&loop->uv);
    if (now != loop->woke && loop->woke != 0)
        count_lag(loop, now - loop->woke);
    loop->woke = 0;
}

static void loop_on_wake(uv_async_t *wake)
{
    (void)wake; /* that uv_run returns is all that is wanted */
}

void pyro_loop_yield_descriptor(struct pyro_loop *loop)
{
    if (loop->reserve >= 0)
        close(loop->reserve);
    loop->reserve = -1;
}

void pyro_loop_regain_descriptor(struct pyro_loop *loop)
{
    PYRO_ASSERT(loop->reserve < 0);
    loop->reserve = pyro_descriptor_lift(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

/* Opens all that libuv keeps open as long as there is the loop. */
static int init_uv(struct pyro_loop *loop)
{
    struct pyro_reserved reserved;
    pyro_descriptors_reserve(&reserved);
    int status = uv_loop_init(&loop->uv);
    if (status == 0 && (status = uv_async_init(&loop->uv, &loop->wake, loop_on_wake)) != 0)
        uv_loop_close(&loop->uv);
    if (status == 0) {
        uv_tcp_init(&loop->uv, &loop->unused); /* never fails */
        loop->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    pyro_descriptors_release(&reserved);
    return status;
}

struct pyro_loop *pyro_loop_new(struct pyro_error *err)
{
    struct pyro_loop *loop = pyro_calloc(1, sizeof(*loop));
    if (!loop) {
        pyro_error_memory(err);
        return NULL;
    }
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, loop_watch_forks);
    loop->forks = forks;
    int status = init_uv(loop);
    if (status != 0) {
        pyro_error_set(err, PYRO_EOS, "cannot make an event loop: %s", uv_strerror(status));
        pyro_free(loop);
        return NULL;
    }
    loop->uv.data = loop;
    pyro_list_init(&loop->done);
    pyro_list_init(&loop->due);
    pyro_list_init(&loop->late);
    pyro_list_init(&loop->dirty);
    pyro_list_init(&loop->lingering);
    uv_timer_init(&loop->uv, &loop->patience); /* never fails */
    uv_timer_init(&loop->uv, &loop->linger);
    uv_prepare_init(&loop->uv, &loop->polls);
    uv_prepare_start(&loop->polls, loop_on_polls);
    uv_unref((uv_handle_t *)&loop->polls);
    uv_unref((uv_handle_t *)&loop->patience);
    uv_unref((uv_handle_t *)&loop->wake);
    uv_unref((uv_handle_t *)&loop->unused);
    return loop;
}

void pyro_loop_post(struct pyro_loop *loop, struct pyro_completion *done)
{
    if (pyro_list_empty(&done->node))
        pyro_list_push(&loop->done, &done->node);
    if (loop->in_uv)
        uv_stop(&loop->uv); /* what was posted shall not wait for the next event */
}

void pyro_loop_expire(struct pyro_loop *loop, struct pyro_completion *done)
{
    PYRO_ASSERT(loop->in_uv);
    if (pyro_list_empty(&done->node))
        pyro_list_push(&loop->due, &done->node);
    uv_stop(&loop->uv);
}

/* Timers have expired: what has come in is read first. */
static void settle_timers(struct pyro_loop *loop)
{
    struct pyro_list *node;
    for (int i = 0; i < LATE_ROUNDS && loop->heard; i++) {
        loop->heard = false;
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    }
    while ((node = pyro_list_pop(&loop->due)) != NULL)
        pyro_list_push(&loop->done, node);
}

void pyro_loop_post_late(struct pyro_loop *loop, struct pyro_completion *done)
{
    if (pyro_list_empty(&done->node))
        pyro_list_push(&loop->late, &done->node);
}

static bool has_posted(const struct pyro_loop *loop)
{
    return !pyro_list_empty(&loop->done) || !pyro_list_empty(&loop->late);
}

static void loop_on_patience_lost(uv_timer_t *timer)
{
    (void)timer; /* that uv_run returns is all that is wanted */
}

static void run_uv(struct pyro_loop *loop, double timeout)
{
    bool wait = timeout != 0;
    bool patient = wait && timeout > 0;
    PYRO_ASSERT(!loop->in_uv);
    if (patient) {
        uv_update_time(&loop->uv);
        uv_timer_start(&loop->patience, loop_on_patience_lost, pyro_milliseconds(timeout), 0);
    }
    loop->in_uv = true;
    struct pyro_sigpipe before;
    bool writes = loop->handed_over > 0;
    if (writes)
        pyro_sigpipe_block(&before);
    loop->heard = false;
    uv_run(&loop->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
    if (!pyro_list_empty(&loop->due))
        settle_timers(loop);
    loop->woke = uv_now(&loop->uv);
    loop->clock = 0;
    if (writes)
        pyro_sigpipe_restore(&before);
    loop->in_uv = false;
    if (patient)
        uv_timer_stop(&loop->patience);
}

/* Pops one by one: a nested step must see the rest. */
static void run_completions(struct pyro_loop *loop)
{
    struct pyro_list *node;
    PYRO_ASSERT(!loop->in_uv && pyro_list_empty(&loop->due));
    while ((node = pyro_list_pop(&loop->late)) != NULL)
        pyro_list_push(&loop->done, node);
    for (int i = 0; i < COMPLETIONS_A_STEP && (node = pyro_list_pop(&loop->done)) != NULL; i++) {
        struct pyro_completion *done = PYRO_CONTAINER(node, struct pyro_completion, node);
        done->run(done);
    }
}

static void hear_bell(struct pyro_loop *loop)
{
    if (atomic_load_explicit(&loop->rung, memory_order_relaxed) &&
        atomic_exchange(&loop->rung, false)) {
        PYRO_ASSERT(loop->bell);
        pyro_loop_post(loop, loop->bell);
    }
}

/* Writes what was collected. */
static void flush(struct pyro_loop *loop)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&loop->dirty)) != NULL) {
        struct pyro_flushable *flushable = PYRO_CONTAINER(node, struct pyro_flushable, node);
        flushable->flush(flushable);
    }
}

bool pyro_loop_step(struct pyro_loop *loop, double timeout)
{
    PYRO_ASSERT(!loop->in_uv);
    if (pyro_loop_inherited(loop))
        return false;
    flush(loop);
    hear_bell(loop);
    if (!has_posted(loop) && !uv_loop_alive(&loop->uv))
        return false;
    run_uv(loop, has_posted(loop) ? 0 : timeout);
    hear_bell(loop);
    run_completions(loop);
    flush(loop);
    loop->counters.steps++;
    return true;
}

/* Waits until libuv has nothing more to write, or a second is over. */
static void write_for_a_second(struct pyro_loop *loop)
{
    const uint64_t second = 1000000000;
    uint64_t now = uv_hrtime(), end = now + second;
    for (; loop->handed_over > 0 && now < end; now = uv_hrtime())
        run_uv(loop, (double)(end - now) / (double)second);
}

static void loop_add_unsent(uv_handle_t *handle, void *context)
{
    const struct pyro_handle_kind *kind = handle->data;
    if (kind && kind->unsent)
        *(size_t *)context += kind->unsent(handle);
}

/* Counts the bytes of output of all handles that have not left yet. */
static size_t unsent_bytes(struct pyro_loop *loop)
{
    size_t bytes = 0;
    uv_walk(&loop->uv, loop_add_unsent, &bytes);
    return bytes;
}

void pyro_loop_finish(struct pyro_loop *loop)
{
    size_t before;
    PYRO_ASSERT(!loop->in_uv);
    if (pyro_loop_inherited(loop))
        return;
    flush(loop);
    do {
        before = unsent_bytes(loop);
        write_for_a_second(loop);
    } while (loop->handed_over > 0 && unsent_bytes(loop) + PYRO_LINGER_LEAST <= before);
}

int pyro_loop_descriptor(const struct pyro_loop *loop)
{
    return uv_backend_fd(&loop->uv);
}

size_t pyro_loop_outlasting(const struct pyro_loop *loop)
{
    return loop->outlasting;
}

double pyro_loop_timeout(struct pyro_loop *loop)
{
    if (pyro_loop_inherited(loop))
        return -1;
    flush(loop);
    uv_ref((uv_handle_t *)&loop->wake);
    run_uv(loop, 0); /* libuv tells the system here what it waits for, but for nothing open */
    loop->woke = 0;  /* what comes next is waiting */
    pyro_loop_hold(loop, loop->held);
    hear_bell(loop);
    if (has_posted(loop))
        return 0;
    int milliseconds = uv_loop_alive(&loop->uv) ? uv_backend_timeout(&loop->uv) : -1;
    return milliseconds < 0 ? -1 : milliseconds / 1000.0;
}

void pyro_loop_wake(struct pyro_loop *loop)
{
    if (!pyro_loop_inherited(loop))
        uv_async_send(&loop->wake);
}

void pyro_loop_answer(struct pyro_loop *loop, struct pyro_completion *bell)
{
    loop->bell = bell;
}

void pyro_loop_ring(struct pyro_loop *loop)
{
    atomic_store(&loop->rung, true);
    pyro_loop_wake(loop);
}

void pyro_loop_hold(struct pyro_loop *loop, bool hold)
{
    loop->held = hold;
    if (hold)
        uv_ref((uv_handle_t *)&loop->wake);
    else
        uv_unref((uv_handle_t *)&loop->wake);
}

static size_t count_nodes(const struct pyro_list *list)
{
    size_t count = 0;
    for (const struct pyro_list *node = list->next; node != list; node = node->next)
        count++;
    return count;
}

size_t pyro_loop_posted(const struct pyro_loop *loop)
{
    return count_nodes(&loop->done) + count_nodes(&loop->due) + count_nodes(&loop->late);
}

double pyro_loop_now(const struct pyro_loop *loop)
{
    return (double)(int64_t)uv_now(&loop->uv) / 1000; /* signed, which is quicker */
}

uint64_t pyro_loop_read_clock(struct pyro_loop *loop)
{
    clock_gettime(CLOCK_MONOTONIC, &loop->time);
    return (uint64_t)loop->time.tv_sec * 1000000000 + (uint64_t)loop->time.tv_nsec;
}

uint64_t pyro_loop_clock(struct pyro_loop *loop)
{
    if (loop->clock == 0)
        loop->clock = pyro_loop_read_clock(loop);
    return loop->clock;
}

const struct pyro_loop_counters *pyro_loop_counters(const struct pyro_loop *loop)
{
    return &loop->counters;
}

static void loop_close_handle(uv_handle_t *handle, void *context)
{
    const struct pyro_handle_kind *kind = handle->data;
    (void)context;
    if (kind && !uv_is_closing(handle))
        kind->close(handle);
}

/* Again and again: a stream that goes on to its next address has a new handle then. */
static void close_handles(struct pyro_loop *loop)
{
    bool wait = !has_posted(loop) && !pyro_loop_inherited(loop);
    uv_walk(&loop->uv, loop_close_handle, NULL);
    flush(loop);
    run_uv(loop, wait ? -1 : 0);
}

/* Closes libuv's loop. One that a name keeps busy for ever, which the parent is resolving, is left
 * as it is. */
static void close_uv(struct pyro_loop *loop)
{
    int rounds = 0;
    while (uv_loop_close(&loop->uv) == UV_EBUSY) {
        if (pyro_loop_inherited(loop) && ++rounds == CHILDS_ROUNDS)
            return;
        close_handles(loop);
    }
    PYRO_ASSERT(loop->handed_over == 0);
    PYRO_ASSERT(pyro_list_empty(&loop->dirty) && pyro_list_empty(&loop->lingering));
    PYRO_ASSERT(!has_posted(loop) && pyro_list_empty(&loop->due));
    pyro_free(loop);
}

void pyro_loop_free(struct pyro_loop *loop)
{
    PYRO_ASSERT(!loop->in_uv);
    pyro_loop_hold(loop, false);
    while (pyro_list_pop(&loop->done) || pyro_list_pop(&loop->late)) {
        /* whoever posted it may still cancel it when the loop is gone */
    }
    if (pyro_loop_inherited(loop))
        leave_parent(loop);
    do
        close_handles(loop);
    while (!pyro_list_empty(&loop->lingering));
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->patience, NULL);
    uv_close((uv_handle_t *)&loop->linger, NULL);
    uv_close((uv_handle_t *)&loop->polls, NULL);
    uv_close((uv_handle_t *)&loop->unused, NULL);
    pyro_loop_yield_descriptor(loop);
    while (loop->spares > 0)
        pyro_buffer_free(&loop->spare[--loop->spares]);
    close_uv(loop);
}
