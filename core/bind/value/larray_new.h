/** @file
 * Arrays made of other Lua values. */
#ifndef PYRO_BIND_VALUE_LARRAY_NEW_H
#define PYRO_BIND_VALUE_LARRAY_NEW_H

#include <lua.h>

#include "base/error.h"

/** Replaces the dict at the top of the stack, which is of the class of arrays, by the array.
 * PYRO_ESERIALIZE where it is none of numbers. */
enum pyro_code larray_from_class(lua_State *L, struct pyro_error *err);

/** Makes core.ndarray: its functions new and load. */
void larray_new_open(lua_State *L);

#endif
