/* The functions that a program gives a daemon. The daemon calls the daemon_on_…() functions from
 * completions, never inside the loop's poll. annotations() is called right there, in protected
 * mode, and so may not wait; each of the others runs in a task, but for what ldaemon_authorize.c
 * asks right away. A function may close its daemon, or drop it: where the userdata is being
 * collected, ldaemon_method_push() finds nothing. */
#include "bind/server/ldaemon_hooks.h"

#include <string.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/message/lconnection.h"
#include "bind/message/lcontext.h"
#include "bind/server/ldaemon_authorize.h"
#include "bind/server/ldaemon_method.h"
#include "bind/task/lbackground.h"
#include "bind/task/ltask.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"
#include "rpc/handshake.h"

static const char *const names[LDAEMON_HOOK_COUNT] = {
    [LDAEMON_HOOK_VALIDATE] = "validateHandshake",
    [LDAEMON_HOOK_AUTHORIZE] = "authorize",
    [LDAEMON_HOOK_DISCONNECT] = "clientDisconnect",
    [LDAEMON_HOOK_ANNOTATIONS] = "annotations",
    [LDAEMON_HOOK_HOUSEKEEPING] = "housekeeping",
    [LDAEMON_HOOK_FAILED] = "methodcall_error_handler",
    [LDAEMON_HOOK_LOST] = "lost",
};

/* Calls a function in protected mode with three light userdata: the hooks and two more. Logs what
 * fails. */
LOOP_STEPS static void call_protected(const struct ldaemon_hooks *hooks, enum ldaemon_hook name,
                                      lua_CFunction f, const void *first, const void *second)
{
    lua_State *L = hooks->runtime->from;
    if (!lua_checkstack(L, 6))
        return;
    lua_pushcfunction(L, f);
    lua_pushlightuserdata(L, (void *)hooks);
    lua_pushlightuserdata(L, (void *)first);
    lua_pushlightuserdata(L, (void *)second);
    if (lua_pcall(L, 3, 0, 0) != LUA_OK) {
        pyro_log_write(&hooks->runtime->core.log, PYRO_WARNING, "daemon", "error in %s: %s",
                       names[name], lerror_make_text(L));
        lua_pop(L, 1);
    }
}

/* --- handshakes --- */

#define RESPONSE "the response to the handshake"

/* Continuation of response_is_there(): the client is accepted. The response to its data is all that
 * is on the stack. */
static int welcome(lua_State *L, int status, lua_KContext context)
{
    struct ltask *task = (struct ltask *)context;
    struct pyro_handshake *handshake = task->owner;
    struct pyro_error err = {.code = PYRO_OK};
    (void)status;
    handshake->asked = true;
    lconvert_outward(L, 1, RESPONSE);
    struct pyro_sink *to = pyro_handshake_begin(handshake, &err);
    if (!to)
        return lerror_raise(L, &err);
    if (lvalue_write(L, 1, handshake->protocol, to) != PYRO_OK) {
        pyro_handshake_abort(handshake);
        return lerror_raise_at(L, RESPONSE, &err);
    }
    if (pyro_handshake_end(handshake, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    PYRO_ASSERT(task->owner == handshake); /* answered once */
    task->owner = NULL;
    return 0;
}

/* Continuation of validate(): the validator, if there is one, accepted the client. Asks authorize()
 * whether the client may know the object's members. */
static int response_is_there(lua_State *L, int status, lua_KContext context)
{
    const struct ltask *task = (struct ltask *)context;
    struct pyro_handshake *handshake = task->owner;
    struct pyro_connection *connection = handshake->connection;
    struct pyro_wanted wanted;
    (void)status;
    if (connection->stream && connection->registry->hooks->authorize &&
        pyro_handshake_wants_members(handshake, &wanted)) {
        lua_pushlstring(L, wanted.method.data, wanted.method.length);
        ldaemon_authorize_push(L, connection->registry->owner, connection, wanted.object);
        lua_callk(L, LDAEMON_AUTHORIZE_ARGUMENTS, 0, context, welcome);
    }
    return welcome(L, LUA_OK, context);
}

/* Replaces the handshake message at the top by the handshake data in it. */
LUA_RUNS static void take_data(lua_State *L)
{
    if (lua_istable(L, -1))
        lua_getfield(L, -1, "handshake");
    else
        lua_pushnil(L);
    if (ltype_is_null(L, -1)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    lua_remove(L, -2);
}

/* Validates a handshake: the function of its task. The arguments are the validator, or nil, and the
 * daemon. */
static int validate(lua_State *L)
{
    struct ltask *task = lruntime_of(L)->task;
    struct pyro_handshake *handshake = task->owner;
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    lcontext_handshake(L, task->runtime, handshake->connection, &handshake->message);
    if (lua_isnil(L, 1)) {
        lua_settop(L, 0);
        lua_pushliteral(L, "hello");
        return response_is_there(L, LUA_OK, (lua_KContext)task);
    }
    lconnection_push(L, handshake->connection);
    lbuilder_init(&builder, L, false, &err);
    if (pyro_handshake_read(handshake, &builder.sink, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    take_data(L);
    lua_callk(L, 3, 1, (lua_KContext)task, response_is_there);
    return response_is_there(L, LUA_OK, (lua_KContext)task);
}

/* Pushes Python's str() of the error at the top. */
static int push_reason(lua_State *L)
{
    if (lerror_is(L, 1))
        lua_getfield(L, 1, "message");
    lerror_push_text(L, -1);
    return 1;
}

/* Refuses the client of a task that ended without an answer. */
LOOP_STEPS static void validating_ended(struct ltask *task, int status, int nresults)
{
    struct pyro_handshake *handshake = task->owner;
    lua_State *L = task->runtime->from;
    struct pyro_error why;
    (void)nresults;
    if (!handshake)
        return;
    pyro_error_set(&why, PYRO_ERUNTIME, "the handshake failed");
    if (status != LTASK_ABANDONED && lua_checkstack(L, 3)) {
        lua_pushcfunction(L, push_reason);
        lua_pushvalue(task->thread, -1);
        lua_xmove(task->thread, L, 1);
        lua_pcall(L, 1, 1, 0); /* an error's message says something, too */
        if (lua_isstring(L, -1))
            pyro_error_set(&why, PYRO_ERUNTIME, "%s", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    pyro_handshake_fail(handshake, &why);
}

/* Starts a task that validates. Takes the hooks, the handshake, and where to note that the task has
 * taken the handshake. */
static int start_validating(lua_State *L)
{
    bool *taken = lua_touserdata(L, 3);
    lua_pushcfunction(L, validate);
    ldaemon_method_push(L, lua_touserdata(L, 1), LDAEMON_HOOK_VALIDATE);
    ltask_start(L, 2, validating_ended, lua_touserdata(L, 2));
    *taken = true;
    return 0;
}

LOOP_STEPS static bool daemon_on_handshake(void *owner, struct pyro_handshake *handshake)
{
    const struct ldaemon_hooks *hooks = owner;
    struct pyro_error why;
    bool taken = false;
    if (!hooks->set[LDAEMON_HOOK_VALIDATE] && !hooks->set[LDAEMON_HOOK_AUTHORIZE])
        return false;
    call_protected(hooks, LDAEMON_HOOK_VALIDATE, start_validating, handshake, &taken);
    if (!taken) {
        pyro_error_memory(&why);
        pyro_handshake_fail(handshake, &why);
    }
    return true;
}

/* --- annotations --- */

/* Copies the table at `from` into the one at the top. */
LUA_RAISES static void add_fields(lua_State *L, int from)
{
    for (lua_pushnil(L); lua_next(L, from);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
}

/* Adds what the program's annotations() returns. Takes the hooks, the annotations, their count. */
static int add_annotations(lua_State *L)
{
    const struct pyro_annotation **annotations = lua_touserdata(L, 2);
    size_t *count = lua_touserdata(L, 3);
    struct lannotations all;
    lua_createtable(L, 0, (int)*count); /* at 4 */
    for (size_t i = 0; i < *count; i++) {
        const struct pyro_annotation *annotation = &(*annotations)[i];
        lua_pushlstring(L, annotation->value.data, annotation->value.length);
        lua_setfield(L, -2, annotation->key);
    }
    ldaemon_method_push(L, lua_touserdata(L, 1), LDAEMON_HOOK_ANNOTATIONS);
    lua_call(L, 1, 1);
    luaL_checktype(L, 5, LUA_TTABLE);
    lua_insert(L, 4);
    add_fields(L, 4);
    lannotations_pack(L, NULL, &all);
    *annotations = all.items;
    *count = all.count;
    return 0;
}

LOOP_STEPS static void daemon_on_annotate(void *owner, const struct pyro_annotation **annotations,
                                          size_t *count)
{
    const struct ldaemon_hooks *hooks = owner;
    if (hooks->set[LDAEMON_HOOK_ANNOTATIONS])
        call_protected(hooks, LDAEMON_HOOK_ANNOTATIONS, add_annotations, annotations, count);
}

/* --- clients that have gone, and housekeeping --- */

static void hook_ended(struct ltask *task, int status, int nresults)
{
    (void)task;
    (void)status; /* what failed in the task was logged */
    (void)nresults;
}

/* Starts a task that closes the resources of a client that has gone, and tells clientDisconnect().
 * Takes the hooks, the connection, and whether the client had been welcomed. */
static int depart(lua_State *L)
{
    const struct ldaemon_hooks *hooks = lua_touserdata(L, 1);
    struct pyro_connection *connection = lua_touserdata(L, 2);
    const bool *welcomed = lua_touserdata(L, 3);
    bool told = hooks->set[LDAEMON_HOOK_DISCONNECT] && *welcomed;
    lhook_push(L, LHOOK_DEPARTED);
    if (!lconnection_depart(L, connection)) {
        if (!told)
            return 0;
        lconnection_push(L, connection);
        lua_pushnil(L);
    }
    if (told)
        ldaemon_method_push(L, hooks, LDAEMON_HOOK_DISCONNECT);
    ltask_start(L, told ? 4 : 2, hook_ended, NULL);
    return 0;
}

LOOP_STEPS static void daemon_on_disconnect(void *owner, struct pyro_connection *connection,
                                            bool welcomed)
{
    call_protected(owner, LDAEMON_HOOK_DISCONNECT, depart, connection, &welcomed);
}

LOOP_STEPS static void daemon_on_housekeeping(void *owner)
{
    const struct ldaemon_hooks *hooks = owner;
    lua_State *L = hooks->runtime->from;
    if (lua_checkstack(L, 5)) {
        ldaemon_method_push(L, hooks, LDAEMON_HOOK_HOUSEKEEPING);
        lbackground_spawn(L, 1);
    }
}

/* Tells methodcall_error_handler(). `failure` is a Lua state, at whose top are method, arguments,
 * named arguments and error. */
LUA_RAISES static void daemon_on_failure(void *owner, struct pyro_request *request, void *failure)
{
    lua_State *L = failure;
    int first = lua_gettop(L) - 3;
    lhook_push(L, LHOOK_FAILED);
    ldaemon_method_push(L, owner, LDAEMON_HOOK_FAILED);
    lconnection_push(L, request->connection);
    for (int i = 0; i < 4; i++)
        lua_pushvalue(L, first + i);
    ltask_start(L, 7, hook_ended, NULL);
}

/* Starts a task that calls lost(). Takes the hooks, the name, and nothing. */
static int tell_lost(lua_State *L)
{
    ldaemon_method_push(L, lua_touserdata(L, 1), LDAEMON_HOOK_LOST);
    lua_pushstring(L, lua_touserdata(L, 2));
    lbackground_spawn(L, 2);
    return 0;
}

void ldaemon_hooks_lost(void *owner, const char *name)
{
    const struct ldaemon_hooks *hooks = owner;
    if (hooks->set[LDAEMON_HOOK_LOST])
        call_protected(hooks, LDAEMON_HOOK_LOST, tell_lost, name, NULL);
}

static void daemon_on_end(void *owner)
{
    struct ldaemon_hooks *hooks = owner;
    hooks->ended(hooks);
}

/* --- fields --- */

void ldaemon_hooks_attach(lua_State *L, struct ldaemon_hooks *hooks, struct pyro_daemon *daemon,
                          void (*ended)(struct ldaemon_hooks *self))
{
    PYRO_ASSERT(!hooks->runtime); /* attached once */
    *hooks = (struct ldaemon_hooks){.runtime = lruntime_of(L),
                                    .functions = {.handshake = daemon_on_handshake,
                                                  .annotate = daemon_on_annotate,
                                                  .disconnected = daemon_on_disconnect,
                                                  .ended = daemon_on_end},
                                    .ended = ended};
    lua_createtable(L, LDAEMON_HOOK_COUNT, 0);
    lua_setiuservalue(L, -2, 1);
    ldaemon_method_keep(L, hooks);
    pyro_daemon_hook(daemon, &hooks->functions, hooks);
}

/* Finds a field by its name. */
static bool find(const char *name, enum ldaemon_hook *out)
{
    for (int i = 0; i < LDAEMON_HOOK_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum ldaemon_hook)i;
            return true;
        }
    }
    return false;
}

bool ldaemon_hooks_get(lua_State *L, const char *name)
{
    enum ldaemon_hook which;
    if (!find(name, &which))
        return false;
    lua_getiuservalue(L, 1, 1);
    lua_rawgeti(L, -1, which);
    lua_remove(L, -2);
    return true;
}

bool ldaemon_hooks_set(lua_State *L, struct ldaemon_hooks *hooks, struct pyro_daemon *daemon,
                       const char *name)
{
    enum ldaemon_hook which;
    if (!find(name, &which))
        return false;
    if (!lua_isnil(L, -1) && !lua_isfunction(L, -1))
        luaL_error(L, "%s must be a function, got %s", name, luaL_typename(L, -1));
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, which);
    lua_pop(L, 1);
    hooks->set[which] = !lua_isnil(L, -1);
    hooks->functions.housekeeping =
        hooks->set[LDAEMON_HOOK_HOUSEKEEPING] ? daemon_on_housekeeping : NULL;
    hooks->functions.failed = hooks->set[LDAEMON_HOOK_FAILED] ? daemon_on_failure : NULL;
    hooks->functions.authorize = hooks->set[LDAEMON_HOOK_AUTHORIZE] ? ldaemon_authorize_ask : NULL;
    hooks->functions.consider =
        hooks->set[LDAEMON_HOOK_AUTHORIZE] ? ldaemon_authorize_consider : NULL;
    if (daemon)
        pyro_daemon_hook(daemon, &hooks->functions, hooks);
    return true;
}
