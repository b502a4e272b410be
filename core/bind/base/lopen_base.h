/** @file
 * Opening of this room: errors, hooks, types. */
#ifndef PYRO_BIND_BASE_LOPEN_BASE_H
#define PYRO_BIND_BASE_LOPEN_BASE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_base(lua_State *L);

#endif
