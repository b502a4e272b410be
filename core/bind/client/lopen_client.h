/** @file
 * Opening of this room: proxies and calls. */
#ifndef PYRO_BIND_CLIENT_LOPEN_CLIENT_H
#define PYRO_BIND_CLIENT_LOPEN_CLIENT_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_client(lua_State *L);

#endif
