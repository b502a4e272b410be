/** @file
 * What runs beside other things: background tasks, sleeping, the host's main program. */
#ifndef PYRO_BIND_TASK_LTASK_H
#define PYRO_BIND_TASK_LTASK_H

#include "bind/task/lruntime.h"

/** Starts a task as ltask_start() does, but pops its thread. What goes wrong in it is printed. */
struct ltask *ltask_background(lua_State *L, int nargs);

/** Prints the error that a background task failed with, as Python does for a thread; nothing where
 * it has not failed. */
void ltask_report(struct ltask *task, int status);

/** Spawns a task that calls the function below the `nargs` arguments at the top, all of which are
 * popped; nothing where it is nil. Raises no error: what cannot be started is not. */
void ltask_spawn(lua_State *L, int nargs);

/** Adds core.launch(f, …), core.sleep(seconds) and core.locate([host], [port]). */
void ltask_open(lua_State *L);

#endif
