/** @file
 * Terminals, for programs that show something to who watches. */
#ifndef PYRO_BIND_MODULE_LTERMINAL_H
#define PYRO_BIND_MODULE_LTERMINAL_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.terminal_size(descriptor) to the module at the top of the stack. */
LUA_RUNS void lterminal_open(lua_State *L);

#endif
