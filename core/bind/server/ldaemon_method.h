/** @file
 * Finding the functions that a program gives a daemon. */
#ifndef PYRO_BIND_SERVER_LDAEMON_METHOD_H
#define PYRO_BIND_SERVER_LDAEMON_METHOD_H

#include "bind/base/marks.h"
#include "bind/server/ldaemon_hooks.h"

/** Pushes a function, nil where it is not set, and its daemon: two nils where that is being
 * collected. */
void ldaemon_method_push(lua_State *L, const struct ldaemon_hooks *hooks, enum ldaemon_hook name);

/** Lets hooks be found in the userdata at the top, until that is collected. */
LUA_RAISES void ldaemon_method_keep(lua_State *L, const struct ldaemon_hooks *hooks);

/** Makes the table that finds the userdata of hooks. */
LUA_RUNS void ldaemon_method_open(lua_State *L);

#endif
