/** @file
 * JSON, for programs that others read. */
#ifndef PYRO_BIND_VALUE_LJSON_H
#define PYRO_BIND_VALUE_LJSON_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.format_json(value), the value as the json serializer writes it. */
LUA_RUNS void ljson_open(lua_State *L);

#endif
