/** @file
 * Answers of served methods: their results, or the error that they raised. */
#ifndef PYRO_BIND_SERVER_LANSWER_H
#define PYRO_BIND_SERVER_LANSWER_H

#include "bind/task/lruntime.h"
#include "rpc/object.h"

/** The method of a serving task returned: its results are all that is on the stack. Several results
 * travel as a tuple; a function (with what else Lua's `for` takes) or a coroutine is fetched item
 * by item. A continuation, whose context is the task. */
int lanswer_results(lua_State *L, int status, lua_KContext context);

/** Makes one value, at `first`, of the results from there on: several are a tuple. */
void lanswer_pack(lua_State *L, int first);

/** A serving task failed: its caller gets the error, with the traceback of where it happened. */
void lanswer_failure(struct ltask *task, struct pyro_request *request);

#endif
