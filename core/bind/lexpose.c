#include "bind/lexpose.h"

/* In so many tables Lua looks for a field before it takes them for a circle. */
#define LONGEST 2000

/* Of the class at the top: whether pyro.expose() was used on it, and then (else untouched) whether
 * it allows the name. */
static bool was_exposed(lua_State *L, int marks, int name, bool *allowed)
{
    int class = lua_gettop(L), mark = class + 1;
    lua_pushvalue(L, class);
    bool used = lua_rawget(L, marks) == LUA_TTABLE && lua_getfield(L, mark, "methods") != LUA_TNIL;
    if (used) {
        lua_pushvalue(L, name);
        *allowed = lua_rawget(L, -2) != LUA_TNIL;
        lua_getfield(L, mark, "all");
        if (!*allowed && lua_toboolean(L, -1)) {
            lua_pushvalue(L, name);
            *allowed = lua_rawget(L, class) == LUA_TFUNCTION;
        }
    }
    lua_settop(L, class);
    return used;
}

/* Replaces the class at the top by the one in which the fields are looked up that it has not; where
 * a function does that, by the metatable. False where there is none. */
static bool go_up(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return false;
    lua_pushliteral(L, "__index");
    if (lua_rawget(L, -2) == LUA_TFUNCTION)
        lua_pop(L, 1);
    else
        lua_remove(L, -2);
    lua_replace(L, -2);
    return lua_istable(L, -1);
}

bool lexpose_allows(lua_State *L, const struct lruntime *runtime, int self, struct pyro_slice name)
{
    bool said = false, allowed = false;
    int top = lua_gettop(L), left = LONGEST;
    if (runtime->exposures != LUA_NOREF) {
        luaL_checkstack(L, 8, "classes");
        lua_rawgeti(L, LUA_REGISTRYINDEX, runtime->exposures);
        lua_pushlstring(L, name.data, name.length);
        lua_pushvalue(L, self);
        do
            said |= was_exposed(L, top + 1, top + 2, &allowed);
        while (!allowed && --left > 0 && go_up(L));
        lua_settop(L, top);
    }
    return said ? allowed : !runtime->core.config.REQUIRE_EXPOSE;
}

/* core.exposures(marks): pyro.expose() is used. `marks` are by class; of those that it was used on,
 * `methods` is a set of names, and `all` says that all functions are exposed that the class has. */
static int exposures(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_unref(L, LUA_REGISTRYINDEX, runtime->exposures);
    runtime->exposures = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* core.exposed(object, name) -> whether pyro.expose() lets a method be called */
static int exposed(lua_State *L)
{
    struct pyro_slice name;
    luaL_checktype(L, 1, LUA_TTABLE);
    name.data = luaL_checklstring(L, 2, &name.length);
    lua_pushboolean(L, lexpose_allows(L, lruntime_of(L), 1, name));
    return 1;
}

void lexpose_open(lua_State *L)
{
    lua_pushcfunction(L, exposures);
    lua_setfield(L, -2, "exposures");
    lua_pushcfunction(L, exposed);
    lua_setfield(L, -2, "exposed");
}
