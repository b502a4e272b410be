/** @file
 * Waits: of a Lua function, for a completion. */
#ifndef PYRO_BIND_TASK_LWAIT_H
#define PYRO_BIND_TASK_LWAIT_H

#include "bind/base/marks.h"
#include "bind/task/ltask.h"

/** Somebody who waits: embed, zero-initialize. */
struct lwait {
    const char *what; /**< what is waited for, in a word or two: "reply"; set before the wait */
    double since;     /**< when the wait began, in the loop's seconds; 0: set when it begins */
    bool over;
    struct ltask *task; /**< parked, or NULL while somebody steps in place or nobody waits */
    int top;            /**< of a parked task's stack */
    lua_KFunction k;    /**< it goes on with this */
    lua_KContext context;
    /** Gives up what is waited for: nobody waits any more. Must not raise. NULL: it may come. */
    void (*cancel)(struct lwait *wait);
};

/** A wait in place, which steps the loop on the C stack; those within it come first. */
struct lplace {
    struct lplace *outer; /**< the one around it, or NULL */
    const struct lwait *wait;
    lua_State *thread;
    struct ltask *task; /**< that waits, or NULL outside of tasks */
};

/** Says that nothing is open any more that could end a wait. */
const char *lwait_in_vain(const struct lruntime *runtime);

/** Error of a wait that somebody interrupts, and of code that runs. */
#define LWAIT_INTERRUPTED "interrupted!"

/** Returns whether a wait of the code that runs in `L` parks its task; else it steps the loop in
 * place. */
static inline bool lwait_can_park(lua_State *L, const struct lruntime *runtime)
{
    return runtime->task && runtime->task->thread == L && lua_isyieldable(L);
}

/** Ends the wait. From a completion: resumes the parked task. */
LOOP_STEPS void lwait_end(struct lwait *wait);

/** Gives up a wait whose memory is collected. Where a task is parked there, the program has closed
 * its thread, and the task ends as by ltask_cancel(). */
void lwait_gone(struct lwait *wait);

/** Waits in a C function, and goes on with `k`, which gets `context`: parks the task where it can,
 * steps the loop right here where it can't (a metamethod, a sort comparator, someone else's
 * coroutine, a stock Lua's main chunk), unless too many do that (lnesting.h): that is an error. Use
 * as `return lwait_for(…)`. */
LUA_RUNS int lwait_for(lua_State *L, struct lwait *wait, lua_KContext context, lua_KFunction k);

/** Waits as lwait_for() does, in the state's runtime, which is known. lnesting_check() comes first.
 */
LUA_RUNS int lwait_in(lua_State *L, struct lruntime *runtime, struct lwait *wait,
                      lua_KContext context, lua_KFunction k);

/** Steps the loop once for the Lua code that runs in `L`, as lruntime_step() does; meanwhile the
 * code is seen to wait in place. */
LOOP_STEPS bool lwait_step(lua_State *L, struct lruntime *runtime, double timeout);

#endif
