/** @file
 * Limits of how long Lua code runs: CALL_TIME_LIMIT for a served call, GRACE_TIME for all when the
 * process was asked to end; in a program of C, until the runtime is stopped. Where there is one, a
 * hook looks at the clock now and then; it raises an error when the time is over, and soon again,
 * at each instruction, should the code go on. */
#ifndef PYRO_BIND_TASK_LLIMIT_H
#define PYRO_BIND_TASK_LLIMIT_H

#include "base/clock.h"
#include "bind/task/ltask.h"

/** Returns whether there is any limit. */
static inline bool llimit_is(const struct lruntime *runtime)
{
    return runtime->core.config.CALL_TIME_LIMIT + runtime->limit.deadline > 0;
}

/** Prepares for the task to run. */
void llimit_enter(struct ltask *task);

/** Measures anew: the code that runs has control again. */
static inline void llimit_again(struct lruntime *runtime)
{
    runtime->limit.since = pyro_wall_seconds();
}

/** Watches a thread, by a hook, and those made in it; also where somebody interrupts who types. */
void llimit_watch(lua_State *thread);

/** For a signal handler: the process was asked to end. `context` is the runtime, which runs in this
 * thread. */
void llimit_tell(void *context);

/** Seconds that what runs still has: GRACE_TIME from now on, or what is left of it. */
double llimit_grace(struct lruntime *runtime);

/** Nothing has to end any more. */
void llimit_forget(struct lruntime *runtime);

#endif
