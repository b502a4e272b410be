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

/** Pushes what the reply holds as JSON, in the forms of codec/json_forms_put.h: "value" and its
 * text, or "raised", its text and the exception's class, or "stream" and its id. Returns true.
 * Raises an error where the reply makes no sense, or JSON cannot say it. */
LUA_RUNS bool lreply_push_json(lua_State *L, int proxy, bool kept, struct pyro_call *call);

/** Replaces what is no exception at the top by an error: a peer may call anything one. */
LUA_RUNS void lreply_make_raisable(lua_State *L);

#endif
