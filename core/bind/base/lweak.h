/** @file
 * References to tables that do not keep them, and notice when they are collected. */
#ifndef PYRO_BIND_BASE_LWEAK_H
#define PYRO_BIND_BASE_LWEAK_H

#include <lua.h>

#include "bind/base/marks.h"

struct lweak {
    void (*gone)(void *owner); /**< the table was collected; called at most once, by a finalizer */
    void *owner;               /**< NULL: nobody is to be told */
};

/** Refers to the table at `index`. It belongs to the Lua state: it ends with its table, when that
 * was told, or with lweak_drop(). Raises an error when out of memory. */
LUA_RAISES struct lweak *lweak_new(lua_State *L, int index, void (*gone)(void *owner));

/** Pushes the table; nil once it is gone. */
void lweak_push(lua_State *L, const struct lweak *weak);

/** Ends the reference. Allocates nothing. Needs 4 slots of the stack. */
void lweak_drop(lua_State *L, struct lweak *weak);

/** Pushes a new table that is weak: `mode` is "k" or "v". */
LUA_RUNS void lweak_push_table(lua_State *L, const char *mode);

LUA_RUNS void lweak_open(lua_State *L);

#endif
