#include "bind/server/lserve.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/message/lblob.h"
#include "bind/message/lconnection.h"
#include "bind/server/lanswer.h"
#include "bind/server/lexpose.h"
#include "bind/server/lobject.h"
#include "bind/server/lparameters.h"
#include "bind/server/lserve_batch.h"
#include "bind/task/ltask.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lvalue_write.h"
#include "rpc/private.h"

static struct lobject *lobject_from(struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct lobject, object);
}

/* --- description --- */

void lserve_push_members(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lhook_push(L, LHOOK_DESCRIBE);
    lua_pushvalue(L, index);
    lua_call(L, 1, 3);
}

struct description {
    struct lobject *object;
    struct pyro_sink *to;
    enum pyro_code code;
};

static int put_description(lua_State *L)
{
    static const char *const keys[] = {"methods", "oneway", "attrs"};
    struct description *d = lua_touserdata(L, 1);
    lobject_describe(L, d->object); /* at 2, 3 and 4 */
    d->code = pyro_begin(d->to, PYRO_DICT, PYRO_COUNT(keys));
    for (int i = 0; i < (int)PYRO_COUNT(keys) && d->code == PYRO_OK; i++) {
        d->code = pyro_put_text(d->to, keys[i]);
        if (d->code == PYRO_OK)
            d->code = lvalue_write(L, 2 + i, NULL, d->to);
    }
    if (d->code == PYRO_OK)
        d->code = pyro_end(d->to, PYRO_DICT);
    return 0;
}

enum pyro_code lserve_describe(struct pyro_object *self, struct pyro_sink *to)
{
    struct description d = {lobject_from(self), to, PYRO_OK};
    lua_State *L = d.object->runtime->from;
    if (!lua_checkstack(L, 4))
        return pyro_error_memory(to->err);
    lua_pushcfunction(L, put_description);
    lua_pushlightuserdata(L, &d);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        d.code = pyro_error_set(to->err, PYRO_ERUNTIME, "%s", lerror_make_text(L));
        lua_pop(L, 1);
    }
    return d.code;
}

/* --- methods --- */

/* Raises an AttributeError about a name. */
static void refuse_name(lua_State *L, const char *why, struct pyro_slice name)
{
    lua_pushfstring(L, "%s '%s'", why, lua_pushlstring(L, name.data, name.length));
    lerror_push(L, "AttributeError", lua_tostring(L, -1));
    lua_error(L);
}

/* Pushes what an object is called in messages. */
static void push_type_name(lua_State *L, int self)
{
    if (luaL_getmetafield(L, self, "__name") != LUA_TSTRING)
        lua_pushstring(L, luaL_typename(L, self));
}

static void no_method(lua_State *L, int self, struct pyro_slice name)
{
    push_type_name(L, self);
    lua_pushfstring(L, "'%s' object has no attribute", lua_tostring(L, -1));
    refuse_name(L, lua_tostring(L, -1), name);
}

/* Whether a function may not be called, as it makes instances of a class. It is always named so. */
static bool makes_instances(lua_State *L, int self, struct pyro_slice name)
{
    if (!pyro_slice_equals(name, "new"))
        return false;
    lhook_push(L, LHOOK_MAKES_INSTANCES);
    lua_pushvalue(L, self);
    lua_pushlstring(L, name.data, name.length);
    lua_call(L, 2, 1);
    bool makes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return makes;
}

void lserve_find_method(lua_State *L, const struct lruntime *runtime, int self,
                        struct pyro_slice name)
{
    if (pyro_is_private(name))
        refuse_name(L, "attempt to access private attribute", name);
    lua_gettable(L, self);
    if (!lua_isfunction(L, -1))
        no_method(L, self, name);
    if (makes_instances(L, self, name) || !lexpose_allows(L, runtime, self, name))
        refuse_name(L, "attempt to access unexposed attribute", name);
}

static struct pyro_slice check_name(lua_State *L, int index)
{
    struct pyro_slice name;
    name.data = luaL_checklstring(L, index, &name.length);
    return name;
}

/* --- invocation --- */

/* Pushes a blob as the only argument. */
static void push_blob(lua_State *L, struct pyro_request *request)
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
static bool push_arguments(lua_State *L, struct pyro_request *request)
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

/* As Pyro does, tells what is hidden from what is not there. Private names are not even looked for.
 */
static int refuse_attribute(lua_State *L, int self, struct pyro_slice name)
{
    lua_pushvalue(L, self + 1);
    if (!pyro_is_private(name) && lua_gettable(L, self) != LUA_TNIL)
        refuse_name(L, "attempt to access unexposed or unknown remote attribute", name);
    push_type_name(L, self);
    lua_pushfstring(L, "type object '%s' has no attribute", lua_tostring(L, -1));
    refuse_name(L, lua_tostring(L, -1), name);
    return 0; /* never */
}

/* obj.__getattr__(name), obj.__setattr__(name, value): plain fields that pyro.attributes() named.
 */
static int access_attribute(lua_State *L, struct pyro_request *request, bool set)
{
    int self = lua_gettop(L), count = set ? 2 : 1;
    bool named = push_arguments(L, request);
    if (named || lua_gettop(L) != self + count || lua_type(L, self + 1) != LUA_TSTRING)
        return luaL_error(L, "malformed attribute access");
    lserve_push_members(L, self);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_rawequal(L, -1, self + 1)) {
            lua_settop(L, self + count);
            if (set)
                lua_settable(L, self);
            else
                lua_gettable(L, self);
            return set ? 0 : 1;
        }
        lua_pop(L, 1);
    }
    return refuse_attribute(L, self, check_name(L, self + 1));
}

static bool is_attribute_access(struct pyro_request *request, bool *set)
{
    *set = pyro_slice_equals(request->call.method, "__setattr__");
    return *set || pyro_slice_equals(request->call.method, "__getattr__");
}

static int serve_attribute(lua_State *L, struct ltask *task, bool set)
{
    int count = access_attribute(L, task->request, set);
    lua_insert(L, 1);
    lua_settop(L, count);
    return lanswer_results(L, LUA_OK, (lua_KContext)task);
}

/* The object to be served is at 1. */
static int serve_object(lua_State *L, int status, lua_KContext context)
{
    struct ltask *task = (struct ltask *)context;
    struct pyro_request *request = task->request;
    bool set;
    (void)status;
    if (request->flags & PYRO_FLAG_BATCH)
        return lserve_batch(L, task);
    if (is_attribute_access(request, &set))
        return serve_attribute(L, task, set);
    lua_pushlstring(L, request->call.method.data, request->call.method.length);
    lserve_find_method(L, task->runtime, 1, request->call.method);
    lua_insert(L, 1); /* function, self */
    bool named = push_arguments(L, request);
    request->running = true;
    int count = lparameters_fit(L, 1, request->call.method, named);
    if (count < 0)
        return lua_error(L);
    lua_callk(L, count, LUA_MULTRET, context, lanswer_results);
    return lanswer_results(L, LUA_OK, context);
}

/* The body of a request's task. Its arguments are the table that is served, and the task; with two
 * more in between, the table is a class: they are where its instances are kept. */
static int serve(lua_State *L)
{
    lua_KContext context = (lua_KContext)lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (lua_isnil(L, 1)) { /* it was collected, or unregistered, a moment ago */
        lerror_push(L, "DaemonError", "unknown object");
        return lua_error(L);
    }
    if (lua_gettop(L) > 1) {
        if (!lua_istable(L, 2)) { /* it is why there is none */
            lua_settop(L, 2);
            return lua_error(L);
        }
        lhook_push(L, LHOOK_INSTANCE);
        lua_insert(L, 1);
        lua_callk(L, 3, 1, context, serve_object);
    }
    return serve_object(L, LUA_OK, context);
}

static void serving_ended(struct ltask *task, int status, int nresults)
{
    struct pyro_request *request = task->request;
    (void)nresults;
    if (!request) /* answered */
        return;
    if (status == LUA_OK || status == LTASK_ABANDONED)
        pyro_request_finish(request);
    else
        lanswer_failure(task, request);
}

struct ltask *lserve_task(struct pyro_request *request)
{
    struct pyro_error err;
    struct ltask *task = ltask_take(lruntime_around(request->runtime), serving_ended, NULL);
    if (!task) {
        pyro_error_memory(&err);
        pyro_request_fail(request, &err);
        return NULL;
    }
    task->request = request;
    task->serves = true;
    return task;
}

/* (connection) -> where it keeps its instances of classes */
static int find_instances(lua_State *L)
{
    lconnection_push_instances(L, lua_touserdata(L, 1));
    return 1;
}

/* Pushes where instances of a class are kept, of the session and of the daemon. The first may be an
 * error, which is for the task to raise; to make it may do anything, even release the class. */
static void push_instances(lua_State *L, int instances, const struct pyro_request *request)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, instances);
    lua_pushcfunction(L, find_instances);
    lua_pushlightuserdata(L, request->connection);
    lua_pcall(L, 1, 1, 0);
    lua_insert(L, -2);
}

/* Takes a task to serve the request; `*gone`: that made a thread, and a finalizer of what was
 * collected then has unregistered the object. */
static struct ltask *take_task(struct pyro_object *self, struct pyro_request *request, bool *gone)
{
    bool allocates = ltask_take_allocates(lruntime_around(request->runtime));
    struct ltask *task = lserve_task(request);
    *gone = task && allocates && pyro_request_object(request) != self;
    return task;
}

void lserve_invoke(struct pyro_object *self, struct pyro_request *request)
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
        int instances = lobject_from(self)->instances;
        lobject_push(L, self);
        if (instances != LUA_NOREF)
            push_instances(L, instances, request);
    }
    lua_pushlightuserdata(L, task);
    ltask_go(task, lua_gettop(L) - 1);
}
