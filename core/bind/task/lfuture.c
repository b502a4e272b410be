/* Futures: userdata that get a value, or an error, later.
 *
 * A future is not ready, then ready, once and for all: whoever waits for it is woken in the next
 * step. Where it has callbacks, it stays not ready while a task passes the outcome on to them. Its
 * first user value is what it needs until it is ready, then its outcome. Settling one raises no
 * error, and runs no Lua but that task. */
#include "bind/task/lfuture.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lhook.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/task/lbackground.h"
#include "bind/task/levent.h"
#include "bind/task/ltask.h"

#define FUTURE_TYPE "pyro.Future"

static const char type_key = 0; /* its address is the registry key of the metatable */

enum { OUTCOME = 1, CALLBACKS, USER_VALUES = CALLBACKS }; /* its user values */

/* It has no finalizer, as there may be many, and these cost more than the rest. */
struct lfuture {
    struct levent ready;
    bool good;      /* once it is ready */
    bool callbacks; /* whether it has any */
};

/* Functions of futures have the metatable as their first upvalue. */
LUA_RAISES static struct lfuture *check_future(lua_State *L)
{
    struct lfuture *future = luserdata_test(L, 1, lua_upvalueindex(1));
    if (!future)
        luaL_typeerror(L, 1, FUTURE_TYPE);
    return future;
}

void lfuture_push(lua_State *L, int needed)
{
    struct lfuture *future = lua_newuserdatauv(L, sizeof(*future), USER_VALUES);
    levent_init(&future->ready, "future");
    future->callbacks = false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &type_key);
    lua_setmetatable(L, -2);
    if (needed != 0) {
        lua_pushvalue(L, needed);
        lua_setiuservalue(L, -2, OUTCOME);
    }
}

void lfuture_push_needed(lua_State *L, int index)
{
    lua_getiuservalue(L, index, OUTCOME);
}

/* --- settling --- */

/* Settles a future by the value at the top; drops what the future needed, and its callbacks. */
static void be_done(lua_State *L, struct lruntime *runtime, int index, bool good)
{
    struct lfuture *future = lua_touserdata(L, index);
    lua_setiuservalue(L, index, OUTCOME);
    if (future->callbacks) {
        lua_pushnil(L);
        lua_setiuservalue(L, index, CALLBACKS);
        future->callbacks = false;
    }
    future->good = good;
    levent_set(runtime, &future->ready);
}

/* (future, good, value, context) */
static int start_callbacks(lua_State *L)
{
    const struct lfuture_context *context = lua_touserdata(L, 4);
    lua_settop(L, 3);
    lhook_push(L, LHOOK_SETTLE);
    lua_insert(L, 1);
    struct ltask *task = lbackground_start(L, 3);
    if (context)
        context->give(L, task, context->data);
    return 0;
}

void lfuture_settle(lua_State *L, struct lruntime *runtime, int index, bool good,
                    const struct lfuture_context *context)
{
    const struct lfuture *future = lua_touserdata(L, index);
    PYRO_ASSERT(!future->ready.set);
    if (future->callbacks) {
        lua_pushcfunction(L, start_callbacks);
        lua_pushvalue(L, index);
        lua_pushboolean(L, good);
        lua_rotate(L, -4, 3); /* the value comes last */
        lua_pushlightuserdata(L, (void *)context);
        if (lua_pcall(L, 4, 0, 0) == LUA_OK)
            return;
        good = false; /* it gets the error that it cannot be passed on */
    }
    be_done(L, runtime, index, good);
}

/* --- what Lua does with it --- */

static int tell_ready(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    lua_pushboolean(L, check_future(L)->ready.set);
    return 1;
}

/* future:wait([seconds]) -> whether it is ready */
static int future_wait(lua_State *L)
{
    return levent_wait(L, &check_future(L)->ready, luaL_optnumber(L, 2, -1), tell_ready);
}

static int give_value(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    const struct lfuture *future = lua_touserdata(L, 1); /* checked before */
    lua_getiuservalue(L, 1, OUTCOME);
    return future->good ? 1 : lua_error(L);
}

/* Looks a member up; the methods are the second upvalue. */
static int future_index(lua_State *L)
{
    struct lfuture *future = check_future(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "value") == 0)
        return levent_wait(L, &future->ready, -1, give_value);
    if (strcmp(name, "ready") == 0)
        return tell_ready(L, LUA_OK, 0);
    lua_settop(L, 2);
    lua_rawget(L, lua_upvalueindex(2));
    return 1;
}

static int future_tostring(lua_State *L)
{
    lua_pushfstring(L, "<pyro.Future at %p; %s>", lua_topointer(L, 1),
                    check_future(L)->ready.set ? "ready" : "not ready");
    return 1;
}

/* --- what the Lua side does with it --- */

static int future_new(lua_State *L)
{
    lfuture_push(L, 0);
    return 1;
}

static int future_callbacks(lua_State *L)
{
    struct lfuture *future = check_future(L);
    if (future->callbacks) {
        lua_getiuservalue(L, 1, CALLBACKS);
        return 1;
    }
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, CALLBACKS);
    future->callbacks = true;
    return 1;
}

static int future_outcome(lua_State *L)
{
    lua_pushboolean(L, check_future(L)->good);
    lua_getiuservalue(L, 1, OUTCOME);
    return 2;
}

static int future_done(lua_State *L)
{
    check_future(L);
    lua_settop(L, 3);
    be_done(L, lruntime_of(L), 1, lua_toboolean(L, 2));
    return 0;
}

void lfuture_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"get_future_callbacks", future_callbacks},
                                         {"get_future_outcome", future_outcome},
                                         {"settle_future", future_done},
                                         {NULL, NULL}};
    static const luaL_Reg methods[] = {{"wait", future_wait}, {NULL, NULL}};
    int core = lua_gettop(L);
    lua_pushcfunction(L, future_new);
    lua_setfield(L, core, "new_future");
    luaL_newmetatable(L, FUTURE_TYPE);
    lua_pushvalue(L, core);
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, functions, 1);
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, future_tostring, 1);
    lua_setfield(L, -2, "__tostring");
    lua_pushvalue(L, -1);
    lua_newtable(L);
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, methods, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, core, "future_methods");
    lua_pushcclosure(L, future_index, 2);
    lua_setfield(L, -2, "__index");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &type_key);
}
