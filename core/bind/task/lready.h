/** @file
 * Messages to a service manager (systemd): that the program is ready, and how it is; that it is
 * alive; that it ends. */
#ifndef PYRO_BIND_TASK_LREADY_H
#define PYRO_BIND_TASK_LREADY_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Tells that the program ends, if it was ready before, once. */
void lready_stopping(struct lruntime *runtime);

/** Adds core.ready([status]). */
LUA_RUNS void lready_open(lua_State *L);

#endif
