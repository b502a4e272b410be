/** @file
 * daemon:stats() in Lua. */
#ifndef PYRO_BIND_SERVER_LDAEMON_STATS_H
#define PYRO_BIND_SERVER_LDAEMON_STATS_H

#include <lua.h>

#include "bind/base/marks.h"

/** Sets core.stats. */
LUA_RUNS void ldaemon_stats_open(lua_State *L);

#endif
