#include "bind/client/lbatch.h"

#include "bind/base/lerror.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/client/linvoke.h"
#include "bind/client/lreply.h"
#include "bind/message/lentries.h"

#define BATCH_TYPE "pyro.Batch"

/* User values of a batch, which is a struct lentries. */
enum { PROXY = 1, ENTRIES };

/* Empties the batch at 1. */
LUA_RAISES static struct lentries *batch_empty(lua_State *L, struct lentries *entries)
{
    lua_newtable(L);
    lua_setiuservalue(L, 1, ENTRIES);
    *entries = (struct lentries){.used = 0};
    return entries;
}

static int batch_new(lua_State *L)
{
    lproxy_check(L, 1);
    struct lentries *entries = lua_newuserdatauv(L, sizeof(*entries), ENTRIES);
    lua_insert(L, 1);
    batch_empty(L, entries);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 1, PROXY);
    lua_settop(L, 1);
    luaL_setmetatable(L, BATCH_TYPE);
    return 1;
}

/* --- collecting --- */

static int batch_add(lua_State *L)
{
    struct lentries *entries = luserdata_test(L, 1, lua_upvalueindex(LMETHOD_TYPE));
    if (!entries)
        return luaL_error(L, "a method of a batch is called with a colon: batch:%s(…)",
                          lua_tostring(L, lua_upvalueindex(LMETHOD_NAME)));
    int arguments = lua_gettop(L) - 1;
    luaL_checkstack(L, 4, "too many arguments");
    lua_getiuservalue(L, 1, ENTRIES);
    lentries_add(L, entries, lua_upvalueindex(LMETHOD_NAME), 2, arguments);
    return 0;
}

/* Takes any name for a method, which adds a call of it to the batch. */
static int batch_index(lua_State *L)
{
    luaL_checkstring(L, 2);
    luserdata_push_method(L, batch_add);
    return 1;
}

/* --- sending --- */

static int batch_send(lua_State *L)
{
    struct lentries *entries = luaL_checkudata(L, 1, BATCH_TYPE);
    lua_Integer count = entries->count;
    bool oneway = lua_toboolean(L, 2);
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, PROXY);
    lua_getiuservalue(L, 1, ENTRIES);
    batch_empty(L, entries);
    lua_remove(L, 1);
    lproxy_check(L, 1);
    return linvoke_batch(L, count, oneway);
}

/* --- results --- */

/* Upvalues of an iterator: the list, nil when it is over; the index of the last result; the type of
 * a result that is an error. */
enum { RESULTS = 1, POSITION, FAILURE };

/* Returns the next result. Raises the first error among the results, which is the last of them: no
 * later call was made. */
static int next_result(lua_State *L)
{
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(POSITION)) + 1;
    if (lua_isnil(L, lua_upvalueindex(RESULTS)))
        return 0;
    lua_pushinteger(L, position);
    lua_replace(L, lua_upvalueindex(POSITION));
    lua_rawgeti(L, lua_upvalueindex(RESULTS), position);
    if (!lua_istable(L, -1) || !lua_getmetatable(L, -1))
        return 1;
    bool failed = lua_rawequal(L, -1, lua_upvalueindex(FAILURE));
    lua_pop(L, 1);
    if (!failed)
        return 1;
    lua_pushnil(L);
    lua_replace(L, lua_upvalueindex(RESULTS));
    lua_rawgeti(L, -1, 1);
    lreply_make_raisable(L);
    return lua_error(L);
}

static int batch_results(lua_State *L)
{
    if (!lua_istable(L, 1)) {
        lerror_push(L, "ProtocolError", "what a batch returned is no list");
        return lua_error(L);
    }
    lua_settop(L, 1);
    lua_pushinteger(L, 0);
    luaL_getmetatable(L, LERROR_FAILURE_TYPE);
    lua_pushcclosure(L, next_result, FAILURE);
    return 1;
}

void lbatch_open(lua_State *L)
{
    luaL_newmetatable(L, BATCH_TYPE);
    luserdata_index_methods(L, batch_index);
    lua_setfield(L, -2, "batch_type");
    lua_pushcfunction(L, batch_new);
    lua_setfield(L, -2, "new_batch");
    lua_pushcfunction(L, batch_send);
    lua_setfield(L, -2, "send_batch");
    lua_pushcfunction(L, batch_results);
    lua_setfield(L, -2, "iterate_results");
}
