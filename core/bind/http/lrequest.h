/** @file
 * Requests over HTTP as tables. */
#ifndef PYRO_BIND_HTTP_LREQUEST_H
#define PYRO_BIND_HTTP_LREQUEST_H

#include <lua.h>

#include "bind/base/marks.h"
#include "http/parts.h"

/** Pushes a table of what is in a request: see bind/http/lhttp.h. */
LUA_RAISES void lrequest_push(lua_State *L, const struct pyro_http_request *request);

#endif
