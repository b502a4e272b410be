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

/* Leaves a thread alone that still waits: it goes with the Lua state. */
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

static inline void note_begin(const struct lruntime *runtime, struct lwait *wait)
{
    if (wait->since == 0)
        wait->since = pyro_loop_now(runtime->core.loop);
}

/* Notes a wait in place, until runtime->place is put back to the outer one. */
static void enter(struct lplace *place, lua_State *L, struct lruntime *runtime, struct lwait *wait)
{
    *place = (struct lplace){runtime->place, wait, L, runtime->task};
    note_begin(runtime, wait);
    runtime->place = place;
}

/* Steps the loop until the wait is over, somebody interrupts it, or nothing is left to wait for.
 * Returns whether it was interrupted. */
LOOP_STEPS static bool wait_in_place(lua_State *L, struct lruntime *runtime, struct lwait *wait)
{
    struct ltask *task = runtime->task;
    struct lplace place;
    bool alive = true, interrupted = false;
    enter(&place, L, runtime, wait);
    while (!wait->over && alive && !interrupted) {
        alive = lruntime_step(runtime, L, -1);
        interrupted = !wait->over && task && task->interruptible && pyro_signal_came();
    }
    runtime->place = place.outer;
    return interrupted;
}

/* Continues a task that was parked: its wait is over, or else it was interrupted. Where somebody
 * else has resumed it, it goes on waiting. */
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
    PYRO_ASSERT(wait->what);
    if (!wait->over && lwait_can_park(L, runtime)) {
        PYRO_ASSERT(!task->parked && !wait->task); /* one waits for one */
        note_begin(runtime, wait);
        *wait = (struct lwait){.what = wait->what,
                               .since = wait->since,
                               .task = task,
                               .top = lua_gettop(L),
                               .k = k,
                               .context = context,
                               .cancel = wait->cancel};
        task->parked = wait;
        return lua_yieldk(L, 0, (lua_KContext)wait, unparked);
    }
    if (!wait->over && wait_in_place(L, runtime, wait))
        return fail_interrupted(L);
    if (!wait->over)
        return luaL_error(L, lwait_in_vain(runtime));
    return k(L, LUA_OK, context);
}

bool lwait_step(lua_State *L, struct lruntime *runtime, double timeout)
{
    struct lwait wait = {.what = "step"};
    struct lplace place;
    enter(&place, L, runtime, &wait);
    bool alive = lruntime_step(runtime, L, timeout);
    runtime->place = place.outer;
    return alive;
}
