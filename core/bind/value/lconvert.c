#include "bind/value/lconvert.h"

#include <lauxlib.h>
#include <stdio.h>

#include "bind/base/lhook.h"

static const char names_key =
    0; /* its address is the registry key of the registered classes, by name */

static bool may_hold_objects(lua_State *L, int index)
{
    return lua_istable(L, index) || lua_isuserdata(L, index);
}

bool lconvert_is_set(lua_State *L)
{
    luaL_checkstack(L, 4, "converter");
    bool set = lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) == LUA_TTABLE;
    lua_pop(L, 1);
    return set;
}

bool lconvert_is_needed(lua_State *L, int index)
{
    return may_hold_objects(L, index) && lconvert_is_set(L);
}

void lconvert_outward(lua_State *L, int index, const char *place)
{
    index = lua_absindex(L, index);
    if (!lconvert_is_needed(L, index))
        return;
    lhook_push(L, LHOOK_OUTWARD);
    lua_pushvalue(L, index);
    lua_pushstring(L, place);
    lua_call(L, 2, 1);
    lua_replace(L, index);
}

void lconvert_arguments(lua_State *L, int first, int last)
{
    char place[32];
    for (int i = first; i <= last; i++) {
        if (!may_hold_objects(L, i))
            continue;
        snprintf(place, sizeof(place), "argument %d", i - first + 1);
        lconvert_outward(L, i, place);
    }
}

bool lconvert_inward(lua_State *L, const char *name, bool raised)
{
    int dict = lua_gettop(L);
    if (!lconvert_is_set(L))
        return false;
    lhook_push(L, LHOOK_INWARD);
    lua_pushstring(L, name);
    lua_pushvalue(L, dict);
    lua_pushboolean(L, raised);
    lua_call(L, 3, 2);
    bool known = lua_toboolean(L, -2);
    if (known)
        lua_replace(L, dict);
    lua_settop(L, dict);
    return known;
}

bool lconvert_is_registered(lua_State *L, int index)
{
    int top = lua_gettop(L);
    bool registered = false;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) == LUA_TTABLE) {
        lua_pushvalue(L, index);
        registered = lua_rawget(L, -2) != LUA_TNIL;
    }
    lua_settop(L, top);
    return registered;
}

static int set_registered(lua_State *L)
{
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &names_key);
    return 0;
}

void lconvert_open(lua_State *L)
{
    lua_pushcfunction(L, set_registered);
    lua_setfield(L, -2, "set_registered");
}
