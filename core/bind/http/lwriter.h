/** @file
 * Writers: what a function gets that makes the body of an answer in pieces. */
#ifndef PYRO_BIND_HTTP_LWRITER_H
#define PYRO_BIND_HTTP_LWRITER_H

#include "bind/base/marks.h"
#include "bind/task/levent.h"
#include "http/stream.h"

struct lwriter {
    struct lruntime *runtime;
    struct pyro_http_request *request; /**< NULL: the body has ended */
    struct levent room;                /**< set while there is some, and when it has ended */
    struct levent end;                 /**< set when it has ended, or the client has gone */
};

/** The end that tells a writer of its stream, whose owner it is. */
extern const struct pyro_http_stream_ops lwriter_ops;

/** Pushes a writer for a request whose answer is about to begin. It is borrowed until
 * lwriter_end(). */
LUA_RAISES struct lwriter *lwriter_push(lua_State *L, struct lruntime *runtime,
                                        struct pyro_http_request *request);

/** Ends a writer: nothing is written any more, and nobody waits for room. Accepts NULL. */
void lwriter_end(struct lwriter *writer);

/** Registers the type. */
LUA_RUNS void lwriter_open(lua_State *L);

#endif
