#include "bind/lasync.h"

#include "base/memory.h"
#include "bind/larguments.h"
#include "bind/lblob.h"
#include "bind/lconvert.h"
#include "bind/lerror.h"
#include "bind/lfuture.h"
#include "bind/lproxy.h"
#include "bind/lreply.h"
#include "rpc/client.h"

/* Its address is the registry key of the table of futures: those of calls (light userdata) that
 * wait for replies. */
static const char futures_key = 0;

/* How many that were answered are kept for the next calls. */
#define SPARES 64

/* A call that was sent. No task waits for it. */
struct lasync {
    struct pyro_list node; /* of those that are sent, or spare */
    struct pyro_call call;
    struct lruntime *runtime;
};

static struct lasync *async_at(struct pyro_list *node)
{
    return PYRO_CONTAINER(node, struct lasync, node);
}

/* --- receiving --- */

/* Pushes the future of a call, after the table of all. */
static void push_future(lua_State *L, struct lasync *async)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &futures_key);
    lua_rawgetp(L, -1, async);
}

/* The call is over: it waits to be used again. */
static void put_back(struct lasync *async)
{
    struct lruntime *runtime = async->runtime;
    pyro_call_free(&async->call);
    pyro_list_remove(&async->node);
    if (runtime->spare_async_count < SPARES) {
        pyro_list_push(&runtime->spare_asyncs, &async->node);
        runtime->spare_async_count++;
    } else {
        pyro_free(async);
    }
}

/* (call, future) -> the first value, whether it is no error */
static int read_reply(lua_State *L)
{
    struct lasync *async = lua_touserdata(L, 1);
    if (async->call.error.code != PYRO_OK)
        return lerror_raise(L, &async->call.error);
    lfuture_push_needed(L, 2); /* the proxy */
    bool good = lreply_push(L, 3, &async->call);
    if (good)
        lua_settop(L, 4);
    lua_pushboolean(L, good);
    return 2;
}

/* Pushes what came, a value or an error; returns which. */
static bool push_outcome(lua_State *L, struct lasync *async, int future)
{
    lua_pushcfunction(L, read_reply);
    lua_pushlightuserdata(L, async);
    lua_pushvalue(L, future);
    if (lua_pcall(L, 2, 2, 0) != LUA_OK)
        return false;
    bool good = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return good;
}

static void reply_came(struct pyro_call *call)
{
    struct lasync *async = PYRO_CONTAINER(call, struct lasync, call);
    lua_State *L = async->runtime->from;
    int top = lua_gettop(L);
    push_future(L, async);
    bool good = push_outcome(L, async, top + 2);
    lfuture_settle(L, top + 2, good, call->reply.chunk ? &call->reply : NULL);
    lua_pushnil(L);
    lua_rawsetp(L, top + 1, async);
    lua_settop(L, top);
    put_back(async);
}

/* --- sending --- */

static struct lasync *find_spare(lua_State *L, struct lruntime *runtime)
{
    if (pyro_list_empty(&runtime->spare_asyncs)) {
        struct lasync *async = pyro_calloc(1, sizeof(*async));
        if (!async) {
            luaL_error(L, "not enough memory");
            return NULL; /* never */
        }
        async->call.done = reply_came;
        async->runtime = runtime;
        pyro_list_init(&async->node);
        pyro_list_push(&runtime->spare_asyncs, &async->node);
        runtime->spare_async_count++;
    }
    return async_at(runtime->spare_asyncs.next);
}

/* Whether a call has nothing to wait for: neither for a connection, nor for a user's converter, nor
 * for its result, should it have to be repeated. */
static bool can_be_sent(lua_State *L, const struct lproxy *proxy, struct pyro_slice method,
                        const struct larguments *args)
{
    struct pyro_client *client = proxy->client;
    if (!client || !pyro_client_connected(client) || proxy->retries != 0 ||
        pyro_client_congested(client) || pyro_client_member(client, method) != PYRO_METHOD)
        return false;
    for (int i = args->first; i <= args->last; i++)
        if (lblob_is(L, i) || lconvert_is_needed(L, i))
            return false;
    return !args->named || !lconvert_is_needed(L, args->named);
}

/* Tries to send. Raises no error, and runs no Lua. */
static bool send(lua_State *L, struct lproxy *proxy, struct pyro_slice method,
                 struct larguments *args, struct pyro_call *call)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_client *client = proxy->client;
    struct pyro_call_head head = {.method = method};
    struct pyro_sink *to = pyro_client_begin(client, &head, &err);
    if (!to)
        return false;
    if (larguments_write(L, args, pyro_client_protocol(client), to) == PYRO_OK)
        return pyro_client_send(client, call, proxy->timeout, &err) == PYRO_OK;
    pyro_client_abort(client);
    return false;
}

/* Sends a call of the proxy, the first upvalue, and pushes its future; or else does neither. */
static bool call_now(lua_State *L, struct pyro_slice method)
{
    struct lproxy *proxy = lua_touserdata(L, lua_upvalueindex(1));
    struct larguments args = larguments_take(L, 2);
    int top = lua_gettop(L);
    if (!can_be_sent(L, proxy, method, &args))
        return false;
    luaL_checkstack(L, 10, "too many arguments");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &futures_key);
    lfuture_push(L, lua_upvalueindex(1));
    struct lasync *async = find_spare(L, proxy->runtime);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, top + 1, async);
    if (!send(L, proxy, method, &args, &async->call)) {
        lua_pushnil(L);
        lua_rawsetp(L, top + 1, async);
        lua_settop(L, top);
        return false;
    }
    proxy->runtime->spare_async_count--;
    pyro_list_remove(&async->node);
    pyro_list_push(&proxy->runtime->asyncs, &async->node);
    return true;
}

/* The upvalues: proxy, name, what calls later. What is at 1 stands for the proxy. */
static int call_async(lua_State *L)
{
    struct pyro_slice method;
    method.data = lua_tolstring(L, lua_upvalueindex(2), &method.length);
    luaL_checkany(L, 1);
    if (call_now(L, method))
        return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_replace(L, 1);
    lua_pushvalue(L, lua_upvalueindex(3));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int async_new(lua_State *L)
{
    lproxy_check(L, 1);
    luaL_checkstring(L, 2);
    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 3);
    lua_pushcclosure(L, call_async, 3);
    return 1;
}

void lasync_close(struct lruntime *runtime)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&runtime->asyncs)) != NULL ||
           (node = pyro_list_pop(&runtime->spare_asyncs)) != NULL) {
        pyro_call_free(&async_at(node)->call);
        pyro_free(async_at(node));
    }
}

void lasync_open(lua_State *L)
{
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &futures_key);
    lua_pushcfunction(L, async_new);
    lua_setfield(L, -2, "async");
}
