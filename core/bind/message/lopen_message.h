/** @file
 * Opening of this room: what calls carry. */
#ifndef PYRO_BIND_MESSAGE_LOPEN_MESSAGE_H
#define PYRO_BIND_MESSAGE_LOPEN_MESSAGE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_message(lua_State *L);

#endif
