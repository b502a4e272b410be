/** @file
 * Strings of other programs, made safe to print. */
#ifndef PYRO_BIND_BASE_LPRINTABLE_H
#define PYRO_BIND_BASE_LPRINTABLE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.printable() to the module at the top of the stack. */
LUA_RUNS void lprintable_open(lua_State *L);

#endif
