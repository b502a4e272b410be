#include "bind/value/lserved.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/lshape.h"
#include "bind/base/marks.h"
#include "rpc/client.h"
#include "rpc/members.h"

/* The registry of served tables: a table in Lua's registry, made for the first of them, maps the
 * addresses of registered tables to their struct lserved. An entry is reserved (false) before its
 * object is registered, so that registering allocates nothing; the object's owner (a daemon, in the
 * end) takes the entry out again when it releases the object. A look-up neither allocates nor runs
 * code of users', so values may be looked up while a message is being written. The finalizer of a
 * weak object's table unregisters the object from its daemon. */

/* Registry key of the registry of served tables. */
static const char objects_key = 0;

#define MOST_CLASSES 16 /* that an instance inherits from */

bool lserved_push_all(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key) == LUA_TTABLE)
        return true;
    lua_pop(L, 1);
    return false;
}

void lserved_push_table(lua_State *L, const struct lserved *object)
{
    if (object->weak)
        lweak_push(L, object->weak);
    else
        lua_rawgeti(L, LUA_REGISTRYINDEX, object->reference);
}

static bool serves(lua_State *L, const struct lserved *object, int index)
{
    lserved_push_table(L, object);
    bool same = lua_rawequal(L, -1, index);
    lua_pop(L, 1);
    return same;
}

/* Returns the object in the table at `objects` that serves, or did, the table with that address. */
static struct lserved *find(lua_State *L, int objects, const void *address)
{
    bool known = lua_rawgetp(L, objects, address) == LUA_TLIGHTUSERDATA;
    struct lserved *object = known ? lua_touserdata(L, -1) : NULL;
    lua_pop(L, 1);
    return object;
}

/* Returns the object in the table at `objects` that serves the table at `index`, or NULL. */
static struct lserved *among(lua_State *L, int objects, int index)
{
    struct lserved *object = find(L, objects, lua_topointer(L, index));
    if (object && object->weak && !serves(L, object, index))
        return NULL; /* another table was there before */
    return object;
}

/* Returns the object that serves the table at the top, if that is a class. */
static struct lserved *class_at_top(lua_State *L, int objects)
{
    struct lserved *object = among(L, objects, lua_gettop(L));
    return object && object->instances != LUA_NOREF ? object : NULL;
}

/* Returns the object that serves the class of the table at `index`, or one that it inherits from.
 */
static struct lserved *class_of(lua_State *L, int objects, int index)
{
    int top = lua_gettop(L);
    if (!lua_getmetatable(L, index))
        return NULL;
    struct lserved *object = class_at_top(L, objects);
    for (int i = 0; i < MOST_CLASSES && !object && lshape_push_parent(L, index); i++) {
        lua_replace(L, top + 1);
        lua_settop(L, top + 1);
        index = top + 1;
        object = class_at_top(L, objects);
    }
    lua_settop(L, top);
    return object;
}

struct lserved *lserved_in_place(lua_State *L, int objects, int index)
{
    struct lserved *object = among(L, objects, index);
    return object ? object : class_of(L, objects, index);
}

struct lserved *lserved_of(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (!lserved_push_all(L))
        return NULL;
    struct lserved *object = among(L, lua_absindex(L, -1), index);
    lua_pop(L, 1);
    return object;
}

/* Sets the entry of a table, which there is, to `object`, or removes it. Allocates nothing. */
static void set_object(lua_State *L, const void *address, struct lserved *object)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key);
    if (object)
        lua_pushlightuserdata(L, object);
    else
        lua_pushnil(L);
    lua_rawsetp(L, -2, address);
    lua_pop(L, 1);
}

/* --- members --- */

void lserved_push_members(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lhook_push(L, LHOOK_DESCRIBE);
    lua_pushvalue(L, index);
    lua_call(L, 1, 3);
}

LUA_RAISES static void note_members(lua_State *L, struct lserved *object, unsigned member)
{
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++, lua_pop(L, 1)) {
        struct pyro_slice name;
        name.data = lua_tolstring(L, -1, &name.length);
        if (!pyro_add_member(&object->members, name, member))
            luaL_error(L, "not enough memory");
    }
    lua_pop(L, 1);
}

void lserved_describe(lua_State *L, struct lserved *object)
{
    static const enum pyro_member kinds[] = {PYRO_METHOD, PYRO_ONEWAY, PYRO_ATTRIBUTE};
    lserved_push_table(L, object);
    luaL_checkstack(L, 6, "members");
    lserved_push_members(L, -1);
    lua_pushvalue(L, -4);
    bool current = lserved_of(L, -1) == object; /* describing may do anything */
    lua_pop(L, 1);
    if (current)
        pyro_map_free(&object->members);
    for (int i = 0; i < (int)PYRO_COUNT(kinds) && current; i++) {
        lua_pushvalue(L, i - (int)PYRO_COUNT(kinds));
        note_members(L, object, kinds[i]);
        lua_pop(L, 1);
    }
    if (current)
        object->described = true;
    lua_remove(L, -4);
}

static int describe_undisturbed(lua_State *L)
{
    lserved_describe(L, lua_touserdata(L, 1));
    return 0;
}

enum pyro_code lserved_learn(lua_State *L, struct lserved *object, struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    if (object->described)
        return PYRO_OK;
    if (!lua_checkstack(L, 4))
        return pyro_error_memory(err);
    bool running = lua_gc(L, LUA_GCISRUNNING) == 1;
    if (running)
        lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, describe_undisturbed);
    lua_pushlightuserdata(L, object);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        const char *text = lua_tostring(L, -1);
        code = pyro_error_set(err, PYRO_ERUNTIME, "%s", text ? text : "(no message)");
        lua_pop(L, 1);
    }
    if (running)
        lua_gc(L, LUA_GCRESTART);
    return code;
}

/* --- registering --- */

LUA_RUNS static bool is_class(lua_State *L, int index)
{
    lhook_push(L, LHOOK_IS_CLASS);
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    bool class = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return class;
}

LUA_RAISES static void push_objects(lua_State *L)
{
    if (lserved_push_all(L))
        return;
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &objects_key);
}

/* Makes an entry for the table among the objects, so that to set it allocates nothing. */
LUA_RAISES static void reserve_entry(lua_State *L, int index)
{
    if (lserved_of(L, index))
        return;
    push_objects(L);
    lua_pushboolean(L, false);
    lua_rawsetp(L, -2, lua_topointer(L, index));
    lua_pop(L, 1);
}

LUA_RAISES static int refer_to_instances(lua_State *L, bool class)
{
    if (!class)
        return LUA_NOREF;
    lua_newtable(L);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Unregisters a weak object whose table was collected. */
static void served_on_gone(void *owner)
{
    const struct lserved *object = owner;
    pyro_daemon_unregister(object->daemon, pyro_slice_text(object->id));
}

void lserved_hold(lua_State *L, int index, bool weak, struct lserved *object)
{
    bool class = is_class(L, index);
    if (class && weak) {
        lerror_push(L, "TypeError", "Classes cannot be registered with weak=True.");
        lua_error(L);
    }
    reserve_entry(L, index);
    object->address = lua_topointer(L, index);
    object->instances = refer_to_instances(L, class);
    object->reference = LUA_NOREF;
    if (weak) {
        object->weak = lweak_new(L, index, served_on_gone);
    } else {
        lua_pushvalue(L, index);
        object->reference = luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

bool lserved_is_registered(lua_State *L, const struct lserved *object)
{
    lserved_push_table(L, object);
    bool registered = lserved_of(L, -1) != NULL;
    lua_pop(L, 1);
    return registered;
}

/* Removes the entry of the object's table: the object's own, or the one reserved for it. */
static void remove_entry(lua_State *L, const struct lserved *object)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key);
    const struct lserved *current = find(L, lua_absindex(L, -1), object->address);
    lua_pop(L, 1);
    if (current == (object->registered ? object : NULL))
        set_object(L, object->address, NULL);
}

static void drop_table(lua_State *L, const struct lserved *object)
{
    luaL_unref(L, LUA_REGISTRYINDEX, object->reference);
    luaL_unref(L, LUA_REGISTRYINDEX, object->instances);
    if (object->weak)
        lweak_drop(L, object->weak);
}

void lserved_add(lua_State *L, struct lserved *object)
{
    PYRO_ASSERT(object->daemon && object->id && !object->registered);
    object->registered = true;
    if (object->weak)
        object->weak->owner = object;
    set_object(L, object->address, object);
}

void lserved_clear(struct lserved *object)
{
    lua_State *L = object->runtime->from;
    if (lua_checkstack(L, 4)) {
        remove_entry(L, object);
        drop_table(L, object);
    } else if (object->weak) {
        object->weak->owner = NULL;
    }
    object->registered = false;
    pyro_map_free(&object->members);
}
