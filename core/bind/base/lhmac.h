/** @file
 * HMAC keys as Lua strings. */
#ifndef PYRO_BIND_BASE_LHMAC_H
#define PYRO_BIND_BASE_LHMAC_H

#include <lua.h>

#include "bind/base/marks.h"
#include "wire/hmac.h"

/** Returns a key of the string at `index`, with one reference; NULL for nil. Raises an error, which
 * does not show the value, where it is neither. */
LUA_RAISES struct pyro_hmac_key *lhmac_read(lua_State *L, int index);

/** Pushes the secret of a key; nil for NULL. */
LUA_RAISES void lhmac_push(lua_State *L, const struct pyro_hmac_key *key);

#endif
