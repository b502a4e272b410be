#include "bind/server/lexpose.h"

#include <lauxlib.h>

#include "base/memory.h"
#include "bind/base/marks.h"
#include "rpc/metadata.h"
#include "rpc/private.h"

/* Marks of pyro.expose() and pyro.parameters() in a runtime; there are none before they are used.
 */
struct exposures {
    struct lpart part;
    int marks; /* registry reference of the table of marks */
};

/* The number of tables in which Lua looks for a field before it takes them for a circle. */
#define LONGEST 2000

/* Returns whether pyro.expose() narrows what of the class at the top is served. Sets `*allowed`
 * where it allows the name. */
LUA_RUNS static bool is_narrowed(lua_State *L, int marks, int name, bool *allowed)
{
    int class = lua_gettop(L), mark = class + 1;
    bool narrowed = false;
    lua_pushvalue(L, class);
    if (lua_rawget(L, marks) == LUA_TTABLE) {
        lua_getfield(L, mark, "narrowed");
        narrowed = lua_toboolean(L, -1);
        lua_getfield(L, mark, "methods");
        lua_pushvalue(L, name);
        *allowed |= lua_rawget(L, -2) != LUA_TNIL;
        lua_getfield(L, mark, "all");
        if (!*allowed && lua_toboolean(L, -1)) {
            lua_pushvalue(L, name);
            *allowed = lua_rawget(L, class) == LUA_TFUNCTION;
        }
    }
    lua_settop(L, class);
    return narrowed;
}

/* Replaces the class at the top by the one in which the fields are looked up that it has not; where
 * a function does that, by the metatable. False where there is none. */
LUA_RAISES static bool go_up(lua_State *L)
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

static struct exposures *exposures_of(const struct lruntime *runtime)
{
    struct lpart *part = runtime->parts[LPART_EXPOSURES];
    return part ? PYRO_CONTAINER(part, struct exposures, part) : NULL;
}

/* Pushes the marks, then a name, then the table from whose classes the name is looked up. Returns
 * false, and pushes nothing, where nothing was marked. */
LUA_RAISES static bool begin_lookup(lua_State *L, const struct lruntime *runtime, int self,
                                    struct pyro_slice name)
{
    const struct exposures *exposures = exposures_of(runtime);
    if (!exposures)
        return false;
    luaL_checkstack(L, 10, "classes");
    lua_rawgeti(L, LUA_REGISTRYINDEX, exposures->marks);
    lua_pushlstring(L, name.data, name.length);
    lua_pushvalue(L, self);
    return true;
}

bool lexpose_allows(lua_State *L, const struct lruntime *runtime, int self, struct pyro_slice name)
{
    bool narrowed = false, allowed = false;
    int top = lua_gettop(L), left = LONGEST;
    if (begin_lookup(L, runtime, self, name)) {
        do
            narrowed |= is_narrowed(L, top + 1, top + 2, &allowed);
        while (!allowed && --left > 0 && go_up(L));
        lua_settop(L, top);
    }
    return allowed || (!narrowed && !runtime->core.config.REQUIRE_EXPOSE);
}

/* Pushes the names that the class at the top gives to the parameters of a method. A class
 * that has the method itself need not say: then that is nil. False (nothing pushed) for others. */
LUA_RUNS static bool push_names(lua_State *L, int marks, int name)
{
    int class = lua_gettop(L);
    lua_pushvalue(L, class);
    if (lua_rawget(L, marks) == LUA_TTABLE) {
        lua_getfield(L, -1, "parameters");
        lua_pushvalue(L, name);
        if (lua_rawget(L, -2) != LUA_TNIL)
            return true;
    }
    lua_settop(L, class);
    lua_pushvalue(L, name);
    bool own = lua_rawget(L, class) != LUA_TNIL;
    lua_settop(L, class);
    if (own)
        lua_pushnil(L);
    return own;
}

void lexpose_push_parameters(lua_State *L, int self, struct pyro_slice name)
{
    int top = lua_gettop(L), left = LONGEST;
    bool found = false;
    if (begin_lookup(L, lruntime_of(L), self, name)) {
        while (!(found = push_names(L, top + 1, top + 2)) && --left > 0 && go_up(L))
            ;
    }
    if (!found)
        lua_pushnil(L);
    lua_insert(L, top + 1);
    lua_settop(L, top + 1);
}

static void close_exposures(struct lruntime *runtime)
{
    pyro_free(exposures_of(runtime));
}

LUA_RAISES static struct exposures *use_exposures(lua_State *L, struct lruntime *runtime)
{
    struct exposures *exposures = exposures_of(runtime);
    if (exposures)
        return exposures;
    exposures = pyro_calloc(1, sizeof(*exposures));
    if (!exposures) {
        luaL_error(L, "not enough memory");
        return NULL; /* never */
    }
    *exposures = (struct exposures){.part.close = close_exposures, .marks = LUA_NOREF};
    lruntime_add_part(runtime, LPART_EXPOSURES, &exposures->part);
    return exposures;
}

/* Implements core.set_exposures(marks): pyro.expose() or pyro.parameters() are used. `marks` are by
 * class, tables: `methods` is a set of names that are exposed, `all` says that all functions are
 * that the class has, `narrowed` that others are not; `parameters` are lists of names, by method.
 */
static int set_exposures(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    struct exposures *exposures = use_exposures(L, lruntime_of(L));
    luaL_unref(L, LUA_REGISTRYINDEX, exposures->marks);
    exposures->marks = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* Implements core.is_exposed(object, name) -> whether pyro.expose() lets a method be called. */
static int is_exposed(lua_State *L)
{
    struct pyro_slice name;
    luaL_checktype(L, 1, LUA_TTABLE);
    name.data = luaL_checklstring(L, 2, &name.length);
    lua_pushboolean(L, lexpose_allows(L, lruntime_of(L), 1, name));
    return 1;
}

/* Implements core.is_private(name) -> whether no remote caller reaches what has that name. */
static int is_private(lua_State *L)
{
    struct pyro_slice name;
    name.data = luaL_checklstring(L, 1, &name.length);
    lua_pushboolean(L, pyro_is_private(name));
    return 1;
}

void lexpose_open(lua_State *L)
{
    lua_pushcfunction(L, is_private);
    lua_setfield(L, -2, "is_private");
    lua_pushcfunction(L, set_exposures);
    lua_setfield(L, -2, "set_exposures");
    lua_pushcfunction(L, is_exposed);
    lua_setfield(L, -2, "is_exposed");
    lua_pushinteger(L, PYRO_LONGEST_TEXT);
    lua_setfield(L, -2, "longest_text");
}
