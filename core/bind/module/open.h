/** @file
 * How Lua states get the C module. */
#ifndef PYRO_BIND_MODULE_OPEN_H
#define PYRO_BIND_MODULE_OPEN_H

#include <stdbool.h>

#include <lua.h>

#include "bind/base/marks.h"

/** Returns a new state whose memory is the core's (base/memory.h), or NULL. Close it with
 * lua_close(). */
lua_State *pyro_new_state(void);

/** Puts the C module and the embedded Lua modules into package.preload. The standard libraries are
 * open already. Pushes nothing. */
int pyro_open(lua_State *L);

/** Adds the folder of a script to the path of modules, which are then found wherever the script is
 * started from, as in Python. */
LUA_RUNS void pyro_search_beside(lua_State *L, const char *script);

#endif
