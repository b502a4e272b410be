/** @file
 * A wait of a Lua function for a client: to be connected or resolved, or for a reply. Userdata on
 * the waiting coroutine's stack. */
#ifndef PYRO_BIND_LCALL_H
#define PYRO_BIND_LCALL_H

#include <lua.h>

#include "bind/lruntime.h"
#include "naming/resolve.h"

struct lcall {
    struct pyro_call call;
    struct lwait wait;
    struct pyro_search *search;  /**< under way, or NULL */
    struct pyro_client *located; /**< what it found; owned */
    struct pyro_uri resolved;    /**< what it found; owned */
    struct pyro_error error;     /**< why it found nothing */
};

/** Pushes a fresh one. */
struct lcall *lcall_push(lua_State *L);

/** The one at `index`. */
struct lcall *lcall_at(lua_State *L, int index);

/** Makes it fit for another wait. */
void lcall_reset(struct lcall *call);

/** What a search calls; its owner is the lcall. */
void lcall_found(void *owner, const struct pyro_found *found);

void lcall_open(lua_State *L);

#endif
