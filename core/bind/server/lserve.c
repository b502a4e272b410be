/* Serving a Lua table: find the method, run it, answer.
 *
 * The daemon calls invoke(), which takes a task and starts serve() in it: nothing of Lua runs in
 * the daemon's own callback but what makes the task. serve() gets the instance of a class first
 * (Lua), then serve_object() reads the arguments and calls the method, which may wait, and its
 * continuation call_ended() answers. Whatever raises an error on the way ends the task, and
 * lanswer.c answers with that error. While the task waits anything may happen: the object may be
 * unregistered, the daemon closed, the client gone; the request lives until it is answered. */
#include "bind/server/lserve.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/message/lblob.h"
#include "bind/message/lconnection.h"
#include "bind/server/lanswer.h"
#include "bind/server/ldaemon_authorize.h"
#include "bind/server/lmember.h"
#include "bind/server/lobject.h"
#include "bind/server/lparameters.h"
#include "bind/server/lserve_batch.h"
#include "bind/server/lstream.h"
#include "bind/task/ltask.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "rpc/guard.h"

/* --- arguments --- */

/* Pushes a blob as the only argument. */
LUA_RUNS static void push_blob(lua_State *L, struct pyro_request *request)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    int top = lua_gettop(L);
    lbuilder_init(&builder, L, false, &err);
    if (pyro_request_blob(request, &builder.sink, &err) != PYRO_OK ||
        pyro_sink_spend(&builder.sink, request->message.data.length) != PYRO_OK)
        lbuilder_raise(L, top, &builder.sink);
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
    lblob_push_received(L, request->message.header.serializer, request->message.data);
}

/* Pushes the arguments; named ones, if any, last, in a table of their own. Returns whether there
 * are any. */
LUA_RUNS static bool push_arguments(lua_State *L, struct pyro_request *request)
{
    struct pyro_error err;
    struct lbuilder builder;
    if (request->flags & PYRO_FLAG_BLOB) {
        push_blob(L, request);
        return false;
    }
    int top = lua_gettop(L);
    pyro_error_clear(&err);
    lbuilder_init(&builder, L, true, &err);
    if (pyro_request_args(request, &builder.sink, &err) != PYRO_OK)
        lbuilder_raise(L, top, &builder.sink);
    bool named = lua_istable(L, -1) && (lua_pushnil(L), lua_next(L, -2));
    lua_pop(L, named ? 2 : 1);
    return named;
}

/* --- one method, or attribute --- */

/* Continuation of serve_object(): the method returned, and its results are all that is on the
 * stack. A function (with what else Lua's `for` takes) or a coroutine is fetched item by item. */
static int call_ended(lua_State *L, int status, lua_KContext context)
{
    struct ltask *task = (struct ltask *)context;
    bool is_stream = lua_isfunction(L, 1) || lua_isthread(L, 1);
    (void)status;
    if (is_stream && pyro_request_wanted(task->request)) {
        task->request->running = false;
        return lstream_answer(L, task);
    }
    return lanswer_results(L, task);
}

/* Continuation of serve_attribute(): the client may access the attribute. */
static int access_attribute(lua_State *L, int status, lua_KContext context)
{
    const struct ltask *task = (struct ltask *)context;
    (void)status;
    int results = lmember_access(L, 1, task->request->kind == PYRO_REQUEST_SET);
    lua_insert(L, 1);
    lua_settop(L, results);
    return call_ended(L, LUA_OK, context);
}

/* Serves obj.__getattr__(name) or obj.__setattr__(name, value). */
LUA_RUNS static int serve_attribute(lua_State *L, struct ltask *task)
{
    int self = lua_gettop(L), count = task->request->kind == PYRO_REQUEST_SET ? 2 : 1;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice name;
    pyro_request_found(task->request, task->request->call.method);
    bool named = push_arguments(L, task->request);
    if (named || lua_gettop(L) != self + count || lua_type(L, self + 1) != LUA_TSTRING)
        return luaL_error(L, "malformed attribute access");
    name.data = lua_tolstring(L, self + 1, &name.length);
    if (pyro_guard_member(task->request, name, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    const struct ldaemon_hooks *hooks = ldaemon_authorize_of(task->request);
    if (hooks) {
        lua_pushvalue(L, self + 1);
        ldaemon_authorize_push(L, hooks, task->request->connection, task->request->call.object);
        lua_callk(L, LDAEMON_AUTHORIZE_ARGUMENTS, 0, (lua_KContext)task, access_attribute);
    }
    return access_attribute(L, LUA_OK, (lua_KContext)task);
}

/* Serves a request for the object at 1. A continuation, where that is an instance just made. */
static int serve_object(lua_State *L, int status, lua_KContext context)
{
    struct ltask *task = (struct ltask *)context;
    struct pyro_request *request = task->request;
    (void)status;
    if (request->kind == PYRO_REQUEST_BATCH)
        return lserve_batch(L, task);
    if (request->kind != PYRO_REQUEST_METHOD)
        return serve_attribute(L, task);
    lua_pushlstring(L, request->call.method.data, request->call.method.length);
    lmember_find_method(L, task->runtime, 1, request->call.method);
    pyro_request_found(request, request->call.method);
    lua_insert(L, 1); /* function, self */
    bool named = push_arguments(L, request);
    request->running = true;
    int count = lparameters_fit(L, 1, request->call.method, named);
    if (count < 0)
        return lua_error(L);
    lua_callk(L, count, LUA_MULTRET, context, call_ended);
    return call_ended(L, LUA_OK, context);
}

/* Serves a request: the function of its task. The arguments are the table that is served, and the
 * task. Where the table is a class, the tables of its instances are in between (see
 * push_instances()). */
static int serve(lua_State *L)
{
    lua_KContext context = (lua_KContext)lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (lua_isnil(L, 1)) { /* collected, or unregistered, a moment ago */
        lerror_push(L, "DaemonError", "unknown object");
        return lua_error(L);
    }
    if (lua_gettop(L) > 1) {
        if (!lua_istable(L, 2)) { /* an error: why there is none */
            lua_settop(L, 2);
            return lua_error(L);
        }
        lhook_push(L, LHOOK_INSTANCE);
        lua_insert(L, 1);
        lua_callk(L, 3, 1, context, serve_object);
    }
    return serve_object(L, LUA_OK, context);
}

/* Returns the table of the instances of a connection, its argument. */
static int find_instances(lua_State *L)
{
    lconnection_push_instances(L, lua_touserdata(L, 1));
    return 1;
}

/* Pushes the tables of instances of the session and of the class. The first may be an error, which
 * the task raises. Making it may run finalizers, which may even release the class. */
LOOP_STEPS static void push_instances(lua_State *L, int instances,
                                      const struct pyro_request *request)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, instances);
    lua_pushcfunction(L, find_instances);
    lua_pushlightuserdata(L, request->connection);
    lua_pcall(L, 1, 1, 0);
    lua_insert(L, -2);
}

/* Takes a task to serve the request. `*gone` becomes whether a finalizer, which ran as a thread was
 * made, has unregistered the object. */
LOOP_STEPS static struct ltask *take_task(struct pyro_object *self, struct pyro_request *request,
                                          bool *gone)
{
    bool allocates = ltask_take_allocates(lruntime_around(request->runtime));
    struct ltask *task = lanswer_task(request);
    *gone = task && allocates && pyro_request_object(request) != self;
    return task;
}

LOOP_STEPS static void invoke(struct pyro_object *self, struct pyro_request *request)
{
    bool gone;
    struct ltask *task = take_task(self, request, &gone);
    if (!task)
        return;
    lua_State *L = task->thread;
    lua_pushcfunction(L, serve);
    if (gone) {
        lua_pushnil(L);
    } else {
        int instances = lobject_served(self)->instances;
        lobject_push(L, self);
        if (instances != LUA_NOREF)
            push_instances(L, instances, request);
    }
    lua_pushlightuserdata(L, task);
    ltask_go(task, lua_gettop(L) - 1);
}

const struct pyro_object_ops lserve_ops = {lobject_describe, invoke, lobject_release,
                                           lobject_document};
