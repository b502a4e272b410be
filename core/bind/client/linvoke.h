/** @file
 * Operations of a proxy over the network: call, get, set. All of these wait, and are used as
 * `return linvoke_…(L, …)`. */
#ifndef PYRO_BIND_CLIENT_LINVOKE_H
#define PYRO_BIND_CLIENT_LINVOKE_H

#include <lua.h>

#include "bind/base/marks.h"
#include "bind/value/lproxy.h"
#include "rpc/call.h"

/** Calls a method of the proxy at 1 with the arguments above it; returns its results. The Lua side
 * repeats that as often as the proxy says, when the connection breaks. */
LUA_RUNS int linvoke_call(lua_State *L, const char *method);

/** Sends the batch of `count` entries in the table at 2 to the object of the proxy at 1; returns
 * the list of their results, or nothing where the batch is oneway. */
LUA_RUNS int linvoke_batch(lua_State *L, lua_Integer count, bool oneway);

/** Reads the attribute whose name is at 2 of the connected proxy at 1. */
int linvoke_get(lua_State *L);

/** Writes the attribute whose name is at 2, of the connected proxy at 1: the value is at 3. */
int linvoke_set(lua_State *L);

/** Raises the AttributeError of a name that the remote object does not have. */
LUA_RUNS int linvoke_no_member(lua_State *L, const struct lproxy *proxy, const char *name);

/** Raises the AttributeError of an attribute that cannot be set, as the remote object has no such
 * attribute. */
LUA_RUNS int linvoke_no_attribute(lua_State *L, const struct lproxy *proxy, const char *name);

/** Gives a call the annotations and the correlation id of the running task's context. `waited`: the
 * task waits for the call. No Lua may run from here until the call is begun. */
LUA_RUNS void linvoke_add_context(lua_State *L, struct lruntime *runtime, bool waited,
                                  struct pyro_call_head *head);

/** Adds core.invoke(proxy, object, method, oneway, …), and core.invoke_json(proxy, object, method,
 * kept, …), whose results are those of lreply_push_json(); and core.member(proxy, name), what the
 * metadata say of a name: "method", "oneway", "attribute" or nil. */
LUA_RUNS void linvoke_open(lua_State *L);

#endif
