/** @file
 * JSON, for programs that others read. */
#ifndef PYRO_BIND_VALUE_LJSON_H
#define PYRO_BIND_VALUE_LJSON_H

#include <lua.h>

#include "base/buffer.h"
#include "bind/base/marks.h"

/** Pushes a userdata that is an empty buffer, for text that is freed even where an error is raised.
 */
LUA_RAISES struct pyro_buffer *ljson_push_buffer(lua_State *L);

/** Adds core.format_json(value, version), the value as the json serializer writes it in a version
 * of the protocol (502 where it is nil), and core.parse_json(text), what a text says, in the forms
 * of codec/json_forms_take.h. */
LUA_RUNS void ljson_open(lua_State *L);

#endif
