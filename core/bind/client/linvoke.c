#include "bind/client/linvoke.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/client/lcall.h"
#include "bind/client/lreply.h"
#include "bind/message/larguments.h"
#include "bind/message/lblob.h"
#include "bind/message/lcontext.h"
#include "bind/task/lwait.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
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

/* --- binding --- */

/* What to go on with when bound: userdata below the lcall, which is at the top. */
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
    lcall_reset(lcall_at(L, -1)); /* frees what it holds now rather than when it is collected */
    lua_pop(L, 2);
    return next.k(L, LUA_OK, next.context);
}

/* The user's function approved of the server's answer, or raised an error. */
static int validated(lua_State *L, int status, lua_KContext top)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lcall *call = lcall_at(L, (int)top);
    if (status != LUA_OK && status != LUA_YIELD) {
        lcall_reset(call); /* closes the connection */
        return lua_error(L);
    }
    struct lproxy *proxy = proxy_at(L, continuation_at(L, (int)top - 1)->proxy);
    if (pyro_client_confirm(proxy->client, &call->call, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_settop(L, (int)top);
    return go_on(L);
}

/* (lcall) -> what the server answered to the handshake data */
static int read_answer(lua_State *L)
{
    struct lcall *call = lcall_at(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    lbuilder_init(&builder, L, false, &err);
    if (pyro_call_read(&call->call, &builder.sink, &err) != PYRO_OK)
        return lbuilder_raise(L, 1, &builder.sink);
    if ((call->call.reply.header.flags & PYRO_FLAG_METADATA) && lua_istable(L, -1))
        lua_getfield(L, -1, "handshake");
    return 1;
}

/* The user's function gets the proxy and the answer. It may wait; the connection is not used yet.
 */
static int validate(lua_State *L, int proxy, int top)
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
    struct lcall *call = lcall_at(L, top);
    int proxy = continuation_at(L, top - 1)->proxy;
    if (call->call.error.code != PYRO_OK)
        return lerror_raise(L, &call->call.error);
    if (call->call.reply.chunk)
        lcontext_received(L, proxy_at(L, proxy)->runtime, &call->call.reply);
    if (!pyro_client_must_confirm(proxy_at(L, proxy)->client, &call->call))
        return go_on(L);
    return validate(L, proxy, top);
}

static struct pyro_connect_options find_terms(lua_State *L, int index)
{
    struct lproxy *proxy = proxy_at(L, index);
    struct pyro_connect_options terms = lproxy_connect_options(proxy);
    struct lcontext_outgoing carried;
    lcontext_outgoing(L, proxy->runtime, &carried);
    terms.correlated = carried.correlated;
    memcpy(terms.correlation, carried.correlation, sizeof(terms.correlation));
    terms.confirm = lua_getiuservalue(L, index, LPROXY_VALIDATE) != LUA_TNIL;
    lua_pop(L, 1);
    return terms;
}

static int connect_proxy(lua_State *L, int index, struct lcall *call)
{
    struct lproxy *proxy = proxy_at(L, index);
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_connect_options terms = find_terms(L, index);
    bool ready = false;
    if (pyro_client_connect(proxy->client, &terms, &call->call, proxy->timeout, &ready, &err) !=
        PYRO_OK)
        return lerror_raise(L, &err);
    return ready ? go_on(L) : lwait_for(L, &call->wait, 0, connected);
}

static int resolved(lua_State *L, int status, lua_KContext index)
{
    (void)status;
    struct lproxy *proxy = proxy_at(L, (int)index);
    struct lcall *call = lcall_at(L, -1);
    struct pyro_error err = {.code = PYRO_OK};
    if (call->error.code != PYRO_OK)
        return lerror_raise(L, &call->error);
    if (pyro_client_idle(proxy->client) && /* else another task was faster */
        pyro_client_set_uri(proxy->client, &call->resolved, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lcall_reset(call);
    return connect_proxy(L, (int)index, call);
}

int linvoke_bind(lua_State *L, int index, lua_KContext context, lua_KFunction k)
{
    struct lproxy *proxy = proxy_at(L, index);
    if (pyro_client_connected(proxy->client))
        return k(L, LUA_OK, context);
    struct pyro_error err;
    if (pyro_client_lost(proxy->client, &err))
        return lerror_raise(L, &err);
    return linvoke_connect(L, index, context, k);
}

int linvoke_connect(lua_State *L, int index, lua_KContext context, lua_KFunction k)
{
    struct lproxy *proxy = proxy_at(L, index);
    if (pyro_client_connected(proxy->client))
        return k(L, LUA_OK, context);
    struct pyro_error err = {.code = PYRO_OK};
    luaL_checkstack(L, 8, "too many arguments");
    struct continuation *next = lua_newuserdatauv(L, sizeof(*next), 0);
    *next = (struct continuation){k, context, index};
    struct lcall *call = lcall_push(L, proxy->runtime);
    if (proxy->uri.protocol == PYRO_URI_PYRO || !pyro_client_idle(proxy->client))
        return connect_proxy(L, index, call);
    call->search =
        pyro_resolve(&proxy->runtime->core, &proxy->uri, proxy->timeout, lcall_found, call, &err);
    if (!call->search)
        return lerror_raise(L, &err);
    return lwait_for(L, &call->wait, index, resolved);
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
    return linvoke_bind(L, 1, (lua_KContext)lua_tostring(L, lua_upvalueindex(1)), call_bound);
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
        return linvoke_bind(L, 1, (lua_KContext)method, call_bound);
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
    return linvoke_bind(L, 1, 0, batch_bound);
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
    return linvoke_bind(L, 1, 0, get_bound);
}

static int set_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return access_attribute(L, "__setattr__", 2);
}

int linvoke_set(lua_State *L)
{
    return linvoke_bind(L, 1, 0, set_bound);
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
    return linvoke_bind(L, 1, 0, invoke_bound);
}

static int nothing_more(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* core.connect(proxy): its URI stays what it is, unlike with _pyroBind() */
static int connect(lua_State *L)
{
    lproxy_check(L, 1);
    lua_settop(L, 1);
    return linvoke_bind(L, 1, 0, nothing_more);
}

void linvoke_open(lua_State *L)
{
    lua_pushcfunction(L, connect);
    lua_setfield(L, -2, "connect");
    lua_pushcfunction(L, invoke);
    lua_setfield(L, -2, "invoke");
}
