#include "bind/module/lregex.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "naming/server/regex.h"

#define LREGEX_TYPE "pyro.regex"

LUA_RAISES static struct pyro_slice check_text(lua_State *L, int index)
{
    struct pyro_slice text;
    text.data = luaL_checklstring(L, index, &text.length);
    return text;
}

static int new_regex(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice pattern = check_text(L, 1);
    struct pyro_regex **regex = lua_newuserdatauv(L, sizeof(struct pyro_regex *), 0);
    *regex = NULL;
    luaL_setmetatable(L, LREGEX_TYPE);
    *regex = pyro_regex_new(pattern, &err);
    return *regex ? 1 : lerror_raise(L, &err);
}

static int regex_call(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_regex **regex = luaL_checkudata(L, 1, LREGEX_TYPE);
    bool matches, slow;
    if (pyro_regex_match(*regex, check_text(L, 2), &matches, &slow, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_pushboolean(L, matches);
    return 1;
}

static int regex_gc(lua_State *L)
{
    struct pyro_regex **regex = luaL_checkudata(L, 1, LREGEX_TYPE);
    pyro_regex_free(*regex);
    *regex = NULL;
    return 0;
}

void lregex_open(lua_State *L)
{
    luaL_newmetatable(L, LREGEX_TYPE);
    lua_pushcfunction(L, regex_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, regex_call);
    lua_setfield(L, -2, "__call");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_regex);
    lua_setfield(L, -2, "new_regex");
}
