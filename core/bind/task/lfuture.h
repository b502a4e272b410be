/** @file
 * pyro.Future: userdata that gets its value, or an error, later. */
#ifndef PYRO_BIND_TASK_LFUTURE_H
#define PYRO_BIND_TASK_LFUTURE_H

#include "bind/base/marks.h"
#include "bind/task/ltask.h"

/** Pushes a future that is not ready, and keeps the value at `needed` (0: none) until it is. */
LUA_RAISES void lfuture_push(lua_State *L, int needed);

/** Pushes what the future at `index`, which is not ready, keeps. */
void lfuture_push_needed(lua_State *L, int index);

/** The call context of callbacks. */
struct lfuture_context {
    /** Gives the task that calls them its context. May raise an error. */
    void (*give)(lua_State *L, struct ltask *task, const void *data);
    const void *data; /**< borrowed */
};

/** Gives the future at `index` what came for it, a value or an error, which is popped. Where the
 * future has callbacks, a background task calls them first, in that context (NULL: an empty one).
 * Once for each future. Raises no error. */
LOOP_STEPS void lfuture_settle(lua_State *L, struct lruntime *runtime, int index, bool good,
                               const struct lfuture_context *context);

/** Registers the type, and adds
 * core.new_future() -> one that is not ready;
 * core.future_methods, to which the Lua side adds its own;
 * core.get_future_callbacks(future) -> the table where the Lua side notes its callbacks;
 * core.get_future_outcome(future) -> of one that is ready: whether it went well, and the value or
 * error; core.settle_future(future, good, value): it is ready now. */
LUA_RUNS void lfuture_open(lua_State *L);

#endif
