/** @file
 * pyro.Future: userdata that gets its value, or an error, later. */
#ifndef PYRO_BIND_TASK_LFUTURE_H
#define PYRO_BIND_TASK_LFUTURE_H

#include "bind/task/lruntime.h"
#include "wire/message.h"

/** Pushes one that is not ready, and keeps the value at `needed` (0: none) until it is. */
void lfuture_push(lua_State *L, struct lruntime *runtime, int needed);

/** Pushes what the future at `index`, which is not ready, keeps. */
void lfuture_push_needed(lua_State *L, int index);

/** Gives the future at `index` what came for it, a value or an error, which is popped. Where it has
 * callbacks, a task passes that on to them first; in the context of
 * `reply`, where there is one. Raises no error. */
void lfuture_settle(lua_State *L, struct lruntime *runtime, int index, bool good,
                    const struct pyro_message *reply);

/** Registers the type, and adds
 * core.future() -> one that is not ready;
 * core.future_methods, to which the Lua side adds its own;
 * core.future_callbacks(future) -> the table where the Lua side notes its callbacks;
 * core.future_outcome(future) -> of one that is ready: whether it went well, and the value or
 * error; core.future_done(future, good, value): it is ready now; core.future_settler(f): f(future,
 * good, value) calls the callbacks, and then that. */
void lfuture_open(lua_State *L);

#endif
