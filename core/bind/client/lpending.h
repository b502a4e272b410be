/** @file
 * Pending calls: a Lua function waits for a client to be connected, for a name server, or for a
 * reply. Userdata on the waiting coroutine's stack. */
#ifndef PYRO_BIND_CLIENT_LPENDING_H
#define PYRO_BIND_CLIENT_LPENDING_H

#include <lua.h>

#include "bind/base/marks.h"
#include "bind/task/lwait.h"
#include "rpc/client.h"
#include "rpc/search.h"

/** The fate of a reply. */
enum lpending_form {
    LPENDING_VALUES,    /**< the values that it holds */
    LPENDING_JSON,      /**< what lreply_push_json() says */
    LPENDING_JSON_KEPT, /**< likewise, where all types can be told */
};

struct lpending {
    struct pyro_call call;
    struct lwait wait;
    struct pyro_search *search;  /**< for a name server, or NULL */
    struct pyro_client *located; /**< the client that the search found; owned */
    enum lpending_form form;
};

/** Pushes a pending call, a new one or one that was put back. Needs three free slots of the stack.
 * Raises an error where too many wait in place. */
LUA_RAISES struct lpending *lpending_push(lua_State *L, struct lruntime *runtime);

/** Keeps the pending call at `index` (absolute), whose reply was read, for the next call, which
 * then makes no userdata that has to be finalized. It must not be used after. */
LUA_RAISES void lpending_put_back(lua_State *L, struct lpending *pending, int index,
                                  struct lruntime *runtime);

/** Returns the pending call at `index`, which is known to be one. */
struct lpending *lpending_at(lua_State *L, int index);

/** Frees what a pending call holds, and makes it fit for another wait. */
void lpending_reset(struct lpending *pending);

LUA_RUNS void lpending_open(lua_State *L);

#endif
