/** @file
 * HTTP servers whose handlers are Lua functions. */
#ifndef PYRO_BIND_HTTP_LHTTP_H
#define PYRO_BIND_HTTP_LHTTP_H

#include <lua.h>

#include "bind/base/marks.h"
#include "http/server.h"

/** Adds core.serve_http{host=, port=, handler=, …} -> server, which serves until server:close();
 * server.address and server.port say where. It speaks TLS where the setting SSL says so. The bounds
 * are max_head, max_body, max_bodies, max_unread, max_connections, max_client_connections,
 * request_timeout, idle_timeout (http/server.h).
 *
 * handler(request) runs in a task. The request is a table: method, path, query (values by name; a
 * list of those of a name that comes again), target (both as they came), headers (values by name in
 * lower case), body, peer (the client's address, with its port), address (the server's, without).
 * It returns status, headers (values, or lists of them, by name; or nil) and body: a string, nil,
 * or a function that gets a writer: write(piece) sends a piece, waits until there is room for the
 * next one, and returns whether the client is still there; write:gone([seconds]) waits until it is
 * not, so long at most, and returns whether it has gone. An error is logged, and answered with
 * 500. */
LUA_RUNS void lhttp_open(lua_State *L);

struct lhttp;

/** Serves by the handler at the top, which the server replaces; that serves until it is closed.
 * NULL with the error. */
LUA_RAISES struct lhttp *lhttp_serve(lua_State *L, struct pyro_http_options *options,
                                     struct pyro_error *err);

/** Closes a server. Raises no error. */
void lhttp_close(lua_State *L, struct lhttp *self);

#endif
