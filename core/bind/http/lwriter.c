#include "bind/http/lwriter.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"

#define LWRITER_TYPE "pyro.http.writer"

static void writer_on_drained(void *owner)
{
    struct lwriter *writer = owner;
    levent_set(writer->runtime, &writer->room);
}

static void writer_on_gone(void *owner)
{
    struct lwriter *writer = owner;
    levent_set(writer->runtime, &writer->room);
    levent_set(writer->runtime, &writer->end);
}

const struct pyro_http_stream_ops lwriter_ops = {.drained = writer_on_drained,
                                                 .gone = writer_on_gone};

struct lwriter *lwriter_push(lua_State *L, struct lruntime *runtime,
                             struct pyro_http_request *request)
{
    struct lwriter *writer = lua_newuserdatauv(L, sizeof(*writer), 0);
    *writer = (struct lwriter){.runtime = runtime, .request = request};
    levent_init(&writer->room, "reader");
    levent_init(&writer->end, "reader to go");
    luaL_setmetatable(L, LWRITER_TYPE);
    return writer;
}

void lwriter_end(struct lwriter *writer)
{
    if (!writer)
        return;
    writer->request = NULL;
    writer_on_gone(writer);
}

/* Continuation of writer_call(): there is room, or the client has gone. */
static int written(lua_State *L, int status, lua_KContext context)
{
    const struct lwriter *writer = lua_touserdata(L, 1);
    (void)status;
    (void)context;
    lua_pushboolean(L, writer->request && !pyro_http_is_over(writer->request));
    return 1;
}

/* Implements write(piece) -> whether the client is still there. */
static int writer_call(lua_State *L)
{
    struct pyro_error err;
    struct pyro_slice piece;
    struct lwriter *writer = luaL_checkudata(L, 1, LWRITER_TYPE);
    piece.data = luaL_checklstring(L, 2, &piece.length);
    if (!writer->request)
        return written(L, LUA_OK, 0);
    enum pyro_code code = pyro_http_stream_write(writer->request, piece, &err);
    if (code != PYRO_OK)
        return code == PYRO_ECLOSED ? written(L, LUA_OK, 0) : lerror_raise(L, &err);
    writer->room.set = pyro_http_stream_unsent(writer->request) < PYRO_HTTP_HIGH_WATER;
    return levent_wait(L, &writer->room, -1, written);
}

static int waited(lua_State *L, int status, lua_KContext gone)
{
    (void)status;
    lua_pushboolean(L, gone != 0);
    return 1;
}

/* Implements write:gone([seconds]) -> whether the client has gone, or the body has ended. */
static int writer_gone(lua_State *L)
{
    struct lwriter *writer = luaL_checkudata(L, 1, LWRITER_TYPE);
    return levent_wait(L, &writer->end, luaL_optnumber(L, 2, -1), waited);
}

void lwriter_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"gone", writer_gone}, {NULL, NULL}};
    luaL_newmetatable(L, LWRITER_TYPE);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, writer_call);
    lua_setfield(L, -2, "__call");
    lua_pop(L, 1);
}
