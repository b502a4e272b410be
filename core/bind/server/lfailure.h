/** @file
 * Tells a daemon's owner of a method that failed, with its name, its arguments, its named arguments
 * and the error. */
#ifndef PYRO_BIND_SERVER_LFAILURE_H
#define PYRO_BIND_SERVER_LFAILURE_H

#include <lua.h>

#include "bind/base/marks.h"
#include "rpc/request.h"

/** Tells of a request whose method failed; the error is at the top, and stays there. */
LUA_RUNS void lfailure_tell(lua_State *L, struct pyro_request *request);

/** Tells of a batch entry whose method failed: `name` is the index of the method's name among the
 * entries (see lentries.h), which are at `table`. */
LUA_RUNS void lfailure_tell_entry(lua_State *L, struct pyro_request *request, int table,
                                  lua_Integer name);

#endif
