/** @file
 * What pyro.expose() said of a class or object: which methods may be called. */
#ifndef PYRO_BIND_LEXPOSE_H
#define PYRO_BIND_LEXPOSE_H

#include "bind/lruntime.h"

/** Whether pyro.expose() lets the method of that name of the table at `self` be called. What was
 * said of the tables counts, too, in which Lua looks up what that one has not. */
bool lexpose_allows(lua_State *L, const struct lruntime *runtime, int self, struct pyro_slice name);

void lexpose_open(lua_State *L);

#endif
