/** @file
 * The rules of ALLOW, for the program that checks them. */
#ifndef PYRO_BIND_MODULE_LALLOW_H
#define PYRO_BIND_MODULE_LALLOW_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.check_rules(path, question). */
LUA_RUNS void lallow_open(lua_State *L);

#endif
