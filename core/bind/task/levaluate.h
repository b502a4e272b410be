/** @file
 * Running what somebody typed, who may interrupt it. */
#ifndef PYRO_BIND_TASK_LEVALUATE_H
#define PYRO_BIND_TASK_LEVALUATE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.evaluate(f, ...): calls a function in a task of its own, but in the call context of
 * the caller, who waits for its end. Returns true and a table of its results and their number, n;
 * or false, the error and the thread that failed. Where the process is interrupted, what the code
 * does or waits for fails with LWAIT_INTERRUPTED; but a request loop that waits takes the interrupt
 * instead. */
LUA_RUNS void levaluate_open(lua_State *L);

#endif
