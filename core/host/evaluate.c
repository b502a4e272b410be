#include "host/evaluate.h"

#include <lauxlib.h>

#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/task/linterrupt.h"
#include "bind/task/lwait.h"

#define EVALUATION_TYPE "pyro.evaluation"

struct evaluation {
    struct lwait wait;
    struct linterrupt interrupt;
    int *context;         /* the call context of who waits, which both use */
    int status, nresults; /* what its thread holds once it is over */
};

LOOP_STEPS static void evaluate_on_ended(struct ltask *task, int status, int nresults)
{
    struct evaluation *evaluation = task->owner;
    if (status == LTASK_ABANDONED)
        return;
    linterrupt_ended(&evaluation->interrupt, task);
    if (*evaluation->context)
        luaL_unref(task->runtime->from, LUA_REGISTRYINDEX, *evaluation->context);
    *evaluation->context = task->context;
    task->context = 0;
    evaluation->status = status;
    evaluation->nresults = nresults;
    lwait_end(&evaluation->wait);
}

static int evaluation_gc(lua_State *L)
{
    struct evaluation *evaluation = lua_touserdata(L, 1);
    lwait_gone(&evaluation->wait);
    linterrupt_close(&evaluation->interrupt); /* whoever waits for the task fails before it does */
    return 0;
}

/* Pushes a table of the values at the top of the thread: they may be more than fit on a stack
 * twice. */
LUA_RUNS static void push_results(lua_State *L, lua_State *thread, int count)
{
    lua_createtable(L, count, 1);
    lua_pushinteger(L, count);
    lua_setfield(L, -2, "n");
    for (int i = count; i > 0; i--) {
        lua_xmove(thread, L, 1);
        lua_rawseti(L, -2, i);
    }
}

/* Continues with the evaluation and its thread at the top. */
static int evaluated(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct evaluation *evaluation = lua_touserdata(L, -2);
    lua_State *thread = lua_tothread(L, -1);
    linterrupt_close(&evaluation->interrupt);
    lua_pushboolean(L, evaluation->status == LUA_OK);
    if (evaluation->status == LUA_OK) {
        push_results(L, thread, evaluation->nresults);
        return 2;
    }
    lua_xmove(thread, L, 1);
    lua_pushvalue(L, -3);
    return 3;
}

static int evaluate(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct evaluation *evaluation = lua_newuserdatauv(L, sizeof(*evaluation), 0);
    *evaluation =
        (struct evaluation){.wait.what = "evaluation", .context = ltask_context(lruntime_of(L))};
    luaL_setmetatable(L, EVALUATION_TYPE);
    lua_insert(L, 1);
    linterrupt_watch(L, &evaluation->interrupt);
    struct ltask *task = ltask_start(L, lua_gettop(L) - 2, evaluate_on_ended, evaluation);
    task->keep = true;
    linterrupt_begin(&evaluation->interrupt, task);
    if (*evaluation->context) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, *evaluation->context);
        task->context = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    return lwait_for(L, &evaluation->wait, 0, evaluated);
}

int host_open_evaluate(lua_State *L)
{
    luserdata_finalize(L, EVALUATION_TYPE, evaluation_gc);
    lua_pushcfunction(L, evaluate);
    return 1;
}
