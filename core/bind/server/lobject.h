/** @file
 * A Lua table behind the object interface: what pyro.Daemon serves. */
#ifndef PYRO_BIND_SERVER_LOBJECT_H
#define PYRO_BIND_SERVER_LOBJECT_H

#include "bind/base/marks.h"
#include "bind/value/lserved.h"
#include "rpc/object.h"

/** An object that serves a Lua table. */
struct lobject {
    struct pyro_object object;
    struct lserved served;
};

/** Returns an object that serves the table at `index`, to be registered (see lserved_hold()). `ops`
 * has lobject_describe() and lobject_release(). Raises an error when out of memory. */
LUA_RUNS struct lobject *lobject_prepare(lua_State *L, int index, bool weak,
                                         const struct pyro_object_ops *ops);

/** Registers a prepared object with a daemon (NULL: it was closed meanwhile) as `id` (NULL: a new
 * one). PYRO_EDAEMON when its table is registered already, unless `force`. On failure the object is
 * freed. Allocates nothing in Lua: no finalizer runs, which could close the daemon. */
enum pyro_code lobject_register(lua_State *L, struct lobject *object, struct pyro_daemon *daemon,
                                const char *id, bool force, struct pyro_error *err);

/** Returns what is known of the table that an object serves; NULL for objects of C. */
struct lserved *lobject_served(struct pyro_object *object);

/** Writes the members of an object: the function of its vtable. */
LOOP_STEPS enum pyro_code lobject_describe(struct pyro_object *self, struct pyro_sink *to);

/** Writes the members of an object and their texts: the function of its vtable. */
LOOP_STEPS enum pyro_code lobject_document(struct pyro_object *self, struct pyro_sink *to);

/** Frees an object: the function of its vtable. */
void lobject_release(struct pyro_object *self);

/** Pushes the table that an object serves, nil where that was weak and is gone; false (nothing
 * pushed) for objects of C. */
bool lobject_push(lua_State *L, struct pyro_object *object);

#endif
