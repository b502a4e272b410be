/** @file
 * Finding the methods and attributes of a served table that a remote caller may reach. */
#ifndef PYRO_BIND_SERVER_LMEMBER_H
#define PYRO_BIND_SERVER_LMEMBER_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Replaces the name at the top, whose bytes are kept elsewhere, by the method of the object at
 * `self`; raises an AttributeError unless it may be called. */
LUA_RUNS void lmember_find_method(lua_State *L, const struct lruntime *runtime, int self,
                                  struct pyro_slice name);

/** Reads a plain field that pyro.attributes() named, or sets it, of the object at `self`; the name
 * and, to set, the value are above the object. Returns the number of results, at the top. Raises an
 * AttributeError where the field may not be reached. */
LUA_RUNS int lmember_access(lua_State *L, int self, bool set);

#endif
