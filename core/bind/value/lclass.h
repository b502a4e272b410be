/** @file
 * Classes on the wire: dicts with "__class__" that are URIs, proxies, exceptions and what programs
 * registered; and the objects of a daemon, which travel as proxies. */
#ifndef PYRO_BIND_VALUE_LCLASS_H
#define PYRO_BIND_VALUE_LCLASS_H

#include <lua.h>

#include "bind/server/lobject.h"
#include "value/sink.h"
#include "wire/protocol.h"

/** What a dict that names a class is part of. */
enum lclass_role {
    LCLASS_VALUE,  /**< data */
    LCLASS_RAISED, /**< it is what a method raised */
    LCLASS_WITHIN, /**< part of that, or of another exception */
};

/** Replaces the dict at the top of the stack, which has a "__class__", by what it stands for. A
 * class that is not known is refused (PYRO_ESERIALIZE; PYRO_ESECURITY for dunder names); not so
 * with exceptions, whose text is worth more: what was raised becomes an error object, and what lies
 * within stays a dict. May run Lua, and raise its errors. */
enum pyro_code lclass_read(lua_State *L, enum lclass_role role, struct pyro_error *err);

/** Whether the name is that of the class in which the exception of a call in a batch travels. */
bool lclass_is_wrapper(const char *name);

/** Whether the userdata is a URI or a proxy. */
bool lclass_is_ours(lua_State *L, int index);

/** Sends a URI or a proxy. */
enum pyro_code lclass_write_userdata(lua_State *L, int index, const struct pyro_protocol *protocol,
                                     struct pyro_sink *to);

/** Whether there is an object (it is not NULL), and its table travels as a proxy (AUTOPROXY). */
bool lclass_is_registered(const struct lobject *object);

/** Sends a proxy for it. */
enum pyro_code lclass_write_registered(lua_State *L, struct lobject *object,
                                       const struct pyro_protocol *protocol, struct pyro_sink *to);

#endif
