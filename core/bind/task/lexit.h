/** @file
 * The end of a program by os.exit(). */
#ifndef PYRO_BIND_TASK_LEXIT_H
#define PYRO_BIND_TASK_LEXIT_H

#include <lua.h>

#include "bind/base/marks.h"

/** Lets os.exit() send first what is to be sent: oneway calls, and answers. In a script of a
 * program of C it is an error: the program is not the script's to end. */
LUA_RUNS void lexit_open(lua_State *L);

#endif
