#include "bind/server/lfailure.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/message/lentries.h"
#include "bind/value/lbuilder.h"

/* Pushes the arguments of a request: a list, and a dict. */
LUA_RUNS static void push_arguments(lua_State *L, struct pyro_request *request)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    lbuilder_init(&builder, L, false, &err);
    if (pyro_request_args(request, &builder.sink, &err) != PYRO_OK)
        lerror_raise(L, &err);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        ltype_set(L, LTYPE_DICT);
    }
}

/* Tells the owner. Takes the request and the error; of a batch entry, also the entries and the
 * index of the name. */
static int tell(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 1);
    struct pyro_slice method = request->call.method;
    if (lua_gettop(L) > 2) {
        lua_Integer name = lua_tointeger(L, 4);
        lua_rawgeti(L, 3, name);
        lentries_push_tables(L, 3, name);
    } else {
        lua_pushlstring(L, method.data, method.length);
        push_arguments(L, request);
    }
    lua_pushvalue(L, 2);
    pyro_request_report_failure(request, L);
    return 0;
}

/* Calls tell() with the `count` values at the top, which are popped. Logs what fails, which must
 * not take the place of the error. */
LOOP_STEPS static void tell_protected(lua_State *L, struct pyro_request *request, int count)
{
    lua_pushcfunction(L, tell);
    lua_insert(L, -1 - count);
    if (lua_pcall(L, count, 0, 0) != LUA_OK) {
        pyro_request_log(request, request->call.method, lerror_make_text(L));
        lua_pop(L, 1);
    }
}

void lfailure_tell(lua_State *L, struct pyro_request *request)
{
    if ((request->flags & PYRO_FLAG_BLOB) || !pyro_request_reports_failure(request))
        return;
    luaL_checkstack(L, 8, "arguments");
    lua_pushlightuserdata(L, request);
    lua_pushvalue(L, -2);
    tell_protected(L, request, 2);
}

void lfailure_tell_entry(lua_State *L, struct pyro_request *request, int table, lua_Integer name)
{
    if (!request || !pyro_request_reports_failure(request))
        return;
    luaL_checkstack(L, 8, "arguments");
    lua_pushlightuserdata(L, request);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, table);
    lua_pushinteger(L, name);
    tell_protected(L, request, 4);
}
