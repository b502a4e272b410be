/** @file
 * Opening of this room: values of Lua and of the core. */
#ifndef PYRO_BIND_VALUE_LOPEN_VALUE_H
#define PYRO_BIND_VALUE_LOPEN_VALUE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_value(lua_State *L);

#endif
