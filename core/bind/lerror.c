#include "bind/lerror.h"

#include <string.h>

#include "bind/ltypes.h"

void lerror_push(lua_State *L, const char *class_name, const char *message)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, class_name);
    lua_setfield(L, -2, "class");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    lua_createtable(L, 1, 0);
    lua_pushstring(L, message);
    lua_rawseti(L, -2, 1);
    lua_setfield(L, -2, "args");
    luaL_setmetatable(L, LERROR_TYPE);
}

int lerror_raise(lua_State *L, const struct pyro_error *err)
{
    lerror_push(L, pyro_error_name(err), err->message);
    return lua_error(L);
}

int lerror_raise_at(lua_State *L, const char *place, const struct pyro_error *err)
{
    bool located = strchr(":.[", err->message[0]) != NULL;
    lua_pushfstring(L, "%s%s%s", place, located ? "" : ": ", err->message);
    lerror_push(L, pyro_error_name(err), lua_tostring(L, -1));
    return lua_error(L);
}

bool lerror_is(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return false;
    luaL_getmetatable(L, LERROR_TYPE);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* Gives the error object at `object` the attributes in the dict at the top, of which the traceback
 * has a place of its own. Pops them. */
static void take_attributes(lua_State *L, int object)
{
    if (lua_getfield(L, -1, "_pyroTraceback") == LUA_TTABLE)
        lua_setfield(L, object, "remoteTraceback");
    else
        lua_pop(L, 1);
    lua_pushnil(L);
    lua_setfield(L, -2, "_pyroTraceback");
    lua_setfield(L, object, "attributes");
}

void lerror_from_dict(lua_State *L)
{
    int dict = lua_gettop(L), object = dict + 1;
    luaL_checkstack(L, 8, "exception");
    lua_createtable(L, 0, 4);
    lua_getfield(L, dict, "__class__");
    lua_pushstring(L, pyro_error_short_name(luaL_tolstring(L, -1, NULL)));
    lua_setfield(L, object, "class");
    if (lua_getfield(L, dict, "args") != LUA_TTABLE)
        lua_newtable(L);
    lua_pushnil(L); /* a list or a tuple, as the serializer has it: here a plain table */
    lua_setmetatable(L, -2);
    lua_setfield(L, object, "args");
    if (lua_getfield(L, dict, "attributes") == LUA_TTABLE)
        take_attributes(L, object);
    lua_settop(L, object);
    luaL_setmetatable(L, LERROR_TYPE);
    lua_replace(L, dict);
}

void lerror_push_substitute(lua_State *L, int index, int why)
{
    index = lua_absindex(L, index);
    why = lua_absindex(L, why);
    lua_pushfstring(L, "Error serializing exception: %s. Original exception: %s",
                    luaL_tolstring(L, why, NULL), luaL_tolstring(L, index, NULL));
    lerror_push(L, "PyroError", lua_tostring(L, -1));
    if (lerror_is(L, index)) {
        lua_getfield(L, index, "remoteTraceback");
        lua_setfield(L, -2, "remoteTraceback");
    }
    lua_replace(L, -4);
    lua_pop(L, 2);
}

bool lerror_is_raisable(lua_State *L, int index)
{
    if (!lua_istable(L, index) || !lua_getmetatable(L, index))
        return false;
    lua_pop(L, 1);
    enum ltype type = ltype_of(L, index);
    return type == LTYPE_ERROR || type == LTYPE_PLAIN;
}

static int error_tostring(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "class");
    lua_getfield(L, 1, "message");
    const char *message = luaL_tolstring(L, -1, NULL);
    const char *class_name = luaL_tolstring(L, 2, NULL);
    lua_pushfstring(L, *message ? "%s: %s" : "%s", class_name, message);
    return 1;
}

static int new_error(lua_State *L)
{
    luaL_checkstring(L, 1);
    int count = lua_gettop(L) - 1;
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "class");
    lua_createtable(L, count, 0);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(L, i + 1);
        lua_rawseti(L, -2, i);
    }
    lua_setfield(L, -2, "args");
    luaL_setmetatable(L, LERROR_TYPE);
    return 1;
}

void lerror_open(lua_State *L)
{
    luaL_newmetatable(L, LERROR_TYPE);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_setfield(L, -2, "Error");
    luaL_newmetatable(L, LERROR_FAILURE_TYPE);
    lua_setfield(L, -2, "Failure");
    lua_pushcfunction(L, new_error);
    lua_setfield(L, -2, "newerror");
}
