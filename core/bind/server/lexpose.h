/** @file
 * What pyro.expose() and pyro.parameters() said of a class or object: which methods may be called,
 * and what their parameters are called. */
#ifndef PYRO_BIND_SERVER_LEXPOSE_H
#define PYRO_BIND_SERVER_LEXPOSE_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Returns whether pyro.expose() lets the method of that name of the table at `self` be called. The
 * marks of the tables in which Lua looks up what that one lacks count, too. */
LUA_RUNS bool lexpose_allows(lua_State *L, const struct lruntime *runtime, int self,
                             struct pyro_slice name);

/** Pushes the list of names that pyro.parameters() gave to the parameters of that method of the
 * table at `self`; nil where it did not. */
LUA_RUNS void lexpose_push_parameters(lua_State *L, int self, struct pyro_slice name);

/** Adds core.set_exposures(marks), core.is_exposed(object, name), core.is_private(name), and
 * core.longest_text, in bytes. */
LUA_RUNS void lexpose_open(lua_State *L);

#endif
