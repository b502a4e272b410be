/** @file
 * pyro.ndarray. */
#ifndef PYRO_BIND_VALUE_LARRAY_LIB_H
#define PYRO_BIND_VALUE_LARRAY_LIB_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the type; adds core.ndarray, with its functions new and load. */
LUA_RUNS void larray_open(lua_State *L);

#endif
