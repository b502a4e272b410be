/** @file
 * What a runtime is doing, as a table. */
#ifndef PYRO_BIND_MODULE_LDEBUG_H
#define PYRO_BIND_MODULE_LDEBUG_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.state() -> table of tasks (each with its thread), daemons with their connections,
 * proxies with their calls, and numbers of what is queued. */
LUA_RUNS void ldebug_open(lua_State *L);

#endif
