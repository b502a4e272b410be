/** @file
 * The registry of served tables: which Lua table which object serves, and what is known of it. */
#ifndef PYRO_BIND_VALUE_LSERVED_H
#define PYRO_BIND_VALUE_LSERVED_H

#include <lua.h>

#include "bind/base/lweak.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "rpc/daemon.h"

/** Properties of a served table. Embedded in the object that serves the table. */
struct lserved {
    struct lruntime *runtime;
    struct pyro_daemon *daemon; /**< NULL until the object is registered */
    const char *id;             /**< the daemon's; NULL until then */
    const void *address;        /**< of the table, which may be gone where it is weak */
    struct lweak *weak;         /**< refers to the table without keeping it; or NULL */
    int reference;              /**< of the table, in the registry; LUA_NOREF: it is weak */
    bool registered;            /**< the registry of served tables has an entry for the object */
    /** The members that the table had when it was described last: names -> bits of enum
     * pyro_member. Proxies that travel in the table's place carry them. */
    struct pyro_map members;
    bool described; /**< the members are known */
    int instances;  /**< of a class: reference of the table of its one instance; else LUA_NOREF */
};

/* --- looking up: allocates nothing, and runs no code of users' --- */

/** Pushes the table of all served tables; false (nothing pushed) as long as there were none. */
bool lserved_push_all(lua_State *L);

/** Returns the object in that table, at `objects`, whose proxy travels in the place of the table at
 * `index`: the one that serves the table or, for an instance of a served class, the one that serves
 * the class; or NULL. */
struct lserved *lserved_in_place(lua_State *L, int objects, int index);

/** Returns the object that serves the table at `index`, or NULL. */
struct lserved *lserved_of(lua_State *L, int index);

/** Pushes the table that the object serves; nil where that was weak and is gone. */
void lserved_push_table(lua_State *L, const struct lserved *object);

/* --- members --- */

/** Pushes the methods, oneway methods and attributes of the table at `index`: three lists of names.
 * Raises an error where the Lua side does. */
LUA_RUNS void lserved_push_members(lua_State *L, int index);

/** Pushes the members of an object, as lserved_push_members() does, and notes them. */
LUA_RUNS void lserved_describe(lua_State *L, struct lserved *object);

/** Describes an object whose members are not known. Runs no code of users', not even finalizers, so
 * it may be used while a message is being written. */
enum pyro_code lserved_learn(lua_State *L, struct lserved *object, struct pyro_error *err);

/* --- registering, in this order --- */

/** Refers to the table at `index`, and reserves an entry for it; `weak`: does not keep the table
 * alive, which may be no class then. Raises an error for that, and when out of memory. */
LUA_RUNS void lserved_hold(lua_State *L, int index, bool weak, struct lserved *object);

/** Returns whether an object serves the table of this one already. */
bool lserved_is_registered(lua_State *L, const struct lserved *object);

/** Adds an object that its daemon has registered. Allocates nothing. */
void lserved_add(lua_State *L, struct lserved *object);

/** Removes the object's entry, or the one reserved for it, drops its table and frees its members.
 * Raises no error. */
void lserved_clear(struct lserved *object);

#endif
