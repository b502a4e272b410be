/** @file
 * Tells of a method that failed: the counters, the log, and the daemon's owner, with its name, its
 * arguments, its named arguments and the error. */
#ifndef PYRO_BIND_SERVER_LFAILURE_H
#define PYRO_BIND_SERVER_LFAILURE_H

#include <lua.h>

#include "bind/base/marks.h"
#include "rpc/request.h"
#include "rpc/request_log.h"

/** Counts and logs that a method failed, with the error object at `index`. */
LUA_RUNS void lfailure_log(lua_State *L, int index, struct pyro_request *request,
                           struct pyro_slice method);

/** Tells the owner of a request whose method failed; the error is at the top, and stays there. */
LUA_RUNS void lfailure_tell(lua_State *L, struct pyro_request *request);

/** Tells the owner of a batch entry whose method failed: `name` is the index of the method's name
 * among the entries (see lentries.h), which are at `table`. */
LUA_RUNS void lfailure_tell_entry(lua_State *L, struct pyro_request *request, int table,
                                  lua_Integer name);

#endif
