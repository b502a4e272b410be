/** @file
 * pyro.URI: userdata that holds a URI. */
#ifndef PYRO_BIND_VALUE_LURI_H
#define PYRO_BIND_VALUE_LURI_H

#include <lua.h>

#include "base/uri.h"

/** Pushes a URI object. Takes `uri` (and leaves it empty), also when it raises an error. */
void luri_push(lua_State *L, struct pyro_uri *uri);

/** The URI at `index`, or NULL. */
struct pyro_uri *luri_test(lua_State *L, int index);

/** The URI at `index`, a URI object or a text, which is replaced by its URI object. */
struct pyro_uri *luri_check(lua_State *L, int index);

/** Pushes a URI's text. */
void luri_push_text(lua_State *L, const struct pyro_uri *uri);

/** Registers the type; adds core.uri(text). */
void luri_open(lua_State *L);

#endif
