/** @file
 * What a table looks like, found without running Lua or allocating anything. */
#ifndef PYRO_BIND_BASE_LSHAPE_H
#define PYRO_BIND_BASE_LSHAPE_H

#include <lua.h>

#include "base/common.h"
#include "bind/base/marks.h"

/** Prepares lshape_method(). */
LUA_RAISES void lshape_open(lua_State *L);

/** Returns how many items the table at the absolute index has if it is a sequence: keys 1 to n, and
 * no others; else -1. */
lua_Integer lshape_sequence(lua_State *L, int table);

/** Returns whether all keys are strings. */
bool lshape_has_only_names(lua_State *L, int table);

/** Returns the name of a method that the table has by its metatable: of a function with a parameter
 * `self` in a table `__index`, or in what that inherits from; NULL where there is none. Metamethods
 * are none. Of large tables only some fields are looked at. The class keeps the name alive. */
const char *lshape_method(lua_State *L, int table);

/** Pushes the metatable of the table at `index`, and its `__index`, from which the table inherits;
 * false (nothing pushed) where that is no table. */
bool lshape_push_parent(lua_State *L, int index);

#endif
