/** @file
 * Running of Lua code, and reporting of errors. */
#ifndef PYRO_HOST_CALL_H
#define PYRO_HOST_CALL_H

#include <stdbool.h>

#include <lua.h>

#include "bind/base/marks.h"

/** Name of the program in messages. */
#define PROGRAM "pyrolua"

/** Runs the function and its `nargs` arguments on top of the stack as a task, leaving its results.
 * Reports an error, if one ends it, and pops it. */
LUA_RUNS bool host_call(lua_State *L, int nargs);

/** Prints an error value (at the top; popped), as lua does. */
LUA_RUNS void host_report(lua_State *L);

#endif
