/** @file
 * Opening of this room: daemons and what they serve. */
#ifndef PYRO_BIND_SERVER_LOPEN_SERVER_H
#define PYRO_BIND_SERVER_LOPEN_SERVER_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_server(lua_State *L);

#endif
