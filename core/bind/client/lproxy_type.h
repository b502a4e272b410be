/** @file
 * pyro.Proxy: the type, whose unknown names are methods and attributes of a remote object. */
#ifndef PYRO_BIND_CLIENT_LPROXY_TYPE_H
#define PYRO_BIND_CLIENT_LPROXY_TYPE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the type; adds core.new_proxy(uri | proxy | id, [descriptor]), core.socketpair(), and
 * core.proxy_methods and core.proxy_type, the metatable, to which the Lua side adds its own. */
LUA_RUNS void lproxy_type_open(lua_State *L);

#endif
