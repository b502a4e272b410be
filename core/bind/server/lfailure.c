#include "bind/server/lfailure.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/message/lentries.h"
#include "bind/value/lbuilder.h"

/* --- the log --- */

/* Pushes a field of the error at `index`, if it is of that type; else nil. Runs no Lua. */
LUA_RAISES static void push_field(lua_State *L, int index, const char *name, int type)
{
    if (!lua_istable(L, index)) {
        lua_pushnil(L);
        return;
    }
    lua_pushstring(L, name);
    if (lua_rawget(L, index) == type)
        return;
    lua_pop(L, 1);
    lua_pushnil(L);
}

/* Replaces the list of lines at the top by all of them, as far as a log shows them. */
LUA_RAISES static void join_lines(lua_State *L)
{
    luaL_Buffer text;
    int lines = lua_gettop(L);
    luaL_buffinit(L, &text);
    for (lua_Integer i = 1; luaL_bufflen(&text) < PYRO_LOG_TRACEBACK_SIZE; i++) {
        if (lua_rawgeti(L, lines, i) != LUA_TSTRING) {
            lua_pop(L, 1);
            break;
        }
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    lua_replace(L, lines);
    lua_settop(L, lines);
}

/* Returns the string at `index`; an empty one where it is nil. */
static struct pyro_slice text_at(lua_State *L, int index)
{
    struct pyro_slice text = {NULL, 0};
    if (lua_isstring(L, index))
        text.data = lua_tolstring(L, index, &text.length);
    return text;
}

void lfailure_log(lua_State *L, int index, struct pyro_request *request, struct pyro_slice method)
{
    int top = lua_gettop(L);
    index = lua_absindex(L, index);
    luaL_checkstack(L, 8, "error");
    lerror_push_text(L, index);
    push_field(L, index, "class", LUA_TSTRING);
    push_field(L, index, "remoteTraceback", LUA_TTABLE);
    if (lua_istable(L, -1) && pyro_request_logs_tracebacks(request))
        join_lines(L);
    const struct pyro_failure failure = {.method = method,
                                         .error = text_at(L, top + 2),
                                         .text = lua_tostring(L, top + 1),
                                         .traceback = text_at(L, top + 3)};
    pyro_request_count_error(request, failure.error.length > 0
                                          ? failure.error
                                          : pyro_slice_text(pyro_error_class(PYRO_ERUNTIME)));
    pyro_request_log(request, &failure);
    lua_settop(L, top);
}

/* --- the owner --- */

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
        pyro_request_log(request, &(struct pyro_failure){.method = request->call.method,
                                                         .text = lerror_make_text(L)});
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
