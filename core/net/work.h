/** @file
 * Work that blocks (disk, computing), in a thread of libuv's pool. */
#ifndef PYRO_NET_WORK_H
#define PYRO_NET_WORK_H

#include "net/loop.h"

struct pyro_work;

/** Runs in another thread: it must touch nothing that the loop's thread uses meanwhile. */
typedef void pyro_work_fn(void *context);

/** Makes work that is not started: `run(context)` in a thread, then `done` is posted to the loop.
 * `context` and `done` are borrowed; `done` is initialized by the caller. NULL: out of memory. */
struct pyro_work *pyro_work_new(struct pyro_loop *loop, pyro_work_fn *run, void *context,
                                struct pyro_completion *done);

/** Starts it, where it is not running. Steps of the loop wait for its end. */
void pyro_work_start(struct pyro_work *work);

/** Returns whether it was started and `done` is not posted yet. */
bool pyro_work_is_running(const struct pyro_work *work);

/** Takes it back where no thread has begun it, else blocks until `run` has returned; then frees it.
 * `done` is not posted any more. In a forked process `run`, whose thread is the parent's, is as it
 * was at the fork, for ever. Accepts NULL. */
void pyro_work_free(struct pyro_work *work);

#endif
