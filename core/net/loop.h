/** @file
 * The event loop. One step runs libuv once, then the completions that it produced.
 *
 * libuv callbacks only record and post; what a posted completion does (it may run Lua, which may
 * step the loop again) happens outside of uv_run. */
#ifndef PYRO_NET_LOOP_H
#define PYRO_NET_LOOP_H

#include "base/error.h"
#include "base/histogram.h"
#include "base/list.h"

struct pyro_loop;

/** A completion: embedded in whatever waits for something. Its function runs once for each time
 * it was posted (posting a posted one again changes nothing). */
struct pyro_completion {
    struct pyro_list node;
    void (*run)(struct pyro_completion *done);
};

static inline void pyro_completion_init(struct pyro_completion *done,
                                        void (*run)(struct pyro_completion *done))
{
    pyro_list_init(&done->node);
    done->run = run;
}

/** Returns whether it is posted, and did not run yet. */
static inline bool pyro_completion_is_posted(const struct pyro_completion *done)
{
    return !pyro_list_empty(&done->node);
}

/** Takes a posted completion back; harmless where it is not posted. */
static inline void pyro_completion_cancel(struct pyro_completion *done)
{
    pyro_list_remove(&done->node);
}

/** Makes a loop, or returns NULL with the error. Writing to a closed connection is an error, not a
 * death: no SIGPIPE comes of it. */
struct pyro_loop *pyro_loop_new(struct pyro_error *err);

/** Closes what is still open on the loop, and frees it. Completions that are still posted do not
 * run. Streams' unsent output is given up to one second to leave. Not from within a step. */
void pyro_loop_free(struct pyro_loop *loop);

void pyro_loop_post(struct pyro_loop *loop, struct pyro_completion *done);

/** Posts a completion for the next step: sockets, and what is posted already, have their turn
 * before.
 */
void pyro_loop_post_late(struct pyro_loop *loop, struct pyro_completion *done);

/** Makes one step: flush streams, wait for events (at most `timeout` seconds; negative: until there
 * is one; not at all when completions are posted), run completions, flush streams. May be called
 * from a completion. Returns false when there was nothing to wait for: no handle is active. */
bool pyro_loop_step(struct pyro_loop *loop, double timeout);

/** Lets all output leave, as far as its readers take it: waits as long as some of it leaves, and a
 * second more. No completion runs. For who is about to end the process, and leaves the loop as it
 * is. */
void pyro_loop_finish(struct pyro_loop *loop);

/** Returns whether the loop was made before this process was forked: it is the parent's, which uses
 * the same sockets and files. Here it does not step, and sends nothing; to close what is on it, or
 * to free it, only releases memory and descriptors, of which the parent notices nothing. */
bool pyro_loop_inherited(const struct pyro_loop *loop);

/** Returns a descriptor that is readable when a step would find an event; timers apart. For a
 * program that polls by itself, and then steps. */
int pyro_loop_descriptor(const struct pyro_loop *loop);

/** Prepares for waiting at the descriptor, elsewhere: output leaves, and the system is told what is
 * waited for. Returns after how many seconds to step at the latest; negative: at any time. */
double pyro_loop_timeout(struct pyro_loop *loop);

/** Makes the step that waits, or the next one, return. From any thread, and from a signal handler.
 */
void pyro_loop_wake(struct pyro_loop *loop);

/** Sets the completion that pyro_loop_ring() posts. A loop has one. */
void pyro_loop_answer(struct pyro_loop *loop, struct pyro_completion *bell);

/** Posts the bell's completion, from any thread: the step that waits, or the next one, runs it,
 * even where nothing is open. */
void pyro_loop_ring(struct pyro_loop *loop);

/** While held, steps wait as if something was open: another thread is going to ring. */
void pyro_loop_hold(struct pyro_loop *loop, bool hold);

/** Returns how many completions are posted. Counts them. */
size_t pyro_loop_posted(const struct pyro_loop *loop);

/** Returns how many closed streams are still there, as their readers have not taken all output. */
size_t pyro_loop_outlasting(const struct pyro_loop *loop);

/** Gives up the descriptor that the loop keeps for when there is no other: so a file can be read,
 * or a connection refused, while clients hold all that the process may have. To be followed, before
 * the next step, by pyro_loop_regain_descriptor(). */
void pyro_loop_yield_descriptor(struct pyro_loop *loop);

void pyro_loop_regain_descriptor(struct pyro_loop *loop);

/** Monotonic seconds, as of the last step. */
double pyro_loop_now(const struct pyro_loop *loop);

/** Reads the monotonic clock, in nanoseconds. */
uint64_t pyro_loop_read_clock(struct pyro_loop *loop);

/** Returns what the clock said when it was asked for first in this step: it is read once a step, if
 * at all. */
uint64_t pyro_loop_clock(struct pyro_loop *loop);

/** Counts of a loop, and of what is on it. */
struct pyro_loop_counters {
    uint64_t steps;
    uint64_t received, sent;   /**< bytes of streams, with what TLS adds */
    uint64_t secured, resumed; /**< TLS handshakes; those that resumed a session */
    uint64_t insecure;         /**< TLS handshakes that failed */
    struct pyro_histogram lag; /**< how long events had to wait, where that was 1 ms */
    uint64_t longest_lag;      /**< in milliseconds */
};

/** Returns the counters, which change as the loop steps. */
const struct pyro_loop_counters *pyro_loop_counters(const struct pyro_loop *loop);

#endif
