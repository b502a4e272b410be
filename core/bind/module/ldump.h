/** @file
 * A report of what a runtime is doing, when a signal asks for it. */
#ifndef PYRO_BIND_MODULE_LDUMP_H
#define PYRO_BIND_MODULE_LDUMP_H

#include <lua.h>

#include "bind/base/marks.h"

/** Prints what pyro.debug() reports on the standard error whenever SIGUSR1 comes, until the state
 * is closed: in the next step, or, where Lua code computes, before its next instruction. Does
 * nothing where SIGUSR1 is handled or ignored already. For one state of a process, in the thread
 * that runs it. */
LUA_RAISES void ldump_on_signal(lua_State *L);

#endif
