/** @file
 * Arrays (pyro.ndarray) as Lua values: userdata that do not change. */
#ifndef PYRO_BIND_VALUE_LARRAY_H
#define PYRO_BIND_VALUE_LARRAY_H

#include <lua.h>

#include "bind/base/marks.h"
#include "value/array.h"

#define LARRAY_TYPE "pyro.ndarray"

/** Bytes that an array takes, about, without its data. */
#define LARRAY_COST (sizeof(struct pyro_array) + 64)

/** Replaces the string at the top of the stack, which is the data of a checked array, by the array.
 */
LUA_RAISES void larray_wrap(lua_State *L, const struct pyro_array *array);

/** Returns the array at `index`, as long as that is on the stack; NULL: it is none. Raises no
 * error. */
const struct pyro_array *larray_test(lua_State *L, int index);

#endif
