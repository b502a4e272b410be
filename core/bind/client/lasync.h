/** @file
 * Calls that are sent at once, and whose replies go to futures. */
#ifndef PYRO_BIND_CLIENT_LASYNC_H
#define PYRO_BIND_CLIENT_LASYNC_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.new_async_method(proxy, name, later) -> a function that calls that method of the
 * proxy, and returns a future. What cannot be sent at once it leaves to later(proxy, …). */
LUA_RUNS void lasync_open(lua_State *L);

#endif
