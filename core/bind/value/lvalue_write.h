/** @file
 * Sending Lua values to a sink. */
#ifndef PYRO_BIND_VALUE_LVALUE_WRITE_H
#define PYRO_BIND_VALUE_LVALUE_WRITE_H

#include <lua.h>

#include "value/sink.h"
#include "wire/protocol.h"

/** Sends the value at `index` to `to`. What cannot travel is a PYRO_ESERIALIZE that says where it
 * lies in its path ("[2].price"). Runs no Lua and raises no Lua error:
 * lconvert_outward() comes before. */
enum pyro_code lvalue_write(lua_State *L, int index, const struct pyro_protocol *protocol,
                            struct pyro_sink *to);

/** Sends the table of named arguments at `table` as a dict, likewise; 0: there are none. */
enum pyro_code lvalue_write_named(lua_State *L, int table, const struct pyro_protocol *protocol,
                                  struct pyro_sink *to);

#endif
