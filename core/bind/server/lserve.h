/** @file
 * Serving a Lua table: its description, and its methods run as tasks. */
#ifndef PYRO_BIND_SERVER_LSERVE_H
#define PYRO_BIND_SERVER_LSERVE_H

#include <lua.h>

#include "bind/task/ltask.h"
#include "rpc/object.h"

enum pyro_code lserve_describe(struct pyro_object *self, struct pyro_sink *to);
void lserve_invoke(struct pyro_object *self, struct pyro_request *request);

/** The task of a request, as ltask_take() gives it. Its function answers the request, or raises an
 * error, which is then the answer. NULL when out of memory: that was answered. */
struct ltask *lserve_task(struct pyro_request *request);

/** Replaces the name at the top, whose bytes are kept elsewhere, by the method of the object at
 * `self`; raises an AttributeError unless it may be called. */
void lserve_find_method(lua_State *L, const struct lruntime *runtime, int self,
                        struct pyro_slice name);

/** Pushes the table's (at `index`) methods, oneway methods and attributes: three lists of names.
 * Raises an error where the Lua side does. */
void lserve_push_members(lua_State *L, int index);

#endif
