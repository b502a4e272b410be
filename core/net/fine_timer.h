/** @file
 * One-shot timers for times of less than a millisecond, which is the unit of others. */
#ifndef PYRO_NET_FINE_TIMER_H
#define PYRO_NET_FINE_TIMER_H

#include "net/loop.h"

struct pyro_fine_timer;

/** Makes a stopped timer that posts `done` when it expires, or NULL with the error: each takes a
 * descriptor. `done` is borrowed and initialized by the caller. */
struct pyro_fine_timer *pyro_fine_timer_new(struct pyro_loop *loop, struct pyro_completion *done,
                                            struct pyro_error *err);

/** Starts it, or starts it anew, to expire once in `seconds`: in a day at the latest. */
void pyro_fine_timer_start(struct pyro_fine_timer *timer, double seconds);

/** Stops it; an expiry that is already posted is taken back. */
void pyro_fine_timer_stop(struct pyro_fine_timer *timer);

/** Stops and frees it. Accepts NULL. */
void pyro_fine_timer_free(struct pyro_fine_timer *timer);

#endif
