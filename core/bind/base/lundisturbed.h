/** @file
 * C functions that no finalizer interrupts. */
#ifndef PYRO_BIND_BASE_LUNDISTURBED_H
#define PYRO_BIND_BASE_LUNDISTURBED_H

#include <lua.h>

#include "bind/base/marks.h"

/** Calls a C function with all arguments of the running one, and returns its result. No finalizer
 * runs meanwhile, which could change what the function walks over. Use as `return
 * lundisturbed_call(…)`. */
LUA_RUNS int lundisturbed_call(lua_State *L, lua_CFunction f);

#endif
