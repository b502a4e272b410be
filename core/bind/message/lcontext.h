/** @file
 * pyro.current_context: what the running task knows of the call that it serves, and what its own
 * calls and its answer carry. A task that does not use it pays nothing for it. */
#ifndef PYRO_BIND_MESSAGE_LCONTEXT_H
#define PYRO_BIND_MESSAGE_LCONTEXT_H

#include "bind/task/lruntime.h"
#include "rpc/object.h"

/** What a message carries besides its data. */
struct lcontext_outgoing {
    const struct pyro_annotation *annotations; /**< Lua's memory: valid until Lua runs again */
    size_t count;
    bool nested; /**< the task serves a request that its client waits for */
    bool correlated;
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Copies the annotations in the table at the top, which is popped. Raises an error where they are
 * malformed. */
void lcontext_pack(lua_State *L, struct lcontext_outgoing *out);

/** What the calls of the running task carry: the annotations of its context, which are those of the
 * call that it serves unless it set others, and its correlation id. Raises an error where
 * annotations are malformed. */
void lcontext_outgoing(lua_State *L, struct lruntime *runtime, struct lcontext_outgoing *out);

/** The running task validates a client that introduces itself by this message: its context tells of
 * that as it does of a call. */
void lcontext_handshake(lua_State *L, struct lruntime *runtime, struct pyro_connection *connection,
                        const struct pyro_message *message);

/** The running task has sent a call: response_annotations are none, until a reply comes. */
void lcontext_sent(lua_State *L, struct lruntime *runtime);

/** A reply came to the running task: its annotations become response_annotations. */
void lcontext_received(lua_State *L, struct lruntime *runtime, const struct pyro_message *reply);

/** Gives a background task that handles a reply (a struct pyro_message; NULL: none) its context:
 * the annotations of the reply become response_annotations. For lfuture_settle(). */
void lcontext_give(lua_State *L, struct ltask *task, const void *reply);

/** The running task is about to answer `request`: gives it what the context says that the answer
 * shall carry. Raises an error where annotations are malformed. */
void lcontext_answer(lua_State *L, struct lruntime *runtime, struct pyro_request *request);

/** Adds core.current_context. */
void lcontext_open(lua_State *L);

#endif
