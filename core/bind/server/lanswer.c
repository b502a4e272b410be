/* Answers of served methods: results, or the error that was raised.
 *
 * A request's task has the request until it is answered, which happens once: with its results, with
 * an item stream, or, when the task ends with an error, with that error. */
#include "bind/server/lanswer.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/message/lcontext.h"
#include "bind/server/lfailure.h"
#include "bind/server/lobject.h"
#include "bind/task/ltask.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"

/* Sends the value at `index` as the answer. On an error the request is still to be answered. */
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

void lanswer_pack(lua_State *L, int first)
{
    int count = lua_gettop(L) - first + 1;
    if (count == 0)
        lua_pushnil(L);
    if (count < 2)
        return;
    lua_createtable(L, count, 0);
    lua_insert(L, first);
    for (int i = count; i >= 1; i--) {
        if (lua_isnil(L, -1)) { /* would be a hole */
            lua_pop(L, 1);
            ltype_push_null(L);
        }
        lua_rawseti(L, first, i);
    }
    ltype_set(L, LTYPE_TUPLE);
}

void lanswer_done(struct ltask *task)
{
    PYRO_ASSERT(task->request); /* a request is answered once */
    task->request = NULL;
}

int lanswer_results(lua_State *L, struct ltask *task)
{
    struct pyro_request *request = task->request;
    struct pyro_error err;
    PYRO_ASSERT(request && task->serves); /* not answered yet */
    request->running = false;
    pyro_error_clear(&err);
    if (!pyro_request_wanted(request))
        return 0;
    lanswer_pack(L, 1);
    lconvert_outward(L, 1, "result");
    lcontext_answer(L, task->runtime, request);
    if (answer(L, request, 1, request->flags & PYRO_FLAG_BATCH, &err) != PYRO_OK)
        return lerror_raise_at(L, "result", &err);
    lanswer_done(task);
    return 0;
}

/* --- errors --- */

/* Pushes the error value at the top of the failed thread, which has none where the program closed
 * the thread. */
LUA_RAISES static void push_error(lua_State *L, lua_State *thread)
{
    if (lua_gettop(thread) == 0) {
        lua_pushliteral(L, "the coroutine of the method was closed");
        return;
    }
    lua_pushvalue(thread, -1);
    lua_xmove(thread, L, 1);
}

/* Pushes an error object, with this side's traceback, for the error value at the top of the failed
 * thread at `index`. */
LUA_RUNS static void push_failure(lua_State *L, int index, const struct pyro_request *request)
{
    lua_State *thread = lua_tothread(L, index);
    lhook_push(L, LHOOK_TRACEBACK);
    lua_pushvalue(L, index);
    push_error(L, thread);
    lua_pushlstring(L, request->call.method.data, request->call.method.length);
    lua_call(L, 3, 1);
}

/* Shows the error here, too, where the method is marked so by pyro.callback(). */
LUA_RUNS static void tell_callback(lua_State *L, int failure, const struct pyro_request *request)
{
    struct pyro_object *object = pyro_request_object(request);
    lhook_push(L, LHOOK_CALLBACK);
    if (object && lobject_push(L, object)) {
        lua_pushlstring(L, request->call.method.data, request->call.method.length);
        lua_pushvalue(L, failure);
        lua_call(L, 3, 0);
    } else {
        lua_pop(L, 1);
    }
}

/* Answers with an error. Takes the request and the error object; raises an error where that cannot
 * travel. */
static int answer_failure(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    lconvert_outward(L, 2, "the error");
    if (answer(L, request, 2, PYRO_FLAG_EXCEPTION, &err) != PYRO_OK)
        return lerror_raise_at(L, "the error", &err);
    return 0;
}

/* Answers with an error. Takes the request and the failed thread. */
static int send_failure(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 1);
    PYRO_ASSERT(!request->failed); /* an error is sent once */
    request->failed = true;
    push_failure(L, 2, request); /* at 3 */
    if (request->running)
        lfailure_tell(L, request);
    tell_callback(L, 3, request);
    lfailure_log(L, 3, request, request->call.method);
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

/* Answers with the error that a task failed with, and the traceback of where it happened. */
LOOP_STEPS static void fail(struct ltask *task, struct pyro_request *request)
{
    lua_State *L = task->runtime->from;
    struct pyro_error why;
    if (lua_checkstack(L, 6)) {
        lua_pushcfunction(L, send_failure);
        lua_pushlightuserdata(L, request);
        lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
        if (lua_pcall(L, 2, 0, 0) == LUA_OK)
            return;
        pyro_error_set(&why, PYRO_ERUNTIME, "%s", lerror_make_text(L));
        lua_pop(L, 1);
    } else {
        pyro_error_memory(&why);
    }
    pyro_request_fail(request, &why);
}

/* --- tasks --- */

void lanswer_on_end(struct ltask *task, int status, int nresults)
{
    struct pyro_request *request = task->request;
    (void)nresults;
    if (!request) /* answered */
        return;
    if (status == LUA_OK || status == LTASK_ABANDONED)
        pyro_request_finish(request);
    else
        fail(task, request);
}

struct ltask *lanswer_task(struct pyro_request *request)
{
    struct pyro_error err;
    struct ltask *task = ltask_take(lruntime_around(request->runtime), lanswer_on_end, NULL);
    if (!task) {
        pyro_error_memory(&err);
        pyro_request_fail(request, &err);
        return NULL;
    }
    PYRO_ASSERT(!task->request);
    task->request = request;
    task->serves = true;
    return task;
}
