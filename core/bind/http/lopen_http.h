/** @file
 * Opening of this room: HTTP servers. */
#ifndef PYRO_BIND_HTTP_LOPEN_HTTP_H
#define PYRO_BIND_HTTP_LOPEN_HTTP_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_http(lua_State *L);

#endif
