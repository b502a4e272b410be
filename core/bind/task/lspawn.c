#include "bind/task/lspawn.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lweak.h"
#include "bind/base/marks.h"
#include "bind/task/lbackground.h"
#include "bind/task/levent.h"
#include "bind/task/ltask.h"

#define SPAWNED_TYPE "pyro.task"

/* Registry key, by its address, of a table: thread -> what the program spawned in it, weakly. */
static const char spawned_key = 0;

/* Lies at the bottom of the thread as a variable to be closed: so it learns when the program closes
 * the thread. */
struct spawned {
    struct ltask *task; /* NULL once it has ended */
    struct levent over;
};

LOOP_STEPS static void spawned_ended(struct ltask *task, int status, int nresults)
{
    struct spawned *spawned = task->owner;
    (void)nresults;
    if (status == LTASK_ABANDONED)
        return;
    PYRO_ASSERT(!spawned->over.set);
    spawned->task = NULL;
    lbackground_report(task, status);
    levent_set(task->runtime, &spawned->over);
}

static int spawned_close(lua_State *L)
{
    struct spawned *spawned = lua_touserdata(L, 1);
    if (spawned->task)
        ltask_cancel(spawned->task);
    return 0;
}

static int returned(lua_State *L, int status, lua_KContext context)
{
    struct spawned *spawned = (struct spawned *)context;
    (void)L;
    (void)status;
    spawned->task = NULL; /* it is not being closed, it ends */
    return 0;
}

/* Calls the function with its arguments, which follow: the body of the thread. */
static int run(lua_State *L)
{
    lua_KContext spawned = (lua_KContext)lua_touserdata(L, 1);
    lua_toclose(L, 1);
    lua_callk(L, lua_gettop(L) - 2, 0, spawned, returned);
    return returned(L, LUA_OK, spawned);
}

static int spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct spawned *spawned = lua_newuserdatauv(L, sizeof(*spawned), 0);
    *spawned = (struct spawned){.task = NULL};
    levent_init(&spawned->over, "task");
    luaL_setmetatable(L, SPAWNED_TYPE);
    lua_insert(L, 1);
    lua_pushcfunction(L, run);
    lua_insert(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &spawned_key);
    lua_insert(L, 1);
    lua_pushvalue(L, 3);
    lua_insert(L, 2); /* the table, what is spawned; then what is run */
    spawned->task = ltask_start(L, lua_gettop(L) - 3, spawned_ended, spawned);
    spawned->task->shown = true;
    lua_pushvalue(L, -1);
    lua_pushvalue(L, 2);
    lua_rawset(L, 1);
    return 1;
}

static int tell_over(lua_State *L, int status, lua_KContext context)
{
    const struct spawned *spawned = lua_touserdata(L, 1);
    (void)status;
    (void)context;
    lua_pushboolean(L, spawned->over.set);
    return 1;
}

static int join(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTHREAD);
    luaL_argcheck(L, lua_tothread(L, 1) != L, 1, "a task cannot wait for its own end");
    double seconds = luaL_optnumber(L, 2, -1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &spawned_key);
    lua_pushvalue(L, 1);
    luaL_argcheck(L, lua_rawget(L, -2) == LUA_TUSERDATA, 1, "not a task of pyro.spawn()");
    lua_replace(L, 1);
    lua_settop(L, 1);
    struct spawned *spawned = lua_touserdata(L, 1);
    return levent_wait(L, &spawned->over, seconds, tell_over);
}

void lspawn_open(lua_State *L)
{
    luaL_newmetatable(L, SPAWNED_TYPE);
    lua_pushcfunction(L, spawned_close);
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
    lweak_push_table(L, "k");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &spawned_key);
    lua_pushcfunction(L, spawn);
    lua_setfield(L, -2, "spawn");
    lua_pushcfunction(L, join);
    lua_setfield(L, -2, "join");
}
