/** @file
 * Opening of this room: tasks and what they wait for. */
#ifndef PYRO_BIND_TASK_LOPEN_TASK_H
#define PYRO_BIND_TASK_LOPEN_TASK_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types of the room, and adds its functions to the module at the top of the stack.
 */
LUA_RUNS void lopen_task(lua_State *L);

#endif
