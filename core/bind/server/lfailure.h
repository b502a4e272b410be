/** @file
 * Tells a daemon's owner of a method that failed, with its name, its arguments, its named arguments
 * and the error. */
#ifndef PYRO_BIND_SERVER_LFAILURE_H
#define PYRO_BIND_SERVER_LFAILURE_H

#include <lua.h>

#include "rpc/object.h"

/** The method of a request failed; the error is at the top, and stays there. */
void lfailure_tell(lua_State *L, struct pyro_request *request);

/** A call of a batch failed: `name` is the index of its method's name among the calls (see
 * lentries.h), which are at `table`. */
void lfailure_tell_call(lua_State *L, struct pyro_request *request, int table, lua_Integer name);

#endif
