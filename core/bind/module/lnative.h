/** @file
 * Objects of C that Lua calls directly: object:method(…), object.attribute. */
#ifndef PYRO_BIND_MODULE_LNATIVE_H
#define PYRO_BIND_MODULE_LNATIVE_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "rpc/native.h"

/** An object as Lua sees it, whose calls come without a request. */
struct lnative {
    struct pyro_object *object; /**< released with the userdata; or NULL */
    pyro_native_fn *run;
    /** Returns whether the name is an attribute's: all others are methods'. */
    bool (*has_attribute)(const struct pyro_object *object, struct pyro_slice name);
};

/** Pushes a userdata, whose fields are to be set. Raises an error when out of memory. */
LUA_RAISES struct lnative *lnative_push(lua_State *L);

/** Registers the type. */
LUA_RUNS void lnative_open(lua_State *L);

#endif
