/** @file
 * pyro.current_context: what the running task knows of the call that it serves, and what its own
 * calls and its answer carry. A task that does not use it pays nothing for it. */
#ifndef PYRO_BIND_MESSAGE_LCONTEXT_H
#define PYRO_BIND_MESSAGE_LCONTEXT_H

#include "bind/base/marks.h"
#include "bind/message/lannotations.h"
#include "bind/task/lruntime.h"
#include "rpc/request.h"
#include "wire/trace.h"

/** Annotations and correlation id: the parts of a message besides its data. */
struct lcontext_outgoing {
    struct lannotations annotations;
    uint64_t awaited; /**< calls up to this one may wait for the task's request; 0: none */
    bool correlated;
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Finds what calls of the running task carry: the annotations of its context, which are those of
 * the call that it serves unless it set others, and its correlation id. Raises an error where
 * annotations are malformed. */
LUA_RUNS void lcontext_outgoing(lua_State *L, struct lruntime *runtime,
                                struct lcontext_outgoing *out);

/** Finds the correlation id of the running task, as far as it has one; returns whether it has. */
LUA_RUNS bool lcontext_correlation(lua_State *L, struct lruntime *runtime,
                                   unsigned char out[PYRO_CORRELATION_SIZE]);

/** Copies the traceparent of the running task; returns it, empty where there is none. */
LUA_RUNS struct pyro_slice lcontext_trace(lua_State *L, struct lruntime *runtime,
                                          char out[PYRO_TRACEPARENT_SIZE]);

/** Makes the running task, which validates a client's handshake, have that message in its context
 * as if it were a call. */
LUA_RUNS void lcontext_handshake(lua_State *L, struct lruntime *runtime,
                                 struct pyro_connection *connection,
                                 const struct pyro_message *message);

/** Empties the running task's response_annotations, as it has sent a call. */
LUA_RUNS void lcontext_sent(lua_State *L, struct lruntime *runtime);

/** Makes the annotations of a reply to the running task its response_annotations. */
LUA_RUNS void lcontext_received(lua_State *L, struct lruntime *runtime,
                                const struct pyro_message *reply);

/** Gives a background task that handles a reply (a struct pyro_message; NULL: none) its context:
 * the annotations of the reply become response_annotations. For lfuture_settle(). */
LUA_RUNS void lcontext_give(lua_State *L, struct ltask *task, const void *reply);

/** Gives a request that the running task is about to answer what the answer is to carry, as the
 * context says. Raises an error where annotations are malformed. */
LUA_RUNS void lcontext_answer(lua_State *L, struct lruntime *runtime, struct pyro_request *request);

/** Adds core.current_context. */
LUA_RUNS void lcontext_open(lua_State *L);

#endif
