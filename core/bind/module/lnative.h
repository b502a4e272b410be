/** @file
 * Objects of C that Lua calls directly: object:method(…), object.attribute. */
#ifndef PYRO_BIND_MODULE_LNATIVE_H
#define PYRO_BIND_MODULE_LNATIVE_H

#include "bind/task/lruntime.h"
#include "rpc/native.h"

/** An object as Lua sees it. Its calls come without a request. */
struct lnative {
    struct pyro_object *object; /**< released when Lua has no use for this any more; or NULL */
    pyro_native_fn *run;
    /** Whether the name is an attribute's: all others are methods'. */
    bool (*has_attribute)(const struct pyro_object *object, struct pyro_slice name);
};

/** Pushes one, whose fields are to be set. Raises an error when out of memory. */
struct lnative *lnative_push(lua_State *L);

/** Registers the type. */
void lnative_open(lua_State *L);

#endif
