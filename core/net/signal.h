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
                                    struct pyro_completion *done);

/** While a signal `number` is watched: lets its handler also note at once that it came, for who
 * runs on without stepping the loop, and asks pyro_signal_came(). One that comes while another is
 * still noted has its default effect, as nobody asks. Of the whole process; `note` = false undoes
 * it. */
void pyro_signal_note(int number, bool note);

/** Lets the handler of a signal that is noted call a function as well, which may only do what
 * handlers may; in the thread that asks for this. NULL: no more. Of the whole process. */
void pyro_signal_tell(void (*function)(void *context), void *context);

/** Calls a function, which may only do what handlers may, when a signal comes: in the thread that
 * asks for this, whichever the signal comes to. NULL: nothing happens then. A forked process has
 * the signal's default effect. Not for a signal that is watched. Of the whole process. */
void pyro_signal_handle(int number, void (*function)(void *context), void *context);

/** Returns whether a signal would end the process, or is noted: who handles it otherwise, or
 * ignores it, has reasons. Interpreters of Lua handle SIGINT, which counts for nothing. */
bool pyro_signal_is_free(int number);

/** Returns whether a signal is watched, or otherwise handled. */
bool pyro_signal_is_handled(int number);

/** Returns whether a signal was noted since this was asked last. */
bool pyro_signal_came(void);

/** Returns whether a signal that is watched has come. */
bool pyro_signal_has_come(const struct pyro_signal *signal);

/** Stops watching. Accepts NULL. */
void pyro_signal_free(struct pyro_signal *signal);

#endif
