/** @file
 * The parameters of served methods: named arguments find them by name. */
#ifndef PYRO_BIND_SERVER_LPARAMETERS_H
#define PYRO_BIND_SERVER_LPARAMETERS_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Parameters that a function of Lua has at most, self included. */
#define LPARAMETERS_MOST 255

/** Checks that the function at `function` takes all that is above it: self, the arguments, and on
 * top, where `named`, a table of named ones. These are moved into the parameters of their names. A
 * dict of the names that no parameter has becomes the first parameter that was not given, or else
 * an argument of `...`. Returns how many arguments there are, self included; or -1: in place of
 * them all lies a TypeError in Python's words. */
LUA_RUNS int lparameters_fit(lua_State *L, int function, struct pyro_slice name, bool named);

#endif
