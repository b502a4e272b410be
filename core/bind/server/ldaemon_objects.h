/** @file
 * The methods of a daemon that are about its objects. */
#ifndef PYRO_BIND_SERVER_LDAEMON_OBJECTS_H
#define PYRO_BIND_SERVER_LDAEMON_OBJECTS_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds the methods to the table at the top. */
LUA_RAISES void ldaemon_objects_open(lua_State *L);

#endif
