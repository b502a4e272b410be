/** @file
 * Request loops and signals: what ends a process ends the loops. */
#ifndef PYRO_BIND_TASK_LATTEND_H
#define PYRO_BIND_TASK_LATTEND_H

#include <lua.h>

#include "bind/base/marks.h"
#include "bind/task/lloop.h"

/** Pushes a request loop that is on, to be closed: until then a signal that asks the process to end
 * stops `loops`, which what is at `index` holds; a second one has its default effect. Signals of a
 * program that embeds the runtime are left alone. */
LUA_RAISES void lattend_push(lua_State *L, int index, struct lloops *loops);

/** Adds core.await_signal(), which waits until a signal asks the process to end. */
LUA_RUNS void lattend_open(lua_State *L);

#endif
