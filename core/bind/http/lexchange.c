/* Exchanges: requests over HTTP, and the tasks that answer them.
 *
 * An exchange has its request from lexchange_take() until its task has ended, whatever becomes of
 * the connection or the server meanwhile. */
#include "bind/http/lexchange.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/http/lrequest.h"
#include "bind/http/lresponse.h"
#include "bind/http/lwriter.h"
#include "http/parts.h"

struct exchange {
    struct pyro_http_request *request;
    struct lwriter *writer; /* NULL: no body is sent in pieces */
    bool answered;
};

/* --- answering --- */

/* An answer to a client that has gone counts. */
LUA_RUNS static int answered(lua_State *L, struct exchange *exchange, enum pyro_code code,
                             const struct pyro_error *err)
{
    if (code != PYRO_OK && code != PYRO_ECLOSED)
        return lerror_raise(L, err);
    exchange->answered = true;
    return 0;
}

LUA_RUNS static int answer_string(lua_State *L, struct exchange *exchange,
                                  const struct lresponse *response)
{
    struct pyro_error err;
    struct pyro_slice body;
    body.data = luaL_optlstring(L, 3, "", &body.length);
    enum pyro_code code = pyro_http_answer(exchange->request, response->status, response->headers,
                                           response->count, body, &err);
    return answered(L, exchange, code, &err);
}

/* Continuation of answer_function(): all pieces are written. */
static int end_stream(lua_State *L, int status, lua_KContext context)
{
    const struct exchange *exchange = (struct exchange *)context;
    (void)L;
    (void)status;
    if (exchange->writer)
        pyro_http_stream_end(exchange->request);
    return 0;
}

/* Calls the function also where the client has gone: it may have something to give back. */
LUA_RUNS static int answer_function(lua_State *L, struct exchange *exchange,
                                    const struct lresponse *response)
{
    struct pyro_error err;
    struct lwriter *writer = lwriter_push(L, lruntime_of(L), exchange->request); /* stays here */
    enum pyro_code code =
        pyro_http_stream_begin(exchange->request, response->status, response->headers,
                               response->count, &lwriter_ops, writer, &err);
    answered(L, exchange, code, &err);
    if (code == PYRO_OK)
        exchange->writer = writer;
    else
        lwriter_end(writer);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, -2);
    lua_callk(L, 1, 0, (lua_KContext)exchange, end_stream);
    return end_stream(L, LUA_OK, (lua_KContext)exchange);
}

/* Continuation of handle(): status, headers and body are on the stack. */
static int handled(lua_State *L, int status, lua_KContext context)
{
    struct exchange *exchange = (struct exchange *)context;
    (void)status;
    struct lresponse response = {.status = 0};
    lresponse_read(L, &response);
    return lua_isfunction(L, 3) ? answer_function(L, exchange, &response)
                                : answer_string(L, exchange, &response);
}

/* Calls the handler. Takes the exchange and the handler. */
static int handle(lua_State *L)
{
    struct exchange *exchange = lua_touserdata(L, 1);
    lrequest_push(L, exchange->request);
    lua_remove(L, 1);
    lua_callk(L, 1, 3, (lua_KContext)exchange, handled);
    return handled(L, LUA_OK, (lua_KContext)exchange);
}

/* --- tasks --- */

static void apologize(struct pyro_http_request *request, unsigned status, const char *why)
{
    static const struct pyro_http_header type = {"Content-Type", "text/plain; charset=utf-8"};
    pyro_http_answer(request, status, &type, 1, pyro_slice_text(why), NULL);
}

/* Logs why a task failed: the error at the top of its thread, unless the program closed that. */
LOOP_STEPS static void log_failure(struct ltask *task)
{
    struct pyro_runtime *core = &task->runtime->core;
    const struct exchange *exchange = task->owner;
    lua_State *L = task->runtime->from;
    if (lua_gettop(task->thread) == 0 || !lua_checkstack(L, 1))
        return;
    lua_pushvalue(task->thread, -1);
    lua_xmove(task->thread, L, 1);
    const struct pyro_log_topic topic = {.fields.client =
                                             pyro_slice_text(pyro_http_peer(exchange->request)),
                                         .kind = "requests by HTTP failed"};
    pyro_log_about(&core->log, &topic, PYRO_WARNING, "http", "%s", lerror_make_text(L));
    lua_pop(L, 1);
}

LOOP_STEPS static void exchange_ended(struct ltask *task, int status, int nresults)
{
    struct exchange *exchange = task->owner;
    (void)nresults;
    if (status != LUA_OK && status != LTASK_ABANDONED) {
        log_failure(task);
        if (!exchange->answered)
            apologize(exchange->request, 500, "Internal Server Error\n");
    }
    lwriter_end(exchange->writer);
    pyro_http_release(exchange->request);
    pyro_free(exchange);
}

struct ltask *lexchange_take(struct lruntime *runtime, struct pyro_http_request *request)
{
    struct exchange *exchange = pyro_calloc(1, sizeof(*exchange));
    struct ltask *task = exchange ? ltask_take(runtime, exchange_ended, exchange) : NULL;
    if (!task) {
        pyro_free(exchange);
        apologize(request, 503, "out of memory\n");
        pyro_http_release(request);
        return NULL;
    }
    exchange->request = request;
    lua_pushcfunction(task->thread, handle);
    lua_pushlightuserdata(task->thread, exchange);
    return task;
}
