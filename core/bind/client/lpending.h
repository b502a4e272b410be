/** @file
 * A wait of a Lua function for a client: to be connected or resolved, or for a reply. Userdata on
 * the waiting coroutine's stack. */
#ifndef PYRO_BIND_CLIENT_LPENDING_H
#define PYRO_BIND_CLIENT_LPENDING_H

#include <lua.h>

#include "bind/task/lwait.h"
#include "naming/resolve.h"

struct lpending {
    struct pyro_call call;
    struct lwait wait;
    struct pyro_search *search;  /**< under way, or NULL */
    struct pyro_client *located; /**< what it found; owned */
    struct pyro_uri resolved;    /**< what it found; owned */
    struct pyro_error error;     /**< why it found nothing */
};

/** Pushes a fresh one, or one that was put back. Three free slots of the stack are needed. Raises
 * an error where too many wait in place. */
struct lpending *lpending_push(lua_State *L, struct lruntime *runtime);

/** The reply that `call`, which lies at `index` (absolute), waited for was read: it is kept for the
 * next call, which then makes no userdata that has to be finalized. It must not be used after. */
void lpending_put_back(lua_State *L, struct lpending *pending, int index, struct lruntime *runtime);

/** The one at `index`. */
struct lpending *lpending_at(lua_State *L, int index);

/** Makes it fit for another wait. */
void lpending_reset(struct lpending *pending);

/** What a search calls; its owner is the lpending. */
void lpending_found(void *owner, const struct pyro_found *found);

void lpending_open(lua_State *L);

#endif
