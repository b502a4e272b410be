/** @file
 * pyro.Daemon and the name server: userdata that hold a daemon. */
#ifndef PYRO_BIND_SERVER_LDAEMON_H
#define PYRO_BIND_SERVER_LDAEMON_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the types; adds core.new_daemon(options), core.new_nameserver(options) and
 * core.daemon_methods, to which the Lua side adds its own. */
LUA_RUNS void ldaemon_open(lua_State *L);

#endif
