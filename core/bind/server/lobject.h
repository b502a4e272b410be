/** @file
 * A Lua table behind the object interface: what pyro.Daemon serves. */
#ifndef PYRO_BIND_SERVER_LOBJECT_H
#define PYRO_BIND_SERVER_LOBJECT_H

#include <lua.h>

#include "bind/base/lweak.h"
#include "bind/task/lruntime.h"
#include "rpc/daemon.h"

struct lobject {
    struct pyro_object object;
    struct lruntime *runtime;
    struct pyro_daemon *daemon;
    const char *id;      /**< the daemon's */
    const void *address; /**< of the table, which may be gone where it is weak */
    struct lweak *weak;  /**< refers to the table without keeping it; or NULL */
    int reference;       /**< of the table, in the registry; LUA_NOREF: it is weak */
    bool registered;
    /** What it was last described as: names -> bits of enum pyro_member. Proxies that travel in its
     * place know that. */
    struct pyro_map members;
    bool described; /**< the members are known */
    int instances;  /**< of a class: reference of the table of its one instance; else LUA_NOREF */
};

/** An object that serves the table at `index`, to be registered; `weak`: only as long as somebody
 * else keeps the table, which may be no class then. Raises an error for that, and when out of
 * memory. */
struct lobject *lobject_prepare(lua_State *L, int index, bool weak);

/** Registers a prepared object with a daemon (NULL: it was closed meanwhile) as `id` (NULL: a new
 * one). PYRO_EDAEMON when its table is registered already, unless `force`. On failure the object is
 * freed. Allocates nothing in Lua: no finalizer runs, which could close the daemon. */
enum pyro_code lobject_register(lua_State *L, struct lobject *object, struct pyro_daemon *daemon,
                                const char *id, bool force, struct pyro_error *err);

/** Pushes the methods, oneway methods and attributes of an object, lists of names, and notes them.
 * Raises an error where the Lua side does. */
void lobject_describe(lua_State *L, struct lobject *object);

/** Describes an object whose members are not known. Runs no code of users', not even finalizers, so
 * it may be used while a message is being written. */
enum pyro_code lobject_learn(lua_State *L, struct lobject *object, struct pyro_error *err);

/** The members of the object, if it is one of ours, are looked at anew when they are needed. */
void lobject_forget(struct pyro_object *object);

/** The object that serves the table at `index`, or NULL. */
struct lobject *lobject_of(lua_State *L, int index);

/** Pushes the table of all objects; false (nothing pushed) as long as there were none. */
bool lobject_push_all(lua_State *L);

/** The object in that table, at `objects`, that serves the table at `index`; or NULL. */
struct lobject *lobject_among(lua_State *L, int objects, int index);

/** The object in that table whose proxy travels in the place of the table at `index`: the one that
 * serves it, or else, for an instance of a class that is served, the one that serves the class; or
 * NULL. */
struct lobject *lobject_in_place(lua_State *L, int objects, int index);

/** Pushes the table that an object of ours serves, nil where that was weak and is gone; false
 * (nothing pushed) for others. */
bool lobject_push(lua_State *L, struct pyro_object *object);

#endif
