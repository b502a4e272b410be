/** @file
 * Serving a Lua table: its description, and its methods run as tasks. */
#ifndef PYRO_BIND_LSERVE_H
#define PYRO_BIND_LSERVE_H

#include <lua.h>

#include "rpc/object.h"

enum pyro_code lserve_describe(struct pyro_object *self, struct pyro_sink *to);
void lserve_invoke(struct pyro_object *self, struct pyro_request *request);

/** Pushes the table's (at `index`) methods, oneway methods and attributes: three lists of names.
 * Raises an error where the Lua side does. */
void lserve_push_members(lua_State *L, int index);

#endif
