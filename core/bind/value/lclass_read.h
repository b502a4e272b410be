/** @file
 * Reading classes: what dicts with "__class__" stand for, which are URIs, proxies, exceptions,
 * arrays and what programs registered. */
#ifndef PYRO_BIND_VALUE_LCLASS_READ_H
#define PYRO_BIND_VALUE_LCLASS_READ_H

#include <lua.h>

#include "bind/base/marks.h"
#include "value/sink.h"

/** Roles of a dict that names a class. */
enum lclass_role {
    LCLASS_VALUE,  /**< data */
    LCLASS_RAISED, /**< it is what a method raised */
    LCLASS_WITHIN, /**< part of that, or of another exception */
};

/** Replaces the dict at the top of the stack, which has a "__class__", by what it stands for. A
 * class that is not known is refused (PYRO_ESERIALIZE; PYRO_ESECURITY for dunder names); not so
 * with exceptions, whose message is worth more: what was raised becomes an error object, and what
 * lies within stays a dict. May run Lua, and raise its errors. */
LUA_RUNS enum pyro_code lclass_read(lua_State *L, enum lclass_role role, struct pyro_error *err);

/** Returns whether the name is that of the class in which the exception of a call in a batch
 * travels. */
bool lclass_is_wrapper(const char *name);

#endif
