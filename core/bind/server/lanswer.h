/** @file
 * Answers of served methods: their results, or the error that they raised. Each request is answered
 * once, by its task. */
#ifndef PYRO_BIND_SERVER_LANSWER_H
#define PYRO_BIND_SERVER_LANSWER_H

#include "bind/base/marks.h"
#include "bind/task/ltask.h"
#include "rpc/request.h"

/** Returns a task for a request, as ltask_take() gives it. Its function answers the request, or
 * raises an error: the caller then gets that, with the traceback of where it happened. NULL when
 * out of memory: that was answered. */
LOOP_STEPS struct ltask *lanswer_task(struct pyro_request *request);

/** Answers the request of a task that ended, if it is still to be answered. */
LOOP_STEPS void lanswer_on_end(struct ltask *task, int status, int nresults);

/** Answers the request of a task with all that is on the stack; several results travel as a tuple.
 * Returns 0, the number of results of the task's function. Raises an error where they cannot
 * travel. */
LUA_RUNS int lanswer_results(lua_State *L, struct ltask *task);

/** Marks the request of a task as answered: the request is gone. */
void lanswer_done(struct ltask *task);

/** Makes one value, at `first`, of the results from there on: several are a tuple. */
LUA_RAISES void lanswer_pack(lua_State *L, int first);

#endif
