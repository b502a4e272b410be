/** @file
 * Finding the name server. */
#ifndef PYRO_BIND_CLIENT_LLOCATE_H
#define PYRO_BIND_CLIENT_LLOCATE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.locate([host], [port]) -> a connected proxy of the name server. */
LUA_RUNS void llocate_open(lua_State *L);

#endif
