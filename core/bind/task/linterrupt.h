/** @file
 * Interrupts: signals with which somebody interrupts code that was typed. */
#ifndef PYRO_BIND_TASK_LINTERRUPT_H
#define PYRO_BIND_TASK_LINTERRUPT_H

#include "bind/base/marks.h"
#include "bind/task/ltask.h"
#include "net/signal.h"

/** Signals that interrupt: control-c, and what ends the interactive mode. */
#define LINTERRUPT_SIGNALS 3

/** A task that signals interrupt: embed, zero-initialize. */
struct linterrupt {
    struct ltask *task; /**< NULL: none */
    bool again; /**< a wait was interrupted: the next signal ends what goes on all the same */
    struct pyro_signal *signals[LINTERRUPT_SIGNALS];
    struct pyro_completion signalled;
};

/** Watches signals: SIGINT, and SIGTERM and SIGHUP where something else watches them, too. Raises
 * an error where that fails; call linterrupt_close() all the same. */
LUA_RAISES void linterrupt_watch(lua_State *L, struct linterrupt *interrupt);

/** Lets the signals interrupt a task that was just started: what it does or waits for fails with
 * LWAIT_INTERRUPTED. But a request loop that waits takes the signal instead. */
void linterrupt_begin(struct linterrupt *interrupt, struct ltask *task);

/** Hears that this task has ended: there is nothing to interrupt any more. */
void linterrupt_ended(struct linterrupt *interrupt, const struct ltask *task);

/** Stops watching; may be repeated. Nobody is told any more of the end of a task that runs on. */
void linterrupt_close(struct linterrupt *interrupt);

#endif
