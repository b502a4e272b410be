/** @file
 * The main program of a host: it runs as a task. */
#ifndef PYRO_BIND_TASK_LMAIN_H
#define PYRO_BIND_TASK_LMAIN_H

#include <stdbool.h>

#include <lua.h>

#include "bind/base/marks.h"

/** Runs a function as a task: it and `nargs` arguments are on top of the stack. The loop is stepped
 * until it ends. Returns LUA_OK with its results on the stack, or an error status with the error
 * value. */
LUA_RUNS int lmain_run(lua_State *L, int nargs);

/** Returns whether code was ended by an error because the process was asked to end. */
bool lmain_was_ended(lua_State *L);

/** Pushes the thread of the task that lmain_run() last saw fail, its stack as it was, for
 * tracebacks, and forgets it; false (nothing pushed) when there is none. */
int lmain_push_failed_thread(lua_State *L);

#endif
