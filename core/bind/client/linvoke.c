#include "bind/client/linvoke.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/client/lcall.h"
#include "bind/client/lconnect.h"
#include "bind/client/lreply.h"
#include "bind/message/larguments.h"
#include "bind/message/lblob.h"
#include "bind/message/lcontext.h"
#include "bind/task/lwait.h"
#include "bind/value/lproxy.h"
#include "bind/value/luri.h"

static struct lproxy *proxy_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

static int raise_unknown(lua_State *L, const struct lproxy *proxy, const char *kind,
                         const char *name)
{
    luri_push_text(L, &proxy->uri);
    lua_pushfstring(L, "remote object '%s' has no exposed %s '%s'", lua_tostring(L, -1), kind,
                    name);
    lerror_push(L, "AttributeError", lua_tostring(L, -1));
    return lua_error(L);
}

int linvoke_no_member(lua_State *L, const struct lproxy *proxy, const char *name)
{
    return raise_unknown(L, proxy, "attribute or method", name);
}

int linvoke_no_attribute(lua_State *L, const struct lproxy *proxy, const char *name)
{
    return raise_unknown(L, proxy, "attribute", name);
}

/* --- replies --- */

/* The proxy is at 1, the lcall on top. */
static int reply_came(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    int top = lua_gettop(L);
    struct lcall *call = lcall_at(L, top);
    struct lruntime *runtime = proxy_at(L, 1)->runtime;
    if (call->call.error.code != PYRO_OK)
        return lerror_raise(L, &call->call.error);
    lcontext_received(L, runtime, &call->call.reply);
    bool good = lreply_push(L, 1, &call->call);
    int count = lua_gettop(L) - top;
    lcall_put_back(L, call, top, runtime);
    return good ? count : lua_error(L);
}

static int drained(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lcall *call = lcall_at(L, -1);
    if (call->call.error.code != PYRO_OK)
        return lerror_raise(L, &call->call.error);
    return 0;
}

/* --- calling --- */

/* A call of the bound proxy at 1. */
struct invocation {
    struct lproxy *proxy;
    struct pyro_call_head head;
    struct larguments args;
    bool oneway;
};

static enum pyro_code send_values(lua_State *L, struct invocation *invocation,
                                  struct pyro_call *call, struct pyro_error *err)
{
    struct lproxy *proxy = invocation->proxy;
    struct pyro_sink *to = pyro_client_begin(proxy->client, &invocation->head, err);
    if (!to)
        return err->code;
    enum pyro_code code =
        larguments_write(L, &invocation->args, pyro_client_protocol(proxy->client), to);
    if (code != PYRO_OK) {
        pyro_client_abort(proxy->client);
        larguments_raise(L, &invocation->args, err);
    }
    return pyro_client_send(proxy->client, call, proxy->timeout, err);
}

/* Whether it is a call with a blob, which has to be the only argument. */
static bool carries_blob(lua_State *L, const struct larguments *args)
{
    bool found = false;
    for (int i = args->first; i <= args->last && !found; i++)
        found = lblob_is(L, i);
    if (found && (args->first != args->last || args->named)) {
        lerror_push(L, "SerializeError", "if SerializedBlob is used, it must be the only argument");
        lua_error(L);
    }
    return found;
}

/* The context's annotations and correlation id go with the call. No Lua may run from here on. */
static void add_context(lua_State *L, struct lruntime *runtime, struct pyro_call_head *head)
{
    struct lcontext_outgoing carried;
    lcontext_outgoing(L, runtime, &carried);
    head->annotations = carried.annotations;
    head->annotation_count = carried.count;
    head->nested = carried.nested;
    head->correlated = carried.correlated;
    memcpy(head->correlation, carried.correlation, sizeof(head->correlation));
}

static int transmit(lua_State *L, struct invocation *invocation)
{
    struct lproxy *proxy = invocation->proxy;
    struct pyro_error err;
    struct lcall *call = NULL;
    pyro_error_clear(&err);
    bool blob = carries_blob(L, &invocation->args);
    luaL_checkstack(L, 10, "too many arguments");
    larguments_convert(L, &invocation->args);
    if (!invocation->oneway || pyro_client_congested(proxy->client))
        call = lcall_push(L, proxy->runtime);
    int top = lua_gettop(L);
    struct pyro_call *reply = invocation->oneway ? NULL : &call->call;
    invocation->args.failed = 1;
    if (blob)
        lblob_unpack(L, invocation->args.first);
    add_context(L, proxy->runtime, &invocation->head);
    invocation->head.nested &= !invocation->oneway;
    enum pyro_code code = blob ? lblob_send(L, invocation->args.first, proxy->client,
                                            &invocation->head, reply, proxy->timeout, &err)
                               : send_values(L, invocation, reply, &err);
    if (code == PYRO_ESERIALIZE)
        return larguments_raise(L, &invocation->args, &err);
    if (code != PYRO_OK)
        return lerror_raise(L, &err);
    lua_settop(L, top);
    lcontext_sent(L, proxy->runtime);
    if (!invocation->oneway)
        return lwait_in(L, proxy->runtime, &call->wait, 0, reply_came);
    if (!call)
        return 0;
    pyro_client_drain(proxy->client, &call->call);
    return lwait_for(L, &call->wait, 0, drained);
}

static int call_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct lproxy *proxy = proxy_at(L, 1);
    const char *name = (const char *)context; /* an upvalue of the running function */
    struct pyro_slice method = pyro_slice_text(name);
    unsigned member = pyro_client_member(proxy->client, method);
    if (!(member & (PYRO_METHOD | PYRO_ONEWAY)) && proxy->runtime->core.config.METADATA &&
        pyro_client_has_metadata(proxy->client))
        return linvoke_no_member(L, proxy, name);
    struct invocation invocation = {.proxy = proxy,
                                    .head = {.method = method},
                                    .args = larguments_take(L, 2),
                                    .oneway = (member & PYRO_ONEWAY) != 0};
    return transmit(L, &invocation);
}

/* One attempt of a call that may be repeated: its name is the upvalue. */
static int attempt(lua_State *L)
{
    return lconnect_for_call(L, 1, (lua_KContext)lua_tostring(L, lua_upvalueindex(1)), call_bound);
}

/* A call that is repeated when the connection breaks: below its arguments. */
struct repetition {
    const char *method;
    int count; /* of the arguments, with the proxy */
    lua_Integer left;
};

/* Pyro repeats a call after these. */
static bool is_lost_connection(lua_State *L, int index)
{
    if (!lerror_is(L, index))
        return false;
    lua_getfield(L, index, "class");
    const char *name = lua_tostring(L, -1);
    bool lost =
        name && (strcmp(name, "ConnectionClosedError") == 0 || strcmp(name, "TimeoutError") == 0);
    lua_pop(L, 1);
    return lost;
}

static int attempted(lua_State *L, int status, lua_KContext context);

static int start_attempt(lua_State *L, const struct repetition *r)
{
    luaL_checkstack(L, r->count + 2, "too many arguments");
    lua_pushstring(L, r->method);
    lua_pushcclosure(L, attempt, 1);
    for (int i = 0; i < r->count; i++)
        lua_pushvalue(L, i + 2);
    return lua_pcallk(L, r->count, LUA_MULTRET, 0, 0, attempted);
}

/* An attempt ended: returns its results, or repeats it. */
static int attempted(lua_State *L, int status, lua_KContext context)
{
    struct repetition *r = lua_touserdata(L, 1);
    (void)context;
    while (status != LUA_OK && status != LUA_YIELD) {
        if (r->left == 0 || !is_lost_connection(L, -1))
            return lua_error(L);
        r->left--;
        lua_settop(L, 1 + r->count);
        status = start_attempt(L, r);
    }
    return lua_gettop(L) - 1 - r->count;
}

int linvoke_call(lua_State *L, const char *method)
{
    struct lproxy *proxy = proxy_at(L, 1);
    if (proxy->retries == 0)
        return lconnect_for_call(L, 1, (lua_KContext)method, call_bound);
    struct repetition *r = lua_newuserdatauv(L, sizeof(*r), 0);
    *r = (struct repetition){method, lua_gettop(L) - 1, proxy->retries};
    lua_insert(L, 1);
    return attempted(L, start_attempt(L, r), 0);
}

/* --- batches --- */

/* Above the calls lie their number, and whether they are oneway. */
static int batch_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct invocation invocation = {
        .proxy = proxy_at(L, 1),
        .head = {.method = pyro_slice_text("<batch>"), .flags = PYRO_FLAG_BATCH},
        .args = {.first = 5, .last = 4, .calls = 2, .count = lua_tointeger(L, 3)},
        .oneway = lua_toboolean(L, 4)};
    return transmit(L, &invocation);
}

int linvoke_batch(lua_State *L, lua_Integer count, bool oneway)
{
    lua_settop(L, 2);
    lua_pushinteger(L, count);
    lua_pushboolean(L, oneway);
    return lconnect_for_call(L, 1, 0, batch_bound);
}

/* --- attributes --- */

static int access_attribute(lua_State *L, const char *method, int count)
{
    struct invocation invocation = {.proxy = proxy_at(L, 1),
                                    .head = {.method = pyro_slice_text(method)},
                                    .args = {.first = 2, .last = 1 + count}};
    return transmit(L, &invocation);
}

static int get_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return access_attribute(L, "__getattr__", 1);
}

int linvoke_get(lua_State *L)
{
    return lconnect_for_call(L, 1, 0, get_bound);
}

static int set_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return access_attribute(L, "__setattr__", 2);
}

int linvoke_set(lua_State *L)
{
    return lconnect_for_call(L, 1, 0, set_bound);
}

/* --- calls of any object and kind, for the Lua side --- */

static int invoke_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct invocation invocation = {.proxy = proxy_at(L, 1),
                                    .head = {.object = lua_tostring(L, 2)}};
    invocation.head.method.data = lua_tolstring(L, 3, &invocation.head.method.length);
    invocation.oneway = strchr(lua_tostring(L, 4), 'o') != NULL;
    invocation.args = larguments_take(L, 5);
    return transmit(L, &invocation);
}

/* core.invoke(proxy, object | nil, method, flags, …): "o" among the flags is for oneway */
static int invoke(lua_State *L)
{
    lproxy_check(L, 1);
    luaL_optstring(L, 2, NULL);
    luaL_checkstring(L, 3);
    luaL_checkstring(L, 4);
    return lconnect_for_call(L, 1, 0, invoke_bound);
}

void linvoke_open(lua_State *L)
{
    lua_pushcfunction(L, invoke);
    lua_setfield(L, -2, "invoke");
}
