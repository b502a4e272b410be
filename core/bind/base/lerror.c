#include "bind/base/lerror.h"

#include <string.h>

#include "bind/base/lhook.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"

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
    if (*err->path)
        return lerror_raise_at(L, "", err);
    lerror_push(L, pyro_error_name(err), err->message);
    return lua_error(L);
}

int lerror_raise_at(lua_State *L, const char *place, const struct pyro_error *err)
{
    lua_pushfstring(L, "%s%s: %s", place, err->path, err->message);
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

void lerror_from_dict(lua_State *L)
{
    luaL_checkstack(L, 4, "exception");
    lhook_push(L, LHOOK_EXCEPTION);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
}

void lerror_push_text(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lhook_push(L, LHOOK_TEXT);
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
}

/* (error value) -> text */
static int make_text(lua_State *L)
{
    lerror_push_text(L, 1);
    return 1;
}

const char *lerror_make_text(lua_State *L)
{
    if (lua_checkstack(L, 2)) {
        lua_pushcfunction(L, make_text);
        lua_insert(L, -2);
        lua_pcall(L, 1, 1, 0); /* an error's message says something, too */
    }
    const char *text = lua_tostring(L, -1);
    return text ? text : "(no message)";
}

/* Pushes "<class 'ValueError'>: the message", as Pyro calls an exception that does not travel. */
LUA_RUNS static void push_original(lua_State *L, int index)
{
    if (!lerror_is(L, index)) {
        lerror_push_text(L, index);
        return;
    }
    int top = lua_gettop(L);
    lua_getfield(L, index, "class");
    const char *class_name = luaL_tolstring(L, -1, NULL);
    lua_getfield(L, index, "message");
    lua_pushfstring(L, "<class '%s'>: %s", class_name, luaL_tolstring(L, -1, NULL));
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
}

void lerror_push_substitute(lua_State *L, int index, int why)
{
    index = lua_absindex(L, index);
    lerror_push_text(L, why);
    push_original(L, index);
    lua_pushfstring(L, "Error serializing exception: %s. Original exception: %s",
                    lua_tostring(L, -2), lua_tostring(L, -1));
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
    enum ltype type = lua_istable(L, index) ? ltype_of(L, index) : LTYPE_PLAIN;
    return type == LTYPE_ERROR || type == LTYPE_OTHER;
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

/* Implements core.shorten_class(name): the name of an error's class as it is shown. */
static int shorten_class(lua_State *L)
{
    lua_pushstring(L, pyro_error_short_name(luaL_checkstring(L, 1)));
    return 1;
}

/* Pushes a table of the names of Python's classes. */
LUA_RAISES static void push_builtins(lua_State *L)
{
    size_t count;
    const struct pyro_builtin *builtins = pyro_builtins(&count);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, builtins[i].name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void lerror_open(lua_State *L)
{
    luaL_newmetatable(L, LERROR_TYPE);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_setfield(L, -2, "error_type");
    luaL_newmetatable(L, LERROR_FAILURE_TYPE);
    lua_setfield(L, -2, "failure_type");
    lua_pushcfunction(L, new_error);
    lua_setfield(L, -2, "new_error");
    lua_pushcfunction(L, shorten_class);
    lua_setfield(L, -2, "shorten_class");
    push_builtins(L);
    lua_setfield(L, -2, "builtin_classes");
}
