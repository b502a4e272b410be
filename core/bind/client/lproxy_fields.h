/** @file
 * The fields and methods that belong to a proxy itself: names that begin with "_pyro". */
#ifndef PYRO_BIND_CLIENT_LPROXY_FIELDS_H
#define PYRO_BIND_CLIENT_LPROXY_FIELDS_H

#include <lua.h>

#include "base/common.h"
#include "bind/base/marks.h"

/** Returns whether a name belongs to the proxy itself. */
bool lproxy_is_field(const char *name);

/** Pushes the value of such a name, and returns 1; 0 where there is none. The proxy is at 1, the
 * name at 2. */
int lproxy_get_field(lua_State *L);

/** Sets such a name, at 2, to the value at 3. */
int lproxy_set_field(lua_State *L);

/** Keeps the table at the top, which is popped, as that of a proxy's own methods. */
LUA_RAISES void lproxy_keep_methods(lua_State *L);

#endif
