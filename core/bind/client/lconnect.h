/** @file
 * Connecting proxies. These functions wait, and are used as `return lconnect_…(L, …)`. */
#ifndef PYRO_BIND_CLIENT_LCONNECT_H
#define PYRO_BIND_CLIENT_LCONNECT_H

#include <lua.h>

#include "bind/base/marks.h"

/** Resolves and connects the proxy at the index `proxy`, unless it is connected, then goes on with
 * `k`, the stack being as before. Raises an error object where that fails. */
LUA_RUNS int lconnect_proxy(lua_State *L, int proxy, lua_KContext context, lua_KFunction k);

/** Does the same for a call: raises an error, too, where the server has ended the connection of the
 * last call, once. */
LUA_RUNS int lconnect_for_call(lua_State *L, int proxy, lua_KContext context, lua_KFunction k);

/** Adds core.connect(proxy). */
LUA_RUNS void lconnect_open(lua_State *L);

#endif
