#include "bind/server/lobject.h"

#include <lauxlib.h>

#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/lshape.h"
#include "bind/server/lserve.h"
#include "rpc/client.h"

/* Registry key of the table that maps the addresses of registered tables, which are kept as long,
 * to their struct lobject. It is made for the first of them. */
static const char objects_key = 0;

#define MOST_CLASSES 16 /* that an instance inherits from */

bool lobject_push_all(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key) == LUA_TTABLE)
        return true;
    lua_pop(L, 1);
    return false;
}

/* Pushes the table that an object serves; nil where that was weak and is gone. */
static void push_table(lua_State *L, const struct lobject *object)
{
    if (object->weak)
        lweak_push(L, object->weak);
    else
        lua_rawgeti(L, LUA_REGISTRYINDEX, object->reference);
}

static bool serves(lua_State *L, const struct lobject *object, int index)
{
    push_table(L, object);
    bool same = lua_rawequal(L, -1, index);
    lua_pop(L, 1);
    return same;
}

/* The object in the table at `objects` that serves, or did, the table with that address. */
static struct lobject *find(lua_State *L, int objects, const void *address)
{
    bool known = lua_rawgetp(L, objects, address) == LUA_TLIGHTUSERDATA;
    struct lobject *object = known ? lua_touserdata(L, -1) : NULL;
    lua_pop(L, 1);
    return object;
}

struct lobject *lobject_among(lua_State *L, int objects, int index)
{
    struct lobject *object = find(L, objects, lua_topointer(L, index));
    if (object && object->weak && !serves(L, object, index))
        return NULL; /* another table was there before */
    return object;
}

/* The object that serves the table at the top, if that is a class. */
static struct lobject *class_at_top(lua_State *L, int objects)
{
    struct lobject *object = lobject_among(L, objects, lua_gettop(L));
    return object && object->instances != LUA_NOREF ? object : NULL;
}

/* The object that serves the class of the table at `index`, or one that it inherits from. */
static struct lobject *class_of(lua_State *L, int objects, int index)
{
    int top = lua_gettop(L);
    if (!lua_getmetatable(L, index))
        return NULL;
    struct lobject *object = class_at_top(L, objects);
    for (int i = 0; i < MOST_CLASSES && !object && lshape_push_parent(L, index); i++) {
        lua_replace(L, top + 1);
        lua_settop(L, top + 1);
        index = top + 1;
        object = class_at_top(L, objects);
    }
    lua_settop(L, top);
    return object;
}

struct lobject *lobject_in_place(lua_State *L, int objects, int index)
{
    struct lobject *object = lobject_among(L, objects, index);
    return object ? object : class_of(L, objects, index);
}

struct lobject *lobject_of(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (!lobject_push_all(L))
        return NULL;
    struct lobject *object = lobject_among(L, lua_absindex(L, -1), index);
    lua_pop(L, 1);
    return object;
}

/* The entry of a table, which is there, becomes `object`, or none. That allocates nothing. */
static void set_object(lua_State *L, const void *address, struct lobject *object)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key);
    if (object)
        lua_pushlightuserdata(L, object);
    else
        lua_pushnil(L);
    lua_rawsetp(L, -2, address);
    lua_pop(L, 1);
}

/* The entry of the object's table is no longer of use: the object's own, or the one that was
 * reserved for it. */
static void remove_entry(lua_State *L, const struct lobject *object)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key);
    const struct lobject *current = find(L, lua_absindex(L, -1), object->address);
    lua_pop(L, 1);
    if (current == (object->registered ? object : NULL))
        set_object(L, object->address, NULL);
}

static void let_table_go(lua_State *L, const struct lobject *object)
{
    luaL_unref(L, LUA_REGISTRYINDEX, object->reference);
    luaL_unref(L, LUA_REGISTRYINDEX, object->instances);
    if (object->weak)
        lweak_drop(L, object->weak);
}

static void release(struct pyro_object *self)
{
    struct lobject *object = PYRO_CONTAINER(self, struct lobject, object);
    lua_State *L = object->runtime->from;
    if (lua_checkstack(L, 4)) {
        remove_entry(L, object);
        let_table_go(L, object);
    } else if (object->weak) {
        object->weak->owner = NULL;
    }
    pyro_map_free(&object->members);
    pyro_free(object);
}

static void note_members(lua_State *L, struct lobject *object, unsigned member)
{
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++, lua_pop(L, 1)) {
        struct pyro_slice name;
        name.data = lua_tolstring(L, -1, &name.length);
        if (!pyro_add_member(&object->members, name, member))
            luaL_error(L, "not enough memory");
    }
    lua_pop(L, 1);
}

void lobject_describe(lua_State *L, struct lobject *object)
{
    static const enum pyro_member kinds[] = {PYRO_METHOD, PYRO_ONEWAY, PYRO_ATTRIBUTE};
    push_table(L, object);
    luaL_checkstack(L, 6, "members");
    lserve_push_members(L, -1);
    lua_pushvalue(L, -4);
    bool current = lobject_of(L, -1) == object; /* describing may do anything */
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
    lobject_describe(L, lua_touserdata(L, 1));
    return 0;
}

enum pyro_code lobject_learn(lua_State *L, struct lobject *object, struct pyro_error *err)
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

static const struct pyro_object_ops lobject_ops = {lserve_describe, lserve_invoke, release};

static bool is_class(lua_State *L, int index)
{
    lhook_push(L, LHOOK_IS_CLASS);
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    bool class = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return class;
}

static void push_objects(lua_State *L)
{
    if (lobject_push_all(L))
        return;
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &objects_key);
}

/* Makes an entry for the table among the objects, so that to set it allocates nothing. */
static void reserve_entry(lua_State *L, int index)
{
    if (lobject_of(L, index))
        return;
    push_objects(L);
    lua_pushboolean(L, false);
    lua_rawsetp(L, -2, lua_topointer(L, index));
    lua_pop(L, 1);
}

static int refer_to_instances(lua_State *L, bool class)
{
    if (!class)
        return LUA_NOREF;
    lua_newtable(L);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* The table of a weak object was collected. */
static void on_gone(void *owner)
{
    const struct lobject *object = owner;
    pyro_daemon_unregister(object->daemon, pyro_slice_text(object->id));
}

/* Refers to the table at `index`, as the object will. */
static void hold_table(lua_State *L, int index, bool weak, struct lobject *object)
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
        object->weak = lweak_new(L, index, on_gone);
    } else {
        lua_pushvalue(L, index);
        object->reference = luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

struct lobject *lobject_prepare(lua_State *L, int index, bool weak)
{
    struct lobject prepared = {.object.ops = &lobject_ops, .runtime = lruntime_of(L)};
    hold_table(L, lua_absindex(L, index), weak, &prepared);
    struct lobject *object = pyro_malloc(sizeof(*object));
    if (!object) {
        let_table_go(L, &prepared);
        luaL_error(L, "not enough memory");
        return NULL; /* never */
    }
    *object = prepared;
    return object;
}

static bool is_registered(lua_State *L, const struct lobject *object)
{
    push_table(L, object);
    bool registered = lobject_of(L, -1) != NULL;
    lua_pop(L, 1);
    return registered;
}

static enum pyro_code register_prepared(lua_State *L, struct lobject *object, const char *id,
                                        bool force, struct pyro_error *err)
{
    if (!object->daemon)
        return pyro_error_set(err, PYRO_EDAEMON, "the daemon is closed");
    if (!force && is_registered(L, object))
        return pyro_error_set(err, PYRO_EDAEMON, "object or class already has a Pyro id");
    if (force && id)
        pyro_daemon_unregister(object->daemon, pyro_slice_text(id));
    return pyro_daemon_register(object->daemon, id, &object->object, &object->id, err);
}

enum pyro_code lobject_register(lua_State *L, struct lobject *object, struct pyro_daemon *daemon,
                                const char *id, bool force, struct pyro_error *err)
{
    object->daemon = daemon;
    enum pyro_code code = register_prepared(L, object, id, force, err);
    if (code != PYRO_OK) {
        release(&object->object);
        return code;
    }
    object->registered = true;
    if (object->weak)
        object->weak->owner = object;
    set_object(L, object->address, object);
    return PYRO_OK;
}

void lobject_forget(struct pyro_object *object)
{
    if (object->ops == &lobject_ops)
        PYRO_CONTAINER(object, struct lobject, object)->described = false;
}

bool lobject_push(lua_State *L, struct pyro_object *object)
{
    if (object->ops != &lobject_ops)
        return false;
    push_table(L, PYRO_CONTAINER(object, struct lobject, object));
    return true;
}
