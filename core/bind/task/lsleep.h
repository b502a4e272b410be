/** @file
 * Time: sleeping, and the clock. */
#ifndef PYRO_BIND_TASK_LSLEEP_H
#define PYRO_BIND_TASK_LSLEEP_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.sleep(seconds) and core.time(). */
LUA_RUNS void lsleep_open(lua_State *L);

#endif
