/* Connecting a proxy: the client resolves its URI, connects and shakes hands; the user's function
 * validates what the server answered; then the function goes on that wanted a connection. Either
 * step is a wait, or is done at once.
 *
 * Tasks that share a proxy may want it connected at the same time: the first one connects, the
 * others wait for the same client. Lua runs where the answer is read and validated, and in what
 * goes on. */
#include "bind/client/lconnect.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/client/lpending.h"
#include "bind/message/lcontext.h"
#include "bind/message/lencryption.h"
#include "bind/task/lwait.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lproxy.h"
#include "bind/value/lvalue_write.h"

static struct lproxy *proxy_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

/* Continuation of a connection that is made: userdata below the pending call, which is at the top.
 */
struct continuation {
    lua_KFunction k;
    lua_KContext context;
    int proxy; /* its index */
};

static struct continuation *continuation_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

static int go_on(lua_State *L)
{
    struct continuation next = *continuation_at(L, -2);
    lpending_reset(
        lpending_at(L, -1)); /* frees what it holds now rather than when it is collected */
    lua_pop(L, 2);
    return next.k(L, LUA_OK, next.context);
}

/* Continues when the user's function has approved of the server's answer, or raised an error. */
static int validated(lua_State *L, int status, lua_KContext top)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lpending *pending = lpending_at(L, (int)top);
    if (status != LUA_OK && status != LUA_YIELD) {
        lpending_reset(pending); /* closes the connection */
        return lua_error(L);
    }
    struct lproxy *proxy = proxy_at(L, continuation_at(L, (int)top - 1)->proxy);
    if (pyro_client_confirm(proxy->client, &pending->call, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_settop(L, (int)top);
    return go_on(L);
}

/* (pending call) -> what the server answered to the handshake data */
static int read_answer(lua_State *L)
{
    struct lpending *pending = lpending_at(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    lbuilder_init(&builder, L, false, &err);
    if (pyro_call_read(&pending->call, &builder.sink, &err) != PYRO_OK)
        return lbuilder_raise(L, 1, &builder.sink);
    if ((pending->call.reply.header.flags & PYRO_FLAG_METADATA) && lua_istable(L, -1))
        lua_getfield(L, -1, "handshake");
    return 1;
}

/* Calls the user's function with the proxy and the answer. The function may wait; the connection is
 * not used yet. */
LUA_RUNS static int validate(lua_State *L, int proxy, int top)
{
    lua_getiuservalue(L, proxy, LPROXY_VALIDATE);
    lua_pushvalue(L, proxy);
    lua_pushcfunction(L, read_answer);
    lua_pushvalue(L, top);
    int status = lua_pcall(L, 1, 1, 0);
    if (status == LUA_OK)
        status = lua_pcallk(L, 2, 0, 0, top, validated);
    return validated(L, status, top);
}

static int connected(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    int top = lua_gettop(L);
    struct lpending *pending = lpending_at(L, top);
    int proxy = continuation_at(L, top - 1)->proxy;
    if (pending->call.error.code != PYRO_OK)
        return lerror_raise(L, &pending->call.error);
    if (pending->call.reply.chunk)
        lcontext_received(L, proxy_at(L, proxy)->runtime, &pending->call.reply);
    if (!pyro_client_must_confirm(proxy_at(L, proxy)->client, &pending->call))
        return go_on(L);
    return validate(L, proxy, top);
}

static enum pyro_code lconnect_put_handshake(void *owner, const struct pyro_protocol *protocol,
                                             struct pyro_sink *to)
{
    struct lproxy *proxy = owner;
    lua_State *L = proxy->runtime->from;
    if (proxy->handshake == LUA_NOREF)
        return pyro_put_text(to, LPROXY_HELLO);
    if (!lua_checkstack(L, 2))
        return pyro_error_memory(to->err);
    lua_rawgeti(L, LUA_REGISTRYINDEX, proxy->handshake);
    enum pyro_code code = lvalue_write(L, -1, protocol, to);
    lua_pop(L, 1);
    if (code == PYRO_ESERIALIZE)
        pyro_error_locate(to->err, "handshake data");
    return code;
}

static struct pyro_connect_options own_options(struct lproxy *proxy)
{
    return (struct pyro_connect_options){.version = proxy->version,
                                         .serializer = proxy->serializer,
                                         .handshake = lconnect_put_handshake,
                                         .owner = proxy};
}

LUA_RUNS static struct pyro_connect_options find_options(lua_State *L, int index)
{
    struct lproxy *proxy = proxy_at(L, index);
    struct pyro_connect_options options = own_options(proxy);
    struct lcontext_outgoing carried;
    lcontext_outgoing(L, proxy->runtime, &carried);
    options.correlated = carried.correlated;
    memcpy(options.correlation, carried.correlation, sizeof(options.correlation));
    options.confirm = lua_getiuservalue(L, index, LPROXY_VALIDATE) != LUA_TNIL;
    lua_pop(L, 1);
    return options;
}

int lconnect_for_call(lua_State *L, int index, lua_KContext context, lua_KFunction k)
{
    struct lproxy *proxy = proxy_at(L, index);
    if (pyro_client_connected(proxy->client))
        return k(L, LUA_OK, context);
    struct pyro_error err;
    if (pyro_client_lost(proxy->client, &err))
        return lerror_raise(L, &err);
    return lconnect_proxy(L, index, context, k);
}

int lconnect_proxy(lua_State *L, int index, lua_KContext context, lua_KFunction k)
{
    struct lproxy *proxy = proxy_at(L, index);
    if (pyro_client_connected(proxy->client))
        return k(L, LUA_OK, context);
    struct pyro_error err = {.code = PYRO_OK};
    luaL_checkstack(L, 8, "too many arguments");
    struct continuation *next = lua_newuserdatauv(L, sizeof(*next), 0);
    *next = (struct continuation){k, context, index};
    struct lpending *pending = lpending_push(L, proxy->runtime);
    struct pyro_connect_options options = find_options(L, index);
    lua_getiuservalue(L, index, LPROXY_SSL);
    struct pyro_encryption encryption = lencryption_read(L, -1);
    lua_pop(L, 1); /* the proxy keeps it */
    options.encryption = &encryption;
    bool ready = false;
    if (pyro_client_connect(proxy->client, &options, &pending->call, proxy->timeout, &ready,
                            &err) != PYRO_OK)
        return lerror_raise(L, &err);
    pending->wait.what = "connection";
    return ready ? go_on(L) : lwait_for(L, &pending->wait, 0, connected);
}

/* --- for the Lua side --- */

static int nothing_more(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* core.connect(proxy): its URI stays what it is, unlike with _pyroBind() */
static int connect_now(lua_State *L)
{
    lproxy_check(L, 1);
    lua_settop(L, 1);
    return lconnect_for_call(L, 1, 0, nothing_more);
}

void lconnect_open(lua_State *L)
{
    lua_pushcfunction(L, connect_now);
    lua_setfield(L, -2, "connect");
}
