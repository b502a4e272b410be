/* Asynchronous calls: sent at once, and answered to futures, in the order of a connection.
 *
 * A call is spare (its record waits to be used again), then sent (until its completion is posted),
 * then spare again. The completion reads the replies that have come, one after another; an error in
 * one goes to its future. In the completion Lua runs: converters of the program, hooks, and tasks
 * that waited for the future. Where a call cannot be sent at once, the Lua side makes it in a task.
 */
#include "bind/client/lasync.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/client/linvoke.h"
#include "bind/client/lreply.h"
#include "bind/message/larguments.h"
#include "bind/message/lblob.h"
#include "bind/message/lcontext.h"
#include "bind/task/lfuture.h"
#include "bind/value/lconvert.h"
#include "bind/value/lproxy.h"
#include "rpc/call.h"
#include "rpc/client.h"
#include "rpc/members.h"

/* How many calls that were answered are kept to be used again. */
#define SPARES 64

/* A call that was sent. No task waits for it. */
struct lasync {
    struct pyro_list node; /* of those that are sent, or spare */
    struct pyro_call call;
    struct lruntime *runtime;
    int future; /* registry reference; to false while it is spare */
};

/* The asynchronous calls of a runtime. */
struct lasyncs {
    struct lpart part;
    struct pyro_list sent;  /* in their order */
    struct pyro_list spare; /* answered, for the next calls */
    int spare_count;
};

static struct lasyncs *asyncs_of(struct lruntime *runtime)
{
    return PYRO_CONTAINER(runtime->parts[LPART_ASYNC], struct lasyncs, part);
}

static struct lasync *async_at(struct pyro_list *node)
{
    return PYRO_CONTAINER(node, struct lasync, node);
}

/* --- receiving --- */

/* Keeps a call that is over to be used again. */
static void put_back(lua_State *L, struct lasync *async)
{
    struct lasyncs *asyncs = asyncs_of(async->runtime);
    PYRO_ASSERT(!async->call.client); /* it was finished */
    PYRO_ASSERT(!pyro_list_empty(&async->node));
    pyro_call_end(&async->call);
    pyro_list_remove(&async->node);
    if (asyncs->spare_count < SPARES) {
        lua_pushboolean(L, false);
        lua_rawseti(L, LUA_REGISTRYINDEX, async->future);
        pyro_list_push(&asyncs->spare, &async->node);
        asyncs->spare_count++;
    } else {
        luaL_unref(L, LUA_REGISTRYINDEX, async->future);
        pyro_call_free(&async->call);
        pyro_free(async);
    }
}

/* Gives the future, second from the top, the value or error at the top: both are popped. Returns
 * the next call whose reply is there already, or NULL. */
LOOP_STEPS static struct lasync *settle(lua_State *L, struct lasync *async, bool good)
{
    struct pyro_call *call = &async->call;
    const struct lfuture_context context = {lcontext_give, call->reply.chunk ? &call->reply : NULL};
    lfuture_settle(L, async->runtime, lua_gettop(L) - 1, good, &context);
    lua_pop(L, 1);
    struct pyro_list *node = async->node.next;
    struct lasync *next = node != &asyncs_of(async->runtime)->sent ? async_at(node) : NULL;
    put_back(L, async);
    if (!next || !pyro_completion_is_posted(&next->call.finished))
        return NULL;
    pyro_completion_cancel(&next->call.finished);
    return next;
}

/* (pointer to a call): reads the reply of the call, and of those after it. Moves the pointer on;
 * where an error is raised, the pointer points to the call that failed. */
static int take_replies(lua_State *L)
{
    struct lasync **async = lua_touserdata(L, 1);
    while (*async) {
        struct pyro_call *call = &(*async)->call;
        if (call->error.code != PYRO_OK)
            return lerror_raise(L, &call->error);
        lua_rawgeti(L, LUA_REGISTRYINDEX, (*async)->future);
        lfuture_push_needed(L, 2); /* the proxy */
        bool good = lreply_push(L, 3, call);
        lua_replace(L, 3);
        lua_settop(L, 3);
        *async = settle(L, *async, good);
    }
    return 0;
}

LOOP_STEPS static void async_on_done(struct pyro_call *call)
{
    struct lasync *async = PYRO_CONTAINER(call, struct lasync, call);
    struct lruntime *runtime = async->runtime;
    lua_State *L = runtime->from;
    if (!lua_checkstack(L, 8)) { /* there may be memory later */
        pyro_loop_post(runtime->core.loop, &call->finished);
        return;
    }
    while (async) {
        lua_pushcfunction(L, take_replies);
        lua_pushlightuserdata(L, &async);
        if (lua_pcall(L, 1, 0, 0) == LUA_OK)
            return;
        lua_rawgeti(L, LUA_REGISTRYINDEX, async->future);
        lua_insert(L, -2);
        async = settle(L, async, false);
    }
}

/* --- sending --- */

LUA_RAISES static struct lasync *new_async(lua_State *L, struct lruntime *runtime)
{
    lua_pushboolean(L, false);
    int future = luaL_ref(L, LUA_REGISTRYINDEX);
    struct lasync *async = pyro_calloc(1, sizeof(*async));
    if (!async) {
        luaL_unref(L, LUA_REGISTRYINDEX, future);
        luaL_error(L, "not enough memory");
        return NULL; /* never */
    }
    async->call.done = async_on_done;
    async->runtime = runtime;
    async->future = future;
    pyro_list_init(&async->node);
    return async;
}

/* Finds a spare one, or makes it. It stays a spare one until its call is sent. */
LUA_RAISES static struct lasync *find_spare(lua_State *L, struct lruntime *runtime)
{
    struct lasyncs *asyncs = asyncs_of(runtime);
    if (pyro_list_empty(&asyncs->spare)) {
        pyro_list_push(&asyncs->spare, &new_async(L, runtime)->node);
        asyncs->spare_count++;
    }
    return async_at(asyncs->spare.next);
}

/* Returns whether a call has nothing to wait for: neither for a connection, nor for a user's
 * converter, nor for its result, should it have to be repeated. */
LUA_RAISES static bool can_be_sent(lua_State *L, const struct lproxy *proxy,
                                   struct pyro_slice method, const struct larguments *args)
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
static bool send_now(lua_State *L, struct lproxy *proxy, const struct pyro_call_head *head,
                     struct larguments *args, struct pyro_call *call)
{
    struct pyro_error err;
    struct pyro_client *client = proxy->client;
    pyro_error_clear(&err);
    struct pyro_sink *to = pyro_client_begin(client, head, &err);
    if (!to)
        return false;
    if (larguments_write(L, args, pyro_client_protocol(client), to) == PYRO_OK)
        return pyro_client_send(client, call, proxy->timeout, &err) == PYRO_OK;
    pyro_client_abort(client);
    return false;
}

/* Sends a call of the proxy, the first upvalue, and pushes its future; or else does neither. */
LUA_RUNS static bool call_now(lua_State *L, struct pyro_slice method)
{
    struct lproxy *proxy = lua_touserdata(L, lua_upvalueindex(1));
    struct lasyncs *asyncs = asyncs_of(proxy->runtime);
    struct larguments args = larguments_take(L, 2);
    struct pyro_call_head head = {.method = method};
    if (!can_be_sent(L, proxy, method, &args))
        return false;
    luaL_checkstack(L, 10, "too many arguments");
    struct lasync *async = find_spare(L, proxy->runtime);
    lfuture_push(L, lua_upvalueindex(1));
    linvoke_add_context(L, proxy->runtime, false, &head);
    if (!send_now(L, proxy, &head, &args, &async->call)) {
        lua_pop(L, 1);
        return false;
    }
    PYRO_ASSERT(asyncs->spare_count > 0 && async->call.client);
    asyncs->spare_count--;
    pyro_list_remove(&async->node);
    pyro_list_push(&asyncs->sent, &async->node);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, async->future);
    return true;
}

/* Calls a method. The upvalues: proxy, name, what calls later. What is at 1 stands for the proxy.
 */
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

static void asyncs_close(struct lruntime *runtime)
{
    struct lasyncs *asyncs = asyncs_of(runtime);
    struct pyro_list *node;
    while ((node = pyro_list_pop(&asyncs->sent)) != NULL ||
           (node = pyro_list_pop(&asyncs->spare)) != NULL) {
        pyro_call_free(&async_at(node)->call);
        pyro_free(async_at(node));
    }
    pyro_free(asyncs);
}

LUA_RAISES static void add_asyncs(lua_State *L)
{
    struct lasyncs *asyncs = pyro_calloc(1, sizeof(*asyncs));
    if (!asyncs) {
        luaL_error(L, "not enough memory");
        return; /* never */
    }
    asyncs->part.close = asyncs_close;
    pyro_list_init(&asyncs->sent);
    pyro_list_init(&asyncs->spare);
    lruntime_add_part(lruntime_of(L), LPART_ASYNC, &asyncs->part);
}

void lasync_open(lua_State *L)
{
    if (!lruntime_of(L)->parts[LPART_ASYNC])
        add_asyncs(L);
    lua_pushcfunction(L, async_new);
    lua_setfield(L, -2, "new_async_method");
}
