/** @file
 * Waits inside of waits: whoever waits where Lua cannot yield steps the loop right there, on the C
 * stack, and what runs meanwhile may do the same. */
#ifndef PYRO_BIND_TASK_LNESTING_H
#define PYRO_BIND_TASK_LNESTING_H

#include "bind/base/marks.h"
#include "bind/task/lwait.h"

/** Returns whether the code that runs in `L` may step the loop: not more than MAX_NESTED_WAITS
 * times inside of another step, and only while the stacks of Lua and C have room for what runs
 * meanwhile. Else PYRO_EPYRO. Pushes nothing, and raises no error. */
LOOP_STEPS bool lnesting_allowed(lua_State *L, struct lruntime *runtime, struct pyro_error *err);

/** Raises that error. */
LUA_RUNS void lnesting_check_step(lua_State *L, struct lruntime *runtime);

/** Raises that error where a wait in `L` would have to step the loop too deep. To be called before
 * what is waited for is begun. */
LUA_RUNS static inline void lnesting_check(lua_State *L, struct lruntime *runtime)
{
    if (!lwait_can_park(L, runtime))
        lnesting_check_step(L, runtime);
}

#endif
