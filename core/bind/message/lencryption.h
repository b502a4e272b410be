/** @file
 * The option `ssl` of daemons and proxies: true, false, or a table of what is not as the settings
 * say. */
#ifndef PYRO_BIND_MESSAGE_LENCRYPTION_H
#define PYRO_BIND_MESSAGE_LENCRYPTION_H

#include <lua.h>

#include "bind/base/marks.h"
#include "rpc/encryption.h"

/** Checks the value at `index`, and pushes a copy of it; nil for none. Raises an error that names
 * what is wrong. */
LUA_RUNS void lencryption_push(lua_State *L, int index, bool server);

/** Returns what a checked copy at `index` says. Its strings are those of the copy. */
LUA_RAISES struct pyro_encryption lencryption_read(lua_State *L, int index);

#endif
