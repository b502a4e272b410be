#include <lauxlib.h>
#include <string.h>

#include "bind/base/lcomplaint.h"
#include "bind/base/marks.h"
#include "bind/module/open.h"
#include "bind/task/lmain.h"
#include "host/call.h"

/* Returns an error value as lua prints it: strings and numbers as they are, objects by __tostring.
 */
LUA_RUNS static const char *error_text(lua_State *L)
{
    const char *text = lua_tostring(L, -1);
    if (text)
        return text;
    if (luaL_callmeta(L, -1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
        return lua_tostring(L, -1);
    return lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, -1));
}

void host_report(lua_State *L)
{
    lcomplain(PROGRAM ": ", error_text(L));
    lua_settop(L, 0);
}

LUA_RAISES static bool has_text(lua_State *L, const char *field)
{
    lua_pushstring(L, field);
    bool has = lua_rawget(L, -2) == LUA_TSTRING;
    lua_pop(L, 1);
    return has;
}

LUA_RAISES static bool is_error_object(lua_State *L)
{
    if (luaL_getmetafield(L, -1, "__name") == LUA_TNIL)
        return false;
    bool is = lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "pyro.Error") == 0;
    lua_pop(L, 1);
    return is;
}

/* Returns whether the value at the top is an error object, or has the fields of one, as exceptions
 * of registered classes do. */
LUA_RAISES static bool is_pyro_error(lua_State *L)
{
    return lua_istable(L, -1) &&
           (is_error_object(L) || (has_text(L, "class") && has_text(L, "message")));
}

/* Prints a Pyro error with its remote traceback, by the Lua side. */
LUA_RUNS static bool call_excepthook(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "pyro");
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        lua_pop(L, 1);
        return false;
    }
    lua_getfield(L, -1, "excepthook");
    lua_pushvalue(L, -3);
    if (!lmain_push_failed_thread(L)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pop(L, 2);
        return false;
    }
    lua_pop(L, 1);
    return true;
}

bool host_call(lua_State *L, int nargs)
{
    if (lmain_run(L, nargs) == LUA_OK)
        return true;
    if (is_pyro_error(L) && call_excepthook(L)) {
        lua_settop(L, 0);
        return false;
    }
    lcomplain(PROGRAM ": ", error_text(L));
    if (lmain_push_failed_thread(L)) {
        luaL_traceback(L, lua_tothread(L, -1), NULL, 0);
        lcomplain("", lua_tostring(L, -1));
    }
    lua_settop(L, 0);
    return false;
}
