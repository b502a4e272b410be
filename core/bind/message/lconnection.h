/** @file
 * A client's connection in Lua: `pyro.current_context.client`, and what hooks get. */
#ifndef PYRO_BIND_MESSAGE_LCONNECTION_H
#define PYRO_BIND_MESSAGE_LCONNECTION_H

#include <lua.h>

#include "bind/base/marks.h"
#include "rpc/connection.h"

/** Pushes the userdata of a connection: the same one each time. */
LUA_RAISES void lconnection_push(lua_State *L, struct pyro_connection *connection);

/** Pushes the set of resources (table: resource -> true) that the connection at `index` tracks. */
LUA_RAISES void lconnection_push_resources(lua_State *L, int index);

/** Returns whether the client of the connection at `index` has gone. */
bool lconnection_closed(lua_State *L, int index);

/** Pushes the table of the instances that serve this connection alone: class -> instance. */
LUA_RAISES void lconnection_push_instances(lua_State *L, struct pyro_connection *connection);

/** Lets go of what was kept for a connection that is closed. Pushes its userdata, and the set of
 * its resources; false (nothing pushed) where the connection tracked none. */
LUA_RAISES bool lconnection_depart(lua_State *L, struct pyro_connection *connection);

/** Registers the type. */
LUA_RUNS void lconnection_open(lua_State *L);

#endif
