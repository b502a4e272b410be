/** @file
 * pyro.URI: userdata that holds a URI. */
#ifndef PYRO_BIND_VALUE_LURI_H
#define PYRO_BIND_VALUE_LURI_H

#include <lua.h>

#include "base/uri.h"
#include "bind/base/marks.h"

/** Pushes a URI object. Takes `uri` (and leaves it empty), also when it raises an error. */
LUA_RAISES void luri_push(lua_State *L, struct pyro_uri *uri);

/** Returns the URI at `index`; NULL where the value is none. */
struct pyro_uri *luri_test(lua_State *L, int index);

/** Returns the URI at `index`. Replaces a string there by its URI object; raises an error where
 * there is neither. */
LUA_RUNS struct pyro_uri *luri_check(lua_State *L, int index);

/** Pushes a URI as a string. */
LUA_RAISES void luri_push_text(lua_State *L, const struct pyro_uri *uri);

/** Registers the type; adds core.new_uri(string). */
LUA_RUNS void luri_open(lua_State *L);

#endif
