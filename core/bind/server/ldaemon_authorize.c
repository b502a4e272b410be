/* Asking daemon:authorize().
 *
 * A request is considered in a task, which has it until authorize() returns; then the request is
 * served, in another task if a Lua table serves it, or answered with the error. What else is asked
 * for is asked in the task that serves, or, for objects in C, right away. */
#include "bind/server/ldaemon_authorize.h"

#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/message/lconnection.h"
#include "bind/server/lanswer.h"
#include "bind/server/ldaemon_method.h"
#include "bind/task/ltask.h"
#include "rpc/connection.h"
#include "rpc/dispatch.h"
#include "rpc/guard.h"

void ldaemon_authorize_push(lua_State *L, const struct ldaemon_hooks *hooks,
                            struct pyro_connection *connection, struct pyro_slice object)
{
    int method = lua_gettop(L);
    luaL_checkstack(L, 10, "too many arguments");
    lhook_push(L, LHOOK_AUTHORIZE);
    ldaemon_method_push(L, hooks, LDAEMON_HOOK_AUTHORIZE);
    lconnection_push(L, connection);
    lua_pushlstring(L, object.data, object.length);
    lua_pushvalue(L, method);
    lua_remove(L, method);
}

const struct ldaemon_hooks *ldaemon_authorize_of(const struct pyro_request *request)
{
    const struct pyro_registry *registry = pyro_connection_registry(request->connection);
    if (!request->guarded || !registry || registry->hooks->consider != ldaemon_authorize_consider)
        return NULL;
    return registry->owner;
}

/* --- in a task --- */

LOOP_STEPS static void considered(struct ltask *task, int status, int nresults)
{
    struct pyro_request *request = task->request;
    bool limited = status != LUA_OK && status != LTASK_ABANDONED &&
                   pyro_guard_limit(request, request->call.method);
    if (status != LUA_OK && !limited) {
        lanswer_on_end(task, status, nresults);
        return;
    }
    lanswer_done(task);
    pyro_dispatch_allowed(request);
}

/* Starts a task. Takes the hooks, the request, what is wanted, and where to note that the task has
 * the request. */
static int start_considering(lua_State *L)
{
    struct pyro_request *request = lua_touserdata(L, 2);
    const struct pyro_wanted *wanted = lua_touserdata(L, 3);
    bool *taken = lua_touserdata(L, 4);
    lua_pushlstring(L, wanted->method.data, wanted->method.length);
    ldaemon_authorize_push(L, lua_touserdata(L, 1), request->connection, wanted->object);
    struct ltask *task = ltask_start(L, LDAEMON_AUTHORIZE_ARGUMENTS, considered, NULL);
    task->request = request;
    task->serves = true;
    *taken = true;
    return 0;
}

void ldaemon_authorize_consider(void *owner, struct pyro_request *request,
                                const struct pyro_wanted *wanted)
{
    struct ldaemon_hooks *hooks = owner;
    struct pyro_error why;
    bool taken = false;
    lua_State *L = hooks->runtime->from;
    if (lua_checkstack(L, 6)) {
        lua_pushcfunction(L, start_considering);
        lua_pushlightuserdata(L, hooks);
        lua_pushlightuserdata(L, request);
        lua_pushlightuserdata(L, (void *)wanted);
        lua_pushlightuserdata(L, &taken);
        if (lua_pcall(L, 4, 0, 0) != LUA_OK)
            lua_pop(L, 1);
    }
    if (taken)
        return;
    pyro_error_memory(&why);
    pyro_request_fail(request, &why);
}

/* --- right away --- */

/* Raises an error unless the client may. Takes the hooks, the connection, what is wanted. */
static int ask(lua_State *L)
{
    const struct pyro_wanted *wanted = lua_touserdata(L, 3);
    lua_pushlstring(L, wanted->method.data, wanted->method.length);
    ldaemon_authorize_push(L, lua_touserdata(L, 1), lua_touserdata(L, 2), wanted->object);
    lua_call(L, LDAEMON_AUTHORIZE_ARGUMENTS, 0);
    return 0;
}

/* Makes an error of the value that was raised. Takes that, and the error. */
static int take_error(lua_State *L)
{
    struct pyro_error *err = lua_touserdata(L, 2);
    if (lerror_is(L, 1)) {
        lua_getfield(L, 1, "class");
        lua_getfield(L, 1, "message");
    } else {
        lua_pushstring(L, pyro_error_class(PYRO_ERUNTIME));
        lua_pushvalue(L, 1);
    }
    lerror_push_text(L, -1);
    pyro_error_set(err, PYRO_ERUNTIME, "%s", lua_tostring(L, -1));
    if (lua_isstring(L, 3))
        pyro_error_raised(err, lua_tostring(L, 3));
    return 0;
}

/* Makes an error of the value at the top, which is popped. */
LOOP_STEPS static enum pyro_code pop_error(lua_State *L, struct pyro_error *err)
{
    pyro_error_set(err, PYRO_ERUNTIME, "authorize() failed");
    lua_pushcfunction(L, take_error);
    lua_insert(L, -2);
    lua_pushlightuserdata(L, err);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK)
        lua_pop(L, 1);
    return err->code;
}

enum pyro_code ldaemon_authorize_ask(void *owner, struct pyro_connection *connection,
                                     const struct pyro_wanted *wanted, struct pyro_error *err)
{
    const struct ldaemon_hooks *hooks = owner;
    lua_State *L = hooks->runtime->from;
    if (!lua_checkstack(L, 5))
        return pyro_error_memory(err);
    lua_pushcfunction(L, ask);
    lua_pushlightuserdata(L, (void *)hooks);
    lua_pushlightuserdata(L, connection);
    lua_pushlightuserdata(L, (void *)wanted);
    return lua_pcall(L, 3, 0, 0) == LUA_OK ? PYRO_OK : pop_error(L, err);
}
