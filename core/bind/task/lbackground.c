#include "bind/task/lbackground.h"

#include <lauxlib.h>

#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/task/ltask.h"

void lbackground_report(struct ltask *task, int status)
{
    lua_State *L = task->runtime->from;
    if (status == LUA_OK || status == LTASK_ABANDONED || status == LTASK_CLOSED ||
        !lua_checkstack(L, 4))
        return;
    lhook_push(L, LHOOK_UNCAUGHT);
    lua_pushvalue(task->thread, -1);
    lua_xmove(task->thread, L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK)
        lua_pop(L, 1);
}

LOOP_STEPS static void background_ended(struct ltask *task, int status, int nresults)
{
    (void)nresults;
    lbackground_report(task, status);
}

struct ltask *lbackground_start(lua_State *L, int nargs)
{
    struct ltask *task = ltask_start(L, nargs, background_ended, NULL);
    lua_pop(L, 1);
    return task;
}

/* core.launch(f, …): runs it in the background, at once, up to where it first waits */
static int launch(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    lua_State *from = runtime->from;
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct ltask *task = lbackground_start(L, lua_gettop(L) - 1);
    runtime->from = L;
    ltask_resume(task);
    runtime->from = from;
    return 0;
}

static int spawn_alone(lua_State *L)
{
    lbackground_start(L, lua_gettop(L) - 1);
    return 0;
}

void lbackground_spawn(lua_State *L, int nargs)
{
    if (lua_isnil(L, -1 - nargs)) {
        lua_pop(L, 1 + nargs);
        return;
    }
    lua_pushcfunction(L, spawn_alone);
    lua_insert(L, -2 - nargs);
    if (lua_pcall(L, 1 + nargs, 0, 0) != LUA_OK)
        lua_pop(L, 1);
}

void lbackground_open(lua_State *L)
{
    lua_pushcfunction(L, launch);
    lua_setfield(L, -2, "launch");
}
