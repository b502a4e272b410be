/** @file
 * What came back from a call, as Lua values. */
#ifndef PYRO_BIND_CLIENT_LREPLY_H
#define PYRO_BIND_CLIENT_LREPLY_H

#include <lua.h>

#include "bind/base/marks.h"
#include "rpc/client.h"

/** Pushes what the reply to a call of the proxy at `proxy` holds: the result (several values where
 * it is to be fetched item by item), or, returning false, the exception that the remote side
 * raised. Raises an error where the reply makes no sense. */
LUA_RUNS bool lreply_push(lua_State *L, int proxy, struct pyro_call *call);

/** Replaces what is no exception at the top by an error: a peer may call anything one. */
LUA_RUNS void lreply_make_raisable(lua_State *L);

#endif
