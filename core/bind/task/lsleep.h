/** @file
 * Time: sleeping, and the clock. */
#ifndef PYRO_BIND_TASK_LSLEEP_H
#define PYRO_BIND_TASK_LSLEEP_H

#include <lua.h>

/** Adds core.sleep(seconds) and core.time(). */
void lsleep_open(lua_State *L);

#endif
