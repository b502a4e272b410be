/** @file
 * Background tasks whose threads the program has: it can wait for them, and close them. */
#ifndef PYRO_BIND_TASK_LSPAWN_H
#define PYRO_BIND_TASK_LSPAWN_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.spawn(f, …) -> thread, and core.join(thread, [seconds]) -> whether it has ended. */
LUA_RUNS void lspawn_open(lua_State *L);

#endif
