#include "bind/lserve.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/lcontext.h"
#include "bind/lconvert.h"
#include "bind/lerror.h"
#include "bind/lobject.h"
#include "bind/ltypes.h"
#include "bind/lvalue.h"

static struct lobject *lobject_from(struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct lobject, object);
}

/* --- description --- */

void lserve_push_members(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_rawgeti(L, LUA_REGISTRYINDEX, lruntime_of(L)->describe_hook);
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
    lua_rawgeti(L, LUA_REGISTRYINDEX, d->object->reference);
    lserve_push_members(L, -1); /* at 3, 4 and 5 */
    d->code = pyro_begin(d->to, PYRO_DICT, PYRO_COUNT(keys));
    for (int i = 0; i < (int)PYRO_COUNT(keys) && d->code == PYRO_OK; i++) {
        d->code = pyro_put_text(d->to, keys[i]);
        if (d->code == PYRO_OK)
            d->code = lvalue_write(L, 3 + i, NULL, d->to);
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
        const char *text = lua_tostring(L, -1);
        d.code = pyro_error_set(to->err, PYRO_ERUNTIME, "%s", text ? text : "(no message)");
        lua_pop(L, 1);
    }
    return d.code;
}

/* --- invocation --- */

/* Writes the value at `index` as the answer and sends it. An error leaves the request open. */
static enum pyro_code answer(lua_State *L, struct pyro_request *request, int index, unsigned flags,
                             struct pyro_error *err)
{
    struct pyro_sink *to = pyro_request_begin(request, flags, err);
    if (!to)
        return err->code;
    enum pyro_code code = lvalue_write(L, index, request->protocol, to);
    if (code != PYRO_OK) {
        pyro_request_abort(request);
        return code;
    }
    return pyro_request_end(request, err);
}

/* Raises the error of writing `what`: "result[2].price: a function cannot travel". */
static int raise_unsendable(lua_State *L, const char *what, const struct pyro_error *err)
{
    bool located = err->message[0] == ':' || err->message[0] == '.' || err->message[0] == '[';
    lua_pushfstring(L, located ? "%s%s" : "%s: %s", what, err->message);
    lerror_push(L, pyro_error_class(err->code), lua_tostring(L, -1));
    return lua_error(L);
}

/* The method returned; its results are above the first slot, where the request is. Several results
 * travel as a tuple. */
static int answer_results(lua_State *L, int status, lua_KContext context)
{
    struct ltask *task = (struct ltask *)context;
    struct pyro_request *request = task->owner;
    struct pyro_error err = {.code = PYRO_OK};
    int count = lua_gettop(L);
    (void)status;
    if (!pyro_request_wanted(request))
        return 0;
    if (count == 0)
        lua_pushnil(L);
    if (count > 1) {
        lua_createtable(L, count, 0);
        lua_insert(L, 1);
        for (int i = count; i >= 1; i--) {
            if (lua_isnil(L, -1)) { /* would be a hole */
                lua_pop(L, 1);
                ltype_push_null(L);
            }
            lua_rawseti(L, 1, i);
        }
        ltype_set(L, LTYPE_TUPLE);
    }
    lconvert_outward(L, 1, "result");
    lcontext_answer(L, request);
    if (answer(L, request, 1, 0, &err) == PYRO_OK) {
        task->owner = NULL;
        return 0;
    }
    return raise_unsendable(L, "result", &err);
}

/* Raises an AttributeError unless the method at the top may be called. */
static void check_method(lua_State *L, struct pyro_request *request, int self)
{
    struct lruntime *runtime = lruntime_of(L);
    if (lua_isfunction(L, -1)) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, runtime->exposed_hook);
        lua_pushvalue(L, self);
        lua_pushlstring(L, request->call.method.data, request->call.method.length);
        lua_call(L, 2, 1);
        bool exposed = lua_toboolean(L, -1);
        lua_pop(L, 1);
        if (exposed)
            return;
        lua_pushfstring(L, "attempt to access unexposed attribute '%s'",
                        lua_pushlstring(L, request->call.method.data, request->call.method.length));
    } else {
        lua_pushfstring(L, "object has no method '%s'",
                        lua_pushlstring(L, request->call.method.data, request->call.method.length));
    }
    lerror_push(L, "AttributeError", lua_tostring(L, -1));
    lua_error(L);
}

/* Lua drops arguments that a function does not take; a remote caller shall know. `given` counts
 * those after self. */
static void check_count(lua_State *L, int function, int given, struct pyro_request *request)
{
    lua_Debug info;
    lua_pushvalue(L, function);
    lua_getinfo(L, ">u", &info);
    if (info.isvararg || given == 0 || given < info.nparams)
        return;
    lua_pushfstring(L, "%s() takes %d positional argument%s but %d %s given",
                    lua_pushlstring(L, request->call.method.data, request->call.method.length),
                    info.nparams, info.nparams == 1 ? "" : "s", given + 1,
                    given == 0 ? "was" : "were");
    lerror_push(L, "TypeError", lua_tostring(L, -1));
    lua_error(L);
}

/* Pushes the arguments; keyword arguments, if any, last, in a table of their own. */
static int push_arguments(lua_State *L, struct pyro_request *request)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    lbuilder_init(&builder, L, true, &err);
    if (pyro_request_args(request, &builder.sink, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    if (lua_istable(L, -1) && (lua_pushnil(L), lua_next(L, -2))) {
        lua_pop(L, 2);
        ltype_set(L, LTYPE_KWARGS);
        return builder.flat_items + 1;
    }
    lua_pop(L, 1);
    return builder.flat_items;
}

/* obj.__getattr__(name), obj.__setattr__(name, value): plain fields that pyro.attributes() named.
 */
static int access_attribute(lua_State *L, struct pyro_request *request, bool set)
{
    int self = lua_gettop(L);
    int count = push_arguments(L, request);
    if (count != (set ? 2 : 1) || lua_type(L, self + 1) != LUA_TSTRING)
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
    lua_pushfstring(L, "attempt to access unexposed or unknown remote attribute '%s'",
                    lua_tostring(L, self + 1));
    lerror_push(L, "AttributeError", lua_tostring(L, -1));
    return lua_error(L);
}

static bool is_attribute_access(struct pyro_request *request, bool *set)
{
    *set = pyro_slice_equals(request->call.method, "__setattr__");
    return *set || pyro_slice_equals(request->call.method, "__getattr__");
}

/* The body of a request's task: the argument is the table that is served. */
static int serve(lua_State *L)
{
    struct ltask *task = lruntime_of(L)->task;
    struct pyro_request *request = task->owner;
    bool set;
    if (request->flags & PYRO_FLAG_BATCH)
        return luaL_error(L, "batched calls are not supported");
    if (is_attribute_access(request, &set)) {
        int count = access_attribute(L, request, set);
        lua_insert(L, 1);
        lua_settop(L, count);
        return answer_results(L, LUA_OK, (lua_KContext)task);
    }
    lua_pushlstring(L, request->call.method.data, request->call.method.length);
    lua_gettable(L, 1);
    check_method(L, request, 1);
    lua_insert(L, 1); /* function, self */
    int given = push_arguments(L, request);
    check_count(L, 1, given, request);
    lua_callk(L, given + 1, LUA_MULTRET, (lua_KContext)task, answer_results);
    return answer_results(L, LUA_OK, (lua_KContext)task);
}

/* Pushes an error object for the error value at the top of the failed thread, which is at `index`;
 * it has this side's traceback. */
static void push_failure(lua_State *L, int index, const struct pyro_request *request)
{
    lua_State *thread = lua_tothread(L, index);
    lua_rawgeti(L, LUA_REGISTRYINDEX, lruntime_of(L)->traceback_hook);
    lua_pushvalue(L, index);
    lua_pushvalue(thread, -1);
    lua_xmove(thread, L, 1);
    lua_pushlstring(L, request->call.method.data, request->call.method.length);
    lua_call(L, 3, 1);
}

/* Answers (request, error object); raises an error where that cannot travel. */
static int answer_failure(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    lconvert_outward(L, 2, "the error");
    if (answer(L, request, 2, PYRO_FLAG_EXCEPTION, &err) != PYRO_OK)
        return raise_unsendable(L, "the error", &err);
    return 0;
}

/* Answers (request, failed thread). */
static int send_failure(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 1);
    push_failure(L, 2, request); /* at 3 */
    pyro_request_log(request, luaL_tolstring(L, -1, NULL));
    lua_settop(L, 3);
    if (!pyro_request_wanted(request)) {
        pyro_request_finish(request);
        return 0;
    }
    lua_pushcfunction(L, answer_failure);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 3);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pushcfunction(L, answer_failure);
        lua_pushvalue(L, 1);
        lerror_push_substitute(L, 3, 4);
        lua_call(L, 2, 0);
    }
    return 0;
}

/* A method failed: its caller gets the error, with the traceback of where it happened. */
static void fail_request(struct ltask *task, struct pyro_request *request)
{
    lua_State *L = task->runtime->from;
    struct pyro_error why;
    if (lua_checkstack(L, 6)) {
        lua_pushcfunction(L, send_failure);
        lua_pushlightuserdata(L, request);
        lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
        if (lua_pcall(L, 2, 0, 0) == LUA_OK)
            return;
        const char *text = lua_tostring(L, -1);
        pyro_error_set(&why, PYRO_ERUNTIME, "%s", text ? text : "(no message)");
        lua_pop(L, 1);
    } else {
        pyro_error_memory(&why);
    }
    pyro_request_fail(request, &why);
}

static void serving_ended(struct ltask *task, int status, int nresults)
{
    struct pyro_request *request = task->owner;
    (void)nresults;
    if (!request) /* answered */
        return;
    if (status == LUA_OK || status == LTASK_ABANDONED)
        pyro_request_finish(request);
    else
        fail_request(task, request);
}

struct pyro_request *lserve_request(const struct ltask *task)
{
    return task->ended == serving_ended ? task->owner : NULL;
}

static int start_serving(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 1);
    struct lobject *object = lua_touserdata(L, 2);
    lua_pushcfunction(L, serve);
    lua_rawgeti(L, LUA_REGISTRYINDEX, object->reference);
    ltask_start(L, 1, serving_ended, request);
    return 0;
}

void lserve_invoke(struct pyro_object *self, struct pyro_request *request)
{
    struct lobject *object = lobject_from(self);
    lua_State *L = object->runtime->from;
    struct pyro_error err;
    if (!lua_checkstack(L, 4)) {
        pyro_error_memory(&err);
        pyro_request_fail(request, &err);
        return;
    }
    lua_pushcfunction(L, start_serving);
    lua_pushlightuserdata(L, request);
    lua_pushlightuserdata(L, object);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
        pyro_error_memory(&err);
        pyro_request_fail(request, &err);
    }
}
