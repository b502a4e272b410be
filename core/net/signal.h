/** @file
 * Being told of a signal once. */
#ifndef PYRO_NET_SIGNAL_H
#define PYRO_NET_SIGNAL_H

#include "net/loop.h"

struct pyro_signal;

/** Posts `done` when the process next receives `number` (SIGINT, SIGTERM); from the moment the
 * signal arrives its disposition is the default again, so that a second one takes effect at once.
 * NULL when out of memory or the signal cannot be watched. `done` is borrowed. */
struct pyro_signal *pyro_signal_new(struct pyro_loop *loop, int number, struct pyro_done *done);

/** Stops watching. Accepts NULL. */
void pyro_signal_free(struct pyro_signal *signal);

#endif
