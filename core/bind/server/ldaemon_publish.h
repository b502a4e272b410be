/** @file
 * Publishing: the names that a daemon keeps at name servers. */
#ifndef PYRO_BIND_SERVER_LDAEMON_PUBLISH_H
#define PYRO_BIND_SERVER_LDAEMON_PUBLISH_H

#include <lua.h>

#include "bind/base/marks.h"
#include "bind/server/ldaemon_state.h"

/** Removes the names of the daemon at 1, and goes on with `k` when that is done, or has taken too
 * long. Use as `return ldaemon_publish_stop(…)`. */
LUA_RUNS int ldaemon_publish_stop(lua_State *L, struct ldaemon *self, lua_KFunction k);

/** Adds to the table at the top: core.publish(daemon, name, URI, {metadata=, lease=, safe=,
 * lasting=, host=, port=, hmac_key=}), core.unpublish(daemon, name) -> whether the name was still
 * the daemon's, core.withdraw(daemon). All of them wait. */
LUA_RUNS void ldaemon_publish_open(lua_State *L);

#endif
