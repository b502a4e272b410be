#include "bind/lerror.h"

#include <string.h>

/* Sets the message of the error object at the top from its args: Python's str(exception). */
static void set_message(lua_State *L)
{
    int object = lua_gettop(L);
    lua_getfield(L, object, "args");
    lua_Integer count = luaL_len(L, -1);
    lua_pushliteral(L, "");
    for (lua_Integer i = 1; i <= count; i++) {
        lua_pushstring(L, i > 1 ? ", " : "");
        lua_geti(L, object + 1, i);
        luaL_tolstring(L, -1, NULL);
        lua_remove(L, -2);
        lua_concat(L, 3);
    }
    if (count > 1)
        lua_pushfstring(L, "(%s)", lua_tostring(L, -1));
    lua_setfield(L, object, "message");
    lua_settop(L, object);
}

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
    lerror_push(L, pyro_error_class(err->code), err->message);
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

/* The class name as Lua sees it: built-in and Pyro classes without their module. */
static const char *short_name(const char *name)
{
    static const char *const modules[] = {"builtins.", "exceptions.", "Pyro4.errors.",
                                          "Pyro5.errors."};
    for (size_t i = 0; i < PYRO_COUNT(modules); i++)
        if (strncmp(name, modules[i], strlen(modules[i])) == 0)
            return name + strlen(modules[i]);
    return name;
}

/* Copies the attributes in the table at the top to the error object below it, the traceback under
 * its name here. */
static void copy_attributes(lua_State *L)
{
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        if (strcmp(key, "_pyroTraceback") == 0 && lua_istable(L, -1)) {
            lua_setfield(L, -4, "remoteTraceback");
        } else if (*key && *key != '_' && strcmp(key, "class") != 0 &&
                   strcmp(key, "message") != 0 && strcmp(key, "args") != 0 &&
                   strcmp(key, "remoteTraceback") != 0) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -5);
        } else {
            lua_pop(L, 1);
        }
    }
}

void lerror_from_dict(lua_State *L)
{
    luaL_checkstack(L, 8, "exception");
    lua_createtable(L, 0, 4);
    lua_getfield(L, -2, "__class__");
    lua_pushstring(L, short_name(luaL_tolstring(L, -1, NULL)));
    lua_setfield(L, -4, "class");
    lua_pop(L, 2);
    if (lua_getfield(L, -2, "args") != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    lua_setfield(L, -2, "args");
    if (lua_getfield(L, -2, "attributes") == LUA_TTABLE)
        copy_attributes(L);
    lua_pop(L, 1);
    set_message(L);
    luaL_setmetatable(L, LERROR_TYPE);
    lua_remove(L, -2);
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
    set_message(L);
    luaL_setmetatable(L, LERROR_TYPE);
    return 1;
}

void lerror_open(lua_State *L)
{
    luaL_newmetatable(L, LERROR_TYPE);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_setfield(L, -2, "Error");
    lua_pushcfunction(L, new_error);
    lua_setfield(L, -2, "newerror");
}
