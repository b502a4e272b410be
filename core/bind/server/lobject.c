#include "bind/server/lobject.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/value/lvalue_write.h"
#include "rpc/metadata.h"

static struct lobject *lobject_from(struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct lobject, object);
}

struct lserved *lobject_served(struct pyro_object *object)
{
    return object->ops->release == lobject_release ? &lobject_from(object)->served : NULL;
}

bool lobject_push(lua_State *L, struct pyro_object *object)
{
    const struct lserved *served = lobject_served(object);
    if (served)
        lserved_push_table(L, served);
    return served != NULL;
}

/* --- description --- */

struct description {
    struct lserved *served;
    int entries;
    struct pyro_sink *to;
    enum pyro_code code;
};

/* Sends an entry of the description on the stack. */
static enum pyro_code lobject_put_entry(void *context, enum pyro_metadata_entry entry,
                                        struct pyro_sink *to)
{
    return lvalue_write(context, 3 + (int)entry, NULL, to);
}

static int put_description(lua_State *L)
{
    struct description *d = lua_touserdata(L, 1);
    lserved_push_table(L, d->served);
    lserved_describe(L, d->served); /* at 3, 4 and 5; the object may be gone now */
    if (d->entries == PYRO_METADATA_ALL) {
        lhook_push(L, LHOOK_DOCUMENTATION);
        lua_pushvalue(L, 2);
        lua_call(L, 1, 2);
    }
    d->code = pyro_put_metadata(d->to, d->entries, lobject_put_entry, L);
    return 0;
}

LOOP_STEPS static enum pyro_code describe(struct pyro_object *self, int entries,
                                          struct pyro_sink *to)
{
    struct description d = {&lobject_from(self)->served, entries, to, PYRO_OK};
    lua_State *L = d.served->runtime->from;
    if (!lua_checkstack(L, 4))
        return pyro_error_memory(to->err);
    lua_pushcfunction(L, put_description);
    lua_pushlightuserdata(L, &d);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        d.code = pyro_error_set(to->err, PYRO_ERUNTIME, "%s", lerror_make_text(L));
        lua_pop(L, 1);
    }
    return d.code;
}

enum pyro_code lobject_describe(struct pyro_object *self, struct pyro_sink *to)
{
    return describe(self, PYRO_METADATA_LISTS, to);
}

enum pyro_code lobject_document(struct pyro_object *self, struct pyro_sink *to)
{
    return describe(self, PYRO_METADATA_ALL, to);
}

/* --- from a table to a registered object, and its end --- */

void lobject_release(struct pyro_object *self)
{
    struct lobject *object = lobject_from(self);
    lserved_clear(&object->served);
    pyro_free(object);
}

struct lobject *lobject_prepare(lua_State *L, int index, bool weak,
                                const struct pyro_object_ops *ops)
{
    struct lobject prepared = {.object.ops = ops, .served.runtime = lruntime_of(L)};
    PYRO_ASSERT(ops->describe == lobject_describe && ops->release == lobject_release);
    lserved_hold(L, lua_absindex(L, index), weak, &prepared.served);
    struct lobject *object = pyro_malloc(sizeof(*object));
    if (!object) {
        lserved_clear(&prepared.served);
        luaL_error(L, "not enough memory");
        return NULL; /* never */
    }
    *object = prepared;
    return object;
}

static enum pyro_code register_prepared(lua_State *L, struct lobject *object, const char *id,
                                        bool force, struct pyro_error *err)
{
    struct lserved *served = &object->served;
    if (!served->daemon)
        return pyro_error_set(err, PYRO_EDAEMON, "the daemon is closed");
    if (!force && lserved_is_registered(L, served))
        return pyro_error_set(err, PYRO_EDAEMON, "object or class already has a Pyro id");
    if (force && id)
        pyro_daemon_unregister(served->daemon, pyro_slice_text(id));
    return pyro_daemon_register(served->daemon, id, &object->object, &served->id, err);
}

enum pyro_code lobject_register(lua_State *L, struct lobject *object, struct pyro_daemon *daemon,
                                const char *id, bool force, struct pyro_error *err)
{
    PYRO_ASSERT(!object->served.daemon);
    object->served.daemon = daemon;
    enum pyro_code code = register_prepared(L, object, id, force, err);
    if (code == PYRO_OK)
        lserved_add(L, &object->served);
    else
        lobject_release(&object->object);
    return code;
}
