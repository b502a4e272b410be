#include "bind/base/lweak.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/marks.h"

#define WEAK_TYPE "pyro.weak"

/* Registry keys: the tables (weak values) by the addresses of their references; and the references
 * of each table (weak keys), userdata by their addresses, which are collected with it. */
static const char tables_key = 0;
static const char watchers_key = 0;

/* Pushes the references of the table at `index`. */
LUA_RAISES static void push_watchers(lua_State *L, int index)
{
    lua_pushvalue(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &watchers_key);
    lua_insert(L, -2);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, index);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
}

struct lweak *lweak_new(lua_State *L, int index, void (*gone)(void *owner))
{
    int table = lua_absindex(L, index);
    PYRO_ASSERT(lua_istable(L, table));
    luaL_checkstack(L, 8, "reference");
    push_watchers(L, table);
    struct lweak *weak = lua_newuserdatauv(L, sizeof(*weak), 0);
    *weak = (struct lweak){.gone = gone};
    luaL_setmetatable(L, WEAK_TYPE);
    lua_rawsetp(L, -2, weak);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tables_key);
    lua_pushvalue(L, table);
    lua_rawsetp(L, -2, weak);
    lua_pop(L, 2);
    return weak;
}

void lweak_push(lua_State *L, const struct lweak *weak)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tables_key);
    lua_rawgetp(L, -1, weak);
    lua_remove(L, -2);
}

/* Sets to nil what the table at the top has of a reference, and pops it. */
LUA_RAISES static void clear(lua_State *L, const struct lweak *weak)
{
    lua_pushnil(L);
    lua_rawsetp(L, -2, weak);
    lua_pop(L, 1);
}

void lweak_drop(lua_State *L, struct lweak *weak)
{
    weak->owner = NULL;
    lweak_push(L, weak);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return;
    }
    push_watchers(L, -1);
    clear(L, weak);
    lua_pop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tables_key);
    clear(L, weak);
}

static int weak_gc(lua_State *L)
{
    struct lweak *weak = lua_touserdata(L, 1);
    void *owner = weak->owner;
    weak->owner = NULL;
    if (owner)
        weak->gone(owner);
    return 0;
}

void lweak_push_table(lua_State *L, const char *mode)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushstring(L, mode);
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

void lweak_open(lua_State *L)
{
    luaL_newmetatable(L, WEAK_TYPE);
    lua_pushcfunction(L, weak_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lweak_push_table(L, "v");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &tables_key);
    lweak_push_table(L, "k");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &watchers_key);
}
