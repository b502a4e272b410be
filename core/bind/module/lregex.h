/** @file
 * Regular expressions with Python's meaning, for programs that take those of Pyro's. */
#ifndef PYRO_BIND_MODULE_LREGEX_H
#define PYRO_BIND_MODULE_LREGEX_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.new_regex(pattern), whose result is called with a string: it says whether that begins
 * with a match. A NamingError tells of a pattern that is wrong, or takes too long on a string. */
LUA_RUNS void lregex_open(lua_State *L);

#endif
