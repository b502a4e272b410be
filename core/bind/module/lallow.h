/** @file
 * The rules of ALLOW, for programs that check them, or that serve by another protocol. */
#ifndef PYRO_BIND_MODULE_LALLOW_H
#define PYRO_BIND_MODULE_LALLOW_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.open_rules(path) -> rules, whose file is read again when it changes. rules:decide
 * {object=, method=, address=, subject=, user=, name=} -> whether that is allowed, and the line of
 * the rule that decides, or nil. Without a method, it is whether any is allowed. */
LUA_RUNS void lallow_open(lua_State *L);

#endif
