/** @file
 * Serving a batch: its entries run one after the other in the request's task. */
#ifndef PYRO_BIND_SERVER_LSERVE_BATCH_H
#define PYRO_BIND_SERVER_LSERVE_BATCH_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Answers the request of the running task, a batch for the object at 1, which is all that is on
 * the stack. The first entry that fails is the last; a name that may not be called is an error
 * of the whole, as in Pyro. Long batches give others a turn in between. */
LUA_RUNS int lserve_batch(lua_State *L, struct ltask *task);

#endif
