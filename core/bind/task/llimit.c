#include "bind/task/llimit.h"

#include <stdio.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/task/ltask.h"
#include "bind/task/lwait.h"
#include "net/signal.h"
#include "rpc/request.h"

#define INSTRUCTIONS 1000 /* between two looks */
#define CLEANUP 1.0       /* seconds that code has to end after it was told so */

static bool *overran(struct lruntime *runtime)
{
    return runtime->task ? &runtime->task->overran : &runtime->limit.overran;
}

/* Has code that goes on after the error, which is about to be raised, get it again at every
 * instruction. */
static void insist(lua_State *L, struct lruntime *runtime)
{
    if (*overran(runtime))
        lua_sethook(L, lua_gethook(L), LUA_MASKCOUNT, 1);
    *overran(runtime) = true;
}

LUA_RUNS static void end(lua_State *L, struct lruntime *runtime, const char *why)
{
    insist(L, runtime);
    lerror_push(L, "TimeoutError", why);
    lua_error(L);
}

/* Returns whether what runs has to end when its process does, or its daemon. */
static bool has_to_end(const struct lruntime *runtime)
{
    const struct ltask *task = runtime->task;
    const struct pyro_request *request = task ? task->request : NULL;
    return runtime->limit.deadline > 0 &&
           (atomic_load(&runtime->limit.told) || (request && pyro_request_is_last(request)));
}

static bool has_limit(const struct lruntime *runtime)
{
    return runtime->core.config.CALL_TIME_LIMIT > 0 && runtime->task && runtime->task->serves;
}

/* Returns how long code may go on that was told to end. */
static double cleanup(double limit)
{
    return limit < CLEANUP ? limit : CLEANUP;
}

LUA_RUNS static void end_for_good(lua_State *L, struct lruntime *runtime, double now)
{
    char why[100];
    double time = runtime->core.config.GRACE_TIME;
    if (now < runtime->limit.deadline)
        return;
    if (!*overran(runtime))
        runtime->limit.deadline = now + cleanup(time);
    runtime->limit.ended = true;
    snprintf(why, sizeof(why), "told to end, and still running after GRACE_TIME (%g seconds)",
             time);
    end(L, runtime, why);
}

LUA_RUNS static void end_call(lua_State *L, struct lruntime *runtime, double now)
{
    char why[100];
    double limit = runtime->core.config.CALL_TIME_LIMIT;
    if (now - runtime->limit.since < limit)
        return;
    if (!*overran(runtime))
        runtime->limit.since = now - limit + cleanup(limit);
    snprintf(why, sizeof(why), "the call ran for more than CALL_TIME_LIMIT (%g seconds)", limit);
    end(L, runtime, why);
}

/* Nothing limits what runs, for now: in a program of C, that may come from another thread. */
static void go_on(lua_State *L, const struct lruntime *runtime)
{
    if (!runtime->embedded)
        lua_sethook(L, NULL, 0, 0);
    else if (lua_gethookcount(L) != INSTRUCTIONS)
        llimit_watch(L);
}

static void limit_on_instructions(lua_State *L, lua_Debug *where)
{
    struct lruntime *runtime = lruntime_of(L);
    bool typed = runtime->task && runtime->task->interruptible;
    double now = pyro_wall_seconds();
    (void)where;
    if (typed && pyro_signal_came())
        luaL_error(L, LWAIT_INTERRUPTED);
    if (runtime->embedded && atomic_load(&runtime->stopping)) {
        insist(L, runtime);
        luaL_error(L, "the runtime was stopped");
    }
    if (atomic_load(&runtime->limit.told))
        llimit_grace(runtime);
    if (has_to_end(runtime))
        end_for_good(L, runtime, now);
    else if (has_limit(runtime))
        end_call(L, runtime, now);
    else if (!typed)
        go_on(L, runtime);
}

void llimit_watch(lua_State *thread)
{
    lua_sethook(thread, limit_on_instructions, LUA_MASKCOUNT, INSTRUCTIONS);
}

void llimit_enter(struct ltask *task)
{
    llimit_again(task->runtime);
    if (task->interruptible) /* it is watched already */
        return;
    if (!task->overran || lua_gethook(task->thread) != limit_on_instructions)
        llimit_watch(task->thread);
}

void llimit_tell(void *context)
{
    struct lruntime *runtime = context;
    atomic_store(&runtime->limit.told, true);
    llimit_watch(runtime->from);
}

double llimit_grace(struct lruntime *runtime)
{
    double now = pyro_wall_seconds();
    double *deadline = &runtime->limit.deadline;
    if (*deadline == 0)
        *deadline = now + runtime->core.config.GRACE_TIME;
    return *deadline > now ? *deadline - now : 0;
}

void llimit_forget(struct lruntime *runtime)
{
    atomic_store(&runtime->limit.told, false);
    runtime->limit.deadline = 0;
    runtime->limit.overran = false;
}
