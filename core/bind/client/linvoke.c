/* Calling a remote object. Each call takes the same way: its proxy is connected (lconnect.h), its
 * arguments are made ready, it is sent, and its reply is received, which returns from the Lua
 * function that called.
 *
 * Lua runs, and may wait or use the same proxy, while a call connects, while arguments are made
 * ready, and while a reply is read: not between the beginning and the end of sending. */
#include "bind/client/linvoke.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/client/lconnect.h"
#include "bind/client/lpending.h"
#include "bind/client/lreply.h"
#include "bind/message/larguments.h"
#include "bind/message/lblob.h"
#include "bind/message/lcontext.h"
#include "bind/task/lwait.h"
#include "bind/value/luri.h"
#include "rpc/call.h"
#include "rpc/members.h"

static struct lproxy *proxy_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

LUA_RUNS static int raise_unknown(lua_State *L, const struct lproxy *proxy, const char *kind,
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

/* --- receiving --- */

/* Returns the results of the call; raises the error that came instead. The proxy is at 1, the
 * pending call on top. */
static int received(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    int top = lua_gettop(L);
    struct lpending *pending = lpending_at(L, top);
    struct lruntime *runtime = proxy_at(L, 1)->runtime;
    PYRO_ASSERT(!pending->call.client); /* it was finished */
    if (pending->call.error.code != PYRO_OK)
        return lerror_raise(L, &pending->call.error);
    lcontext_received(L, runtime, &pending->call.reply);
    bool good = pending->form == LPENDING_VALUES
                    ? lreply_push(L, 1, &pending->call)
                    : lreply_push_json(L, 1, pending->form == LPENDING_JSON_KEPT, &pending->call);
    int count = lua_gettop(L) - top;
    lpending_put_back(L, pending, top, runtime);
    return good ? count : lua_error(L);
}

/* Returns from a oneway call: its output has left, or the connection broke. */
static int drained(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lpending *pending = lpending_at(L, -1);
    PYRO_ASSERT(!pending->call.client); /* it was finished */
    if (pending->call.error.code != PYRO_OK)
        return lerror_raise(L, &pending->call.error);
    return 0;
}

/* --- sending --- */

/* A call of the connected proxy at 1. */
struct invocation {
    struct lproxy *proxy;
    struct pyro_call_head head;
    struct larguments args;
    bool oneway;
    bool blob; /* the only argument is a blob */
    enum lpending_form form;
};

/* Returns whether a blob is among the arguments; raises an error where it is not the only one. */
LUA_RUNS static bool carries_blob(lua_State *L, const struct larguments *args)
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

/* Makes the arguments ready to be written, and pushes the pending call (NULL: nothing is to be
 * waited for) and the parts of a blob. Runs Lua, which may wait. */
LUA_RUNS static struct lpending *prepare(lua_State *L, struct invocation *invocation)
{
    struct lproxy *proxy = invocation->proxy;
    struct lpending *pending = NULL;
    invocation->blob = carries_blob(L, &invocation->args);
    luaL_checkstack(L, 10, "too many arguments");
    larguments_convert(L, &invocation->args);
    if (!invocation->oneway || pyro_client_congested(proxy->client))
        pending = lpending_push(L, proxy->runtime);
    if (pending)
        pending->form = invocation->form;
    if (invocation->blob)
        lblob_unpack(L, invocation->args.first);
    return pending;
}

void linvoke_add_context(lua_State *L, struct lruntime *runtime, bool waited,
                         struct pyro_call_head *head)
{
    struct lcontext_outgoing carried;
    lcontext_outgoing(L, runtime, &carried);
    head->annotations = carried.annotations.items;
    head->annotation_count = carried.annotations.count;
    head->awaited = waited ? carried.awaited : 0;
    head->correlated = carried.correlated;
    memcpy(head->correlation, carried.correlation, sizeof(head->correlation));
}

LUA_RUNS static enum pyro_code send_values(lua_State *L, struct invocation *invocation,
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

/* Sends the call; raises an error where that fails. `call` waits for the reply, unless NULL. */
LUA_RUNS static void send_call(lua_State *L, struct invocation *invocation, struct pyro_call *call)
{
    struct lproxy *proxy = invocation->proxy;
    struct larguments *args = &invocation->args;
    struct pyro_error err;
    pyro_error_clear(&err);
    args->failed = 1;
    linvoke_add_context(L, proxy->runtime, !invocation->oneway, &invocation->head);
    enum pyro_code code = invocation->blob
                              ? lblob_send(L, args->first, proxy->client, &invocation->head, call,
                                           proxy->timeout, &err)
                              : send_values(L, invocation, call, &err);
    if (code == PYRO_ESERIALIZE)
        larguments_raise(L, args, &err);
    else if (code != PYRO_OK)
        lerror_raise(L, &err);
}

/* Sends the call, and waits for its reply; for a oneway call's, only until not too much output
 * waits to leave. */
LUA_RUNS static int transmit(lua_State *L, struct invocation *invocation)
{
    struct lproxy *proxy = invocation->proxy;
    struct lpending *pending = prepare(L, invocation);
    PYRO_ASSERT(pending || invocation->oneway);
    send_call(L, invocation, invocation->oneway ? NULL : &pending->call);
    if (invocation->blob)
        lua_pop(L, LBLOB_PARTS);
    lcontext_sent(L, proxy->runtime);
    if (!invocation->oneway) {
        pending->wait.what = "reply";
        pending->wait.since = pending->call.since;
        return lwait_in(L, proxy->runtime, &pending->wait, 0, received);
    }
    if (!pending)
        return 0;
    pending->wait.what = "output";
    pyro_client_drain(proxy->client, &pending->call);
    return lwait_for(L, &pending->wait, 0, drained);
}

/* --- methods --- */

static int call_connected(lua_State *L, int status, lua_KContext context)
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

/* (proxy, …): makes one attempt to call the method whose name is the upvalue. */
static int attempt(lua_State *L)
{
    return lconnect_for_call(L, 1, (lua_KContext)lua_tostring(L, lua_upvalueindex(1)),
                             call_connected);
}

static int retried(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* Leaves it to the Lua side to make attempts. */
LUA_RUNS static int call_with_retries(lua_State *L, const char *method, lua_Integer retries)
{
    int count = lua_gettop(L);
    PYRO_ASSERT(retries > 0);
    luaL_checkstack(L, 4, "too many arguments");
    lhook_push(L, LHOOK_RETRY);
    lua_pushstring(L, method);
    lua_pushcclosure(L, attempt, 1);
    lua_pushinteger(L, retries);
    lua_rotate(L, 1, 3);
    lua_callk(L, count + 2, LUA_MULTRET, 0, retried);
    return retried(L, LUA_OK, 0);
}

int linvoke_call(lua_State *L, const char *method)
{
    const struct lproxy *proxy = proxy_at(L, 1);
    if (proxy->retries != 0)
        return call_with_retries(L, method, proxy->retries);
    return lconnect_for_call(L, 1, (lua_KContext)method, call_connected);
}

/* --- batches --- */

/* Sends a batch. Above the table of its entries lie their number, and whether it is oneway. */
static int batch_connected(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct invocation invocation = {
        .proxy = proxy_at(L, 1),
        .head = {.method = pyro_slice_text("<batch>"), .flags = PYRO_FLAG_BATCH},
        .args = {.first = 5, .last = 4, .entries = 2, .count = lua_tointeger(L, 3)},
        .oneway = lua_toboolean(L, 4)};
    return transmit(L, &invocation);
}

int linvoke_batch(lua_State *L, lua_Integer count, bool oneway)
{
    lua_settop(L, 2);
    lua_pushinteger(L, count);
    lua_pushboolean(L, oneway);
    return lconnect_for_call(L, 1, 0, batch_connected);
}

/* --- attributes --- */

/* Reads the attribute whose name is at 2, where that is all; writes the value at 3 to it. */
static int access_connected(lua_State *L, int status, lua_KContext count)
{
    (void)status;
    const char *method = count == 1 ? "__getattr__" : "__setattr__";
    struct invocation invocation = {.proxy = proxy_at(L, 1),
                                    .head = {.method = pyro_slice_text(method)},
                                    .args = {.first = 2, .last = 1 + (int)count}};
    return transmit(L, &invocation);
}

int linvoke_get(lua_State *L)
{
    return lconnect_for_call(L, 1, 1, access_connected);
}

int linvoke_set(lua_State *L)
{
    return lconnect_for_call(L, 1, 2, access_connected);
}

/* --- calls of any object and kind, for the Lua side --- */

/* Continues core.invoke(), or (json) core.invoke_json(). */
static int invoke_connected(lua_State *L, int status, lua_KContext json)
{
    (void)status;
    bool flag = lua_toboolean(L, 4);
    struct invocation invocation = {.proxy = proxy_at(L, 1),
                                    .head = {.object = lua_tostring(L, 2)},
                                    .oneway = !json && flag,
                                    .form = !json  ? LPENDING_VALUES
                                            : flag ? LPENDING_JSON_KEPT
                                                   : LPENDING_JSON};
    invocation.head.method.data = lua_tolstring(L, 3, &invocation.head.method.length);
    invocation.args = larguments_take(L, 5);
    return transmit(L, &invocation);
}

LUA_RUNS static int invoke_as(lua_State *L, lua_KContext json)
{
    lproxy_check(L, 1);
    luaL_optstring(L, 2, NULL);
    luaL_checkstring(L, 3);
    luaL_checktype(L, 4, LUA_TBOOLEAN);
    return lconnect_for_call(L, 1, json, invoke_connected);
}

/* Implements core.invoke(proxy, object | nil, method, oneway, …). */
static int invoke(lua_State *L)
{
    return invoke_as(L, false);
}

/* Implements core.invoke_json(proxy, object | nil, method, kept, …). */
static int invoke_json(lua_State *L)
{
    return invoke_as(L, true);
}

/* Implements core.member(proxy, name). */
static int member(lua_State *L)
{
    const struct lproxy *proxy = lproxy_check(L, 1);
    struct pyro_slice name;
    name.data = luaL_checklstring(L, 2, &name.length);
    unsigned found = pyro_client_member(proxy->client, name);
    lua_pushstring(L, found & PYRO_ATTRIBUTE ? "attribute"
                      : found & PYRO_ONEWAY  ? "oneway"
                      : found & PYRO_METHOD  ? "method"
                                             : NULL);
    return 1;
}

/* Implements core.count_retry(): another attempt at a call is made. */
static int count_retry(lua_State *L)
{
    lruntime_of(L)->core.counters.retries++;
    return 0;
}

void linvoke_open(lua_State *L)
{
    lua_pushcfunction(L, count_retry);
    lua_setfield(L, -2, "count_retry");
    lua_pushcfunction(L, invoke);
    lua_setfield(L, -2, "invoke");
    lua_pushcfunction(L, invoke_json);
    lua_setfield(L, -2, "invoke_json");
    lua_pushcfunction(L, member);
    lua_setfield(L, -2, "member");
}
