/** @file
 * What an array is made of, read from Lua values. */
#ifndef PYRO_BIND_VALUE_LARRAY_READ_H
#define PYRO_BIND_VALUE_LARRAY_READ_H

#include <lua.h>

#include "bind/base/marks.h"
#include "value/array.h"

/** Reads a shape: a list of lengths, or the one length. */
enum pyro_code larray_read_shape(lua_State *L, int index, struct pyro_array *array,
                                 struct pyro_error *err);

/** Reads the name of the type of an array's items. */
enum pyro_code larray_read_dtype(lua_State *L, int index, struct pyro_dtype *dtype,
                                 struct pyro_error *err);

/** Pushes the string that the value at `index` is, or as pyro.bytes has; false (nothing pushed)
 * where it is neither. */
bool larray_push_string(lua_State *L, int index);

/** Replaces the string at the top, which is the data of the array or these in base64 (both are
 * never equally long), by the array. */
LUA_RAISES enum pyro_code larray_wrap_data(lua_State *L, struct pyro_array *array,
                                           struct pyro_error *err);

/** Replaces the dict at the top of the stack, which is of the class of arrays, by the array.
 * PYRO_ESERIALIZE where it is none of numbers. */
LUA_RUNS enum pyro_code larray_from_class(lua_State *L, struct pyro_error *err);

#endif
