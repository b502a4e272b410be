/** @file
 * A wait of a Lua function for a client: to be connected or resolved, or for a reply. Userdata on
 * the waiting coroutine's stack. */
#ifndef PYRO_BIND_CLIENT_LCALL_H
#define PYRO_BIND_CLIENT_LCALL_H

#include <lua.h>

#include "bind/task/lwait.h"
#include "naming/resolve.h"

struct lcall {
    struct pyro_call call;
    struct lwait wait;
    struct pyro_search *search;  /**< under way, or NULL */
    struct pyro_client *located; /**< what it found; owned */
    struct pyro_uri resolved;    /**< what it found; owned */
    struct pyro_error error;     /**< why it found nothing */
};

/** Pushes a fresh one, or one that was put back. Three free slots of the stack are needed. Raises
 * an error where too many wait in place. */
struct lcall *lcall_push(lua_State *L, struct lruntime *runtime);

/** The reply that `call`, which lies at `index` (absolute), waited for was read: it is kept for the
 * next call, which then makes no userdata that has to be finalized. It must not be used after. */
void lcall_put_back(lua_State *L, struct lcall *call, int index, struct lruntime *runtime);

/** The one at `index`. */
struct lcall *lcall_at(lua_State *L, int index);

/** Makes it fit for another wait. */
void lcall_reset(struct lcall *call);

/** What a search calls; its owner is the lcall. */
void lcall_found(void *owner, const struct pyro_found *found);

void lcall_open(lua_State *L);

#endif
