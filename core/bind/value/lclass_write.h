/** @file
 * Sending the objects of a daemon, which travel as proxies. */
#ifndef PYRO_BIND_VALUE_LCLASS_WRITE_H
#define PYRO_BIND_VALUE_LCLASS_WRITE_H

#include <lua.h>

#include "bind/base/marks.h"
#include "bind/value/lserved.h"
#include "value/sink.h"
#include "wire/protocol.h"

/** Returns whether there is an object (it is not NULL), and its table travels as a proxy
 * (AUTOPROXY). */
bool lclass_is_registered(const struct lserved *object);

/** Sends a proxy for an object of a daemon. */
enum pyro_code lclass_write_registered(lua_State *L, struct lserved *object,
                                       const struct pyro_protocol *protocol, struct pyro_sink *to);

/** Adds core.is_served(value), which returns whether a value travels as the proxy of a daemon's
 * object, or class. */
LUA_RUNS void lclass_open(lua_State *L);

#endif
