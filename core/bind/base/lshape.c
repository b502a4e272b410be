#include "bind/base/lshape.h"

#include <string.h>

/* Registry key, by its address, of the name "__index". */
static const char index_key = 0;

void lshape_open(lua_State *L)
{
    lua_pushliteral(L, "__index");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &index_key);
}

lua_Integer lshape_sequence(lua_State *L, int table)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, table), count = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        lua_Integer key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
        if (key < 1 || key > length) {
            lua_pop(L, 1);
            return -1;
        }
        count++;
    }
    return count == length ? length : -1;
}

bool lshape_has_only_names(lua_State *L, int table)
{
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) {
            lua_pop(L, 1);
            return false;
        }
    }
    return true;
}

/* --- methods --- */

#define MOST_FIELDS 256 /* that are looked at in a table */
#define MOST_CLASSES 16

/* Returns whether the value at the top is a function that takes an object: as Lua names its
 * parameters, its first is `self`. Constructors, and functions of libraries in C, are none. */
static bool is_method(lua_State *L)
{
    const char *first = lua_isfunction(L, -1) ? lua_getlocal(L, NULL, 1) : NULL;
    return first && strcmp(first, "self") == 0;
}

/* Returns the name of a method among the fields of the table at the top, or NULL. */
static const char *method_in(lua_State *L)
{
    int table = lua_gettop(L);
    const char *name = NULL;
    lua_pushnil(L);
    for (int i = 0; i < MOST_FIELDS && !name && lua_next(L, table); i++) {
        if (lua_type(L, -2) == LUA_TSTRING && strncmp(lua_tostring(L, -2), "__", 2) != 0 &&
            is_method(L))
            name = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    lua_settop(L, table);
    return name;
}

bool lshape_push_parent(lua_State *L, int index)
{
    int top = lua_gettop(L);
    if (!lua_getmetatable(L, index))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &index_key);
    if (lua_rawget(L, -2) == LUA_TTABLE)
        return true;
    lua_settop(L, top);
    return false;
}

const char *lshape_method(lua_State *L, int table)
{
    int top = lua_gettop(L);
    const char *name = NULL;
    for (int i = 0; i < MOST_CLASSES && !name && lshape_push_parent(L, table); i++) {
        name = method_in(L);
        lua_replace(L, top + 1);
        lua_settop(L, top + 1);
        table = top + 1;
    }
    lua_settop(L, top);
    return name;
}
