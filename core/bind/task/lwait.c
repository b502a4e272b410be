#include "bind/task/lwait.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/task/lnesting.h"
#include "bind/task/ltask.h"
#include "net/signal.h"

const char *lwait_in_vain(const struct lruntime *runtime)
{
    return pyro_loop_inherited(runtime->core.loop)
               ? "waiting for what cannot come: this process was forked, and all is its parent's"
               : "waiting for what cannot come: nothing is open any more";
}

void lwait_end(struct lwait *wait)
{
    struct ltask *task = wait->task;
    PYRO_ASSERT(!task || (!wait->over && task->parked == wait)); /* it resumes a task once */
    wait->over = true;
    wait->task = NULL;
    if (task) {
        task->parked = NULL;
        ltask_resume(task);
    }
}

/* A thread that still waits for it goes with the Lua state. */
void lwait_gone(struct lwait *wait)
{
    if (wait->task && lua_status(wait->task->thread) != LUA_YIELD)
        ltask_cancel(wait->task);
}

int lwait_for(lua_State *L, struct lwait *wait, lua_KContext context, lua_KFunction k)
{
    struct lruntime *runtime = lruntime_of(L);
    if (!wait->over)
        lnesting_check(L, runtime);
    return lwait_in(L, runtime, wait, context, k);
}

static int fail_interrupted(lua_State *L)
{
    lua_pushliteral(L, LWAIT_INTERRUPTED);
    return lua_error(L);
}

/* A task that was parked goes on: its wait is over, or else it was interrupted. Or somebody else
 * has resumed it, which changes nothing. */
static int unparked(lua_State *L, int status, lua_KContext context)
{
    struct lwait *wait = (struct lwait *)context;
    if (wait->over)
        return wait->k(L, status, wait->context);
    if (!wait->task)
        return fail_interrupted(L);
    lua_settop(L, wait->top);
    return lua_yieldk(L, 0, context, unparked);
}

int lwait_in(lua_State *L, struct lruntime *runtime, struct lwait *wait, lua_KContext context,
             lua_KFunction k)
{
    struct ltask *task = runtime->task;
    if (!wait->over && lwait_can_park(L, runtime)) {
        PYRO_ASSERT(!task->parked && !wait->task); /* one waits for one */
        *wait = (struct lwait){
            .task = task, .top = lua_gettop(L), .k = k, .context = context, .cancel = wait->cancel};
        task->parked = wait;
        return lua_yieldk(L, 0, (lua_KContext)wait, unparked);
    }
    while (!wait->over) {
        bool alive = lruntime_step(runtime, L, -1);
        if (!wait->over && task && task->interruptible && pyro_signal_came())
            return fail_interrupted(L);
        if (!wait->over && !alive)
            return luaL_error(L, lwait_in_vain(runtime));
    }
    return k(L, LUA_OK, context);
}
