/** @file
 * The options of a new daemon or name server: fields of the table at 1. Functions raise an error
 * that names the option where its value will not do. */
#ifndef PYRO_BIND_SERVER_LDAEMON_OPTIONS_H
#define PYRO_BIND_SERVER_LDAEMON_OPTIONS_H

#include <lua.h>

#include "bind/base/marks.h"
#include "rpc/listening.h"

/** Returns a string, which stays on the stack; NULL where the option is not set. */
LUA_RUNS const char *ldaemon_string_option(lua_State *L, const char *name);

/** Returns a port; `otherwise` where the option is not set. */
LUA_RUNS int ldaemon_port_option(lua_State *L, const char *name, int otherwise);

/** Returns all options of a daemon, whose strings stay on the stack; `port` where none is set. */
LUA_RUNS struct pyro_daemon_options ldaemon_read_options(lua_State *L, uint16_t port);

#endif
