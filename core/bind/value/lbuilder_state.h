/** @file
 * What the builders of a runtime share: keys that are kept, and how much was built for nothing. */
#ifndef PYRO_BIND_VALUE_LBUILDER_STATE_H
#define PYRO_BIND_VALUE_LBUILDER_STATE_H

#include <lua.h>

#include "bind/base/lkeys.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "value/sink.h"

/** Returns the keys that the builders of the runtime keep. */
struct lkeys *lbuilder_keys(struct lruntime *runtime);

/** Raises the error that reading a message into `sink` ended with. What it has built lies above
 * `top`: that memory is given back first, where it is much. */
LUA_RUNS int lbuilder_raise(lua_State *L, int top, const struct pyro_sink *sink);

/** Prepares a runtime for builders. */
LUA_RAISES void lbuilder_open(lua_State *L);

#endif
