/** @file
 * One-shot timers. */
#ifndef PYRO_NET_TIMER_H
#define PYRO_NET_TIMER_H

#include "net/loop.h"

struct pyro_timer;

/** Makes a stopped timer that posts `done` when it expires, or NULL (out of memory). `done` is
 * borrowed and initialized by the caller. */
struct pyro_timer *pyro_timer_new(struct pyro_loop *loop, struct pyro_completion *done);

/** Starts it, or starts it anew, to expire once in `seconds`. */
void pyro_timer_start(struct pyro_timer *timer, double seconds);

/** Stops it; an expiry that is already posted is taken back. */
void pyro_timer_stop(struct pyro_timer *timer);

/** Makes it one that nobody waits for: a step, where only such timers run, has nothing to wait for.
 */
void pyro_timer_unref(struct pyro_timer *timer);

/** Stops and frees it. Accepts NULL. */
void pyro_timer_free(struct pyro_timer *timer);

#endif
