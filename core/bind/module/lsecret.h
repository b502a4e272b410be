/** @file
 * Ids of calls, and secrets that others may try to guess. */
#ifndef PYRO_BIND_MODULE_LSECRET_H
#define PYRO_BIND_MODULE_LSECRET_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.new_correlation_id(), which returns a UUID as a string, and core.same_secret(a, b),
 * which takes the same time for all strings of a length. */
LUA_RUNS void lsecret_open(lua_State *L);

#endif
