/** @file
 * Being told of signals. */
#ifndef PYRO_NET_SIGNAL_H
#define PYRO_NET_SIGNAL_H

#include "net/loop.h"

struct pyro_signal;

/** Posts `done` when the process receives `number` (SIGINT, SIGTERM). `once`: from the moment the
 * signal arrives its disposition is the default again, so that a second one takes effect at once.
 * NULL when out of memory or the signal cannot be watched. `done` is borrowed. */
struct pyro_signal *pyro_signal_new(struct pyro_loop *loop, int number, bool once,
                                    struct pyro_done *done);

/** Keeps `number` from this thread, or lets it come: then that which came meanwhile does. */
void pyro_signal_hold(int number, bool hold);

/** Stops watching. Accepts NULL. */
void pyro_signal_free(struct pyro_signal *signal);

#endif
