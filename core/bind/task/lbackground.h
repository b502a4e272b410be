/** @file
 * Background tasks: nobody waits for them. */
#ifndef PYRO_BIND_TASK_LBACKGROUND_H
#define PYRO_BIND_TASK_LBACKGROUND_H

#include "bind/base/marks.h"
#include "bind/task/ltask.h"

/** Starts a task as ltask_start() does, but pops its thread. What goes wrong in it is printed. */
LUA_RAISES struct ltask *lbackground_start(lua_State *L, int nargs);

/** Prints the error that a background task failed with, as Python does for a thread; nothing where
 * it has not failed. */
LOOP_STEPS void lbackground_report(struct ltask *task, int status);

/** Spawns a task that calls the function below the `nargs` arguments at the top, all of which are
 * popped; nothing where it is nil. Raises no error: what cannot be started is not. */
LOOP_STEPS void lbackground_spawn(lua_State *L, int nargs);

/** Adds core.launch(f, …): runs it at once, up to where it first waits. */
LUA_RUNS void lbackground_open(lua_State *L);

#endif
