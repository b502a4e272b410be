#include "bind/linvoke.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/lcall.h"
#include "bind/lconvert.h"
#include "bind/lerror.h"
#include "bind/ltypes.h"
#include "bind/luri.h"
#include "bind/lvalue.h"

static struct lproxy *proxy_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

int linvoke_no_member(lua_State *L, const struct lproxy *proxy, const char *name)
{
    luri_push_text(L, &proxy->uri);
    lua_pushfstring(L, "remote object '%s' has no exposed attribute or method '%s'",
                    lua_tostring(L, -1), name);
    lerror_push(L, "AttributeError", lua_tostring(L, -1));
    return lua_error(L);
}

/* --- binding --- */

/* What to go on with when bound. Userdata would do; but a binding is rare, and this one table keeps
 * the stack simple: [top] is the lcall, [top - 1] the continuation. */
struct continuation {
    lua_KFunction k;
    lua_KContext context;
};

static int go_on(lua_State *L)
{
    struct continuation next = *(struct continuation *)lua_touserdata(L, -2);
    lua_pop(L, 2);
    return next.k(L, LUA_OK, next.context);
}

static int connected(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lcall *call = lcall_at(L, -1);
    if (call->call.error.code != PYRO_OK)
        return lerror_raise(L, &call->call.error);
    return go_on(L);
}

static int connect_proxy(lua_State *L, struct lproxy *proxy, struct lcall *call)
{
    struct pyro_error err = {.code = PYRO_OK};
    bool ready = false;
    if (pyro_client_bind(proxy->client, NULL, &call->call, proxy->timeout, &ready, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    if (ready)
        return go_on(L);
    return lwait_for(L, &call->wait, 0, connected);
}

static void make_client(lua_State *L, struct lproxy *proxy, const struct pyro_uri *uri)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!proxy->client)
        proxy->client = pyro_client_new(&lruntime_of(L)->core, uri, &err);
    if (!proxy->client)
        lerror_raise(L, &err);
}

static int resolved(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct lproxy *proxy = proxy_at(L, (int)context);
    struct lcall *call = lcall_at(L, -1);
    if (call->error.code != PYRO_OK)
        return lerror_raise(L, &call->error);
    make_client(L, proxy, &call->resolved); /* another task may have been faster */
    lcall_reset(call);
    return connect_proxy(L, proxy, call);
}

int linvoke_bind(lua_State *L, int index, lua_KContext context, lua_KFunction k)
{
    struct lproxy *proxy = proxy_at(L, index);
    struct pyro_error err = {.code = PYRO_OK};
    if (proxy->client && pyro_client_connected(proxy->client))
        return k(L, LUA_OK, context);
    luaL_checkstack(L, 8, "too many arguments");
    struct continuation *next = lua_newuserdatauv(L, sizeof(*next), 0);
    *next = (struct continuation){k, context};
    struct lcall *call = lcall_push(L);
    if (proxy->client || proxy->uri.protocol == PYRO_URI_PYRO) {
        make_client(L, proxy, &proxy->uri);
        return connect_proxy(L, proxy, call);
    }
    call->search =
        pyro_resolve(&lruntime_of(L)->core, &proxy->uri, proxy->timeout, lcall_found, call, &err);
    if (!call->search)
        return lerror_raise(L, &err);
    return lwait_for(L, &call->wait, index, resolved);
}

/* --- calling --- */

/* Puts an encoding error's place before it: "argument 2.price: a function cannot travel". */
static int raise_argument(lua_State *L, int argument, const struct pyro_error *err)
{
    bool located = err->message[0] == ':' || err->message[0] == '.' || err->message[0] == '[';
    lua_pushfstring(L, located ? "argument %d%s" : "argument %d: %s", argument, err->message);
    lerror_push(L, pyro_error_class(err->code), lua_tostring(L, -1));
    return lua_error(L);
}

/* Writes keyword arguments: the table at `index`, or (0) none. */
static enum pyro_code write_kwargs(lua_State *L, int index, const struct pyro_protocol *protocol,
                                   struct pyro_sink *to)
{
    enum pyro_code code;
    if (index == 0) {
        code = pyro_begin(to, PYRO_DICT, 0);
        return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
    }
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        count++;
    if ((code = pyro_begin(to, PYRO_DICT, count)) != PYRO_OK)
        return code;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            code = pyro_error_set(to->err, PYRO_ETYPE, "keywords must be strings");
        if (code == PYRO_OK)
            code = lvalue_write(L, -2, protocol, to);
        if (code == PYRO_OK)
            code = lvalue_write(L, -1, protocol, to);
        if (code != PYRO_OK) {
            lua_pop(L, 2);
            return code;
        }
    }
    return pyro_end(to, PYRO_DICT);
}

struct arguments {
    int first, last; /* stack indices of the positional ones */
    int kwargs;      /* of the table of named ones, or 0 */
    int failed;      /* which argument could not be written */
};

static enum pyro_code write_arguments(lua_State *L, struct arguments *args,
                                      const struct pyro_protocol *protocol, struct pyro_sink *to)
{
    int count = args->last - args->first + 1;
    enum pyro_code code = pyro_begin(to, PYRO_TUPLE, (size_t)count);
    for (int i = args->first; i <= args->last && code == PYRO_OK; i++) {
        args->failed = i - args->first + 1;
        code = lvalue_write(L, i, protocol, to);
    }
    if (code != PYRO_OK || (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    args->failed = count + 1;
    return write_kwargs(L, args->kwargs, protocol, to);
}

/* Raises the exception that was received; a peer may call anything an exception. */
static int raise_remote(lua_State *L)
{
    if (!lerror_is_raisable(L, -1)) {
        lua_pushfstring(L, "the remote side raised what is no exception: %s",
                        luaL_tolstring(L, -1, NULL));
        lerror_push(L, "ProtocolError", lua_tostring(L, -1));
    }
    return lua_error(L);
}

static int reply_came(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lcall *call = lcall_at(L, -1);
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    if (call->call.error.code != PYRO_OK)
        return lerror_raise(L, &call->call.error);
    lbuilder_init(&builder, L, false, &err);
    if (pyro_call_read(&call->call, &builder.sink, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    bool raised = pyro_call_raised(&call->call);
    pyro_call_free(&call->call);
    return raised ? raise_remote(L) : 1;
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

/* Calls a method of the bound proxy at 1. */
static int send_call(lua_State *L, struct pyro_slice method, struct arguments *args, bool oneway)
{
    struct lproxy *proxy = proxy_at(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    struct lcall *call = NULL;
    luaL_checkstack(L, 10, "too many arguments");
    lconvert_arguments(L, args->first, args->kwargs ? args->kwargs : args->last);
    if (!oneway || pyro_client_congested(proxy->client))
        call = lcall_push(L);
    struct pyro_call_head head = {.method = method};
    struct pyro_sink *to = pyro_client_begin(proxy->client, &head, &err);
    if (!to)
        return lerror_raise(L, &err);
    if (write_arguments(L, args, pyro_client_protocol(proxy->client), to) != PYRO_OK) {
        pyro_client_abort(proxy->client);
        return raise_argument(L, args->failed, &err);
    }
    if (pyro_client_send(proxy->client, oneway ? NULL : &call->call, proxy->timeout, &err) !=
        PYRO_OK)
        return lerror_raise(L, &err);
    if (!oneway)
        return lwait_for(L, &call->wait, 0, reply_came);
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
    struct arguments args = {.first = 2, .last = lua_gettop(L)};
    if (pyro_client_described(proxy->client) && !(member & (PYRO_METHOD | PYRO_ONEWAY)))
        return linvoke_no_member(L, proxy, name);
    if (args.last >= 2 && lua_istable(L, -1) && ltype_of(L, -1) == LTYPE_KWARGS)
        args.kwargs = args.last--;
    return send_call(L, method, &args, (member & PYRO_ONEWAY) != 0);
}

int linvoke_call(lua_State *L, const char *method)
{
    return linvoke_bind(L, 1, (lua_KContext)method, call_bound);
}

static int get_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct arguments args = {.first = 2, .last = 2};
    return send_call(L, pyro_slice_text("__getattr__"), &args, false);
}

int linvoke_get(lua_State *L)
{
    return linvoke_bind(L, 1, 0, get_bound);
}

static int set_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct arguments args = {.first = 2, .last = 3};
    return send_call(L, pyro_slice_text("__setattr__"), &args, false);
}

int linvoke_set(lua_State *L)
{
    return linvoke_bind(L, 1, 0, set_bound);
}
