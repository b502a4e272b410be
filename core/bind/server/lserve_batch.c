#include "bind/server/lserve_batch.h"

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/message/lentries_read.h"
#include "bind/server/lanswer.h"
#include "bind/server/ldaemon_authorize.h"
#include "bind/server/lfailure.h"
#include "bind/server/lmember.h"
#include "bind/server/lparameters.h"
#include "bind/task/ltask.h"
#include "bind/value/lbuilder_state.h"
#include "rpc/guard.h"

/* Places on the stack while a batch is served. The name of the entry that runs comes next, then
 * its method. */
enum { OBJECT = 1, ENTRIES, STATE, HANDLER, RESULTS, NAME };

struct batch {
    struct ltask *task;
    struct lentries entries;
    lua_Integer at;      /* the last index of the table of entries that was taken */
    lua_Integer name;    /* the index of the name of the entry that runs */
    lua_Integer results; /* how many there are */
    bool asking;         /* it is asked whether the client may call the next entry */
    bool allowed;        /* the client may */
};

static struct batch *batch_of(lua_State *L)
{
    return lua_touserdata(L, STATE);
}

/* --- one entry --- */

/* Message handler: makes an error object of what a method raised. Its upvalues are the table of
 * entries and the batch. */
static int make_failure(lua_State *L)
{
    const struct batch *batch = lua_touserdata(L, lua_upvalueindex(2));
    lhook_push(L, LHOOK_TRACEBACK);
    lua_pushthread(L);
    lua_pushvalue(L, 1);
    lua_rawgeti(L, lua_upvalueindex(1), batch->name);
    lua_call(L, 3, 1);
    lfailure_tell_entry(L, batch->asking ? NULL : batch->task->request, lua_upvalueindex(1),
                        batch->name);
    return 1;
}

/* Makes the error at the top the last result. */
LUA_RUNS static void end_by_failure(lua_State *L, struct batch *batch)
{
    struct pyro_request *request = batch->task->request;
    struct pyro_slice method;
    lua_rawgeti(L, ENTRIES, batch->name);
    method.data = lua_tolstring(L, -1, &method.length);
    lfailure_log(L, -2, request, method);
    lua_pop(L, 1);
    lua_createtable(L, 0, 2);
    lua_insert(L, -2);
    lua_setfield(L, -2, "exception");
    lua_pushstring(L, request->protocol->batch_error);
    lua_setfield(L, -2, "__class__");
    ltype_set(L, LTYPE_OBJECT);
    batch->at = batch->entries.used;
}

/* Adds a result: what the method returned, or the error that it raised, lies behind its name. */
LUA_RUNS static void take_result(lua_State *L, int status)
{
    struct batch *batch = batch_of(L);
    if (status != LUA_OK && status != LUA_YIELD)
        end_by_failure(L, batch);
    else
        lanswer_pack(L, NAME + 1);
    pyro_count_ended(batch->task->request);
    if (lua_isnil(L, -1))
        ltype_push_null(L);
    lua_rawseti(L, RESULTS, ++batch->results);
    lua_settop(L, RESULTS);
}

/* Raises its argument. */
static int raise(lua_State *L)
{
    return lua_error(L);
}

/* Pushes the next entry's method, the object and the arguments, to be called in protected mode.
 * Returns the number of arguments. */
LUA_RUNS static int push_entry(lua_State *L, struct batch *batch)
{
    struct pyro_slice name;
    int arguments = lentries_next(L, ENTRIES, &batch->at);
    if (arguments < 0)
        return luaL_error(L, "too many arguments");
    batch->name = batch->at;
    name.data = lua_tolstring(L, NAME, &name.length);
    lua_pushvalue(L, NAME);
    lmember_find_method(L, batch->task->runtime, OBJECT, name);
    pyro_request_found(batch->task->request, name);
    lua_pushvalue(L, OBJECT);
    lentries_push_arguments(L, ENTRIES, &batch->at, arguments);
    bool named = arguments > 0 && lua_istable(L, -1) && ltype_of(L, -1) == LTYPE_KWARGS;
    int count = lparameters_fit(L, NAME + 1, name, named);
    if (count >= 0)
        return count;
    lua_pushcfunction(L, raise);
    lua_replace(L, NAME + 1);
    return 1;
}

/* Pushes, to be called in protected mode, what asks authorize() about the next entry, or raises the
 * error that the rules do not allow it. Returns the number of arguments; -1 (nothing pushed) where
 * there is nothing to ask. */
LUA_RUNS static int push_question(lua_State *L, struct batch *batch)
{
    struct pyro_request *request = batch->task->request;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice name;
    lua_Integer at = batch->at;
    const struct ldaemon_hooks *hooks = ldaemon_authorize_of(request);
    lentries_next(L, ENTRIES, &at);
    batch->name = at;
    name.data = lua_tolstring(L, NAME, &name.length);
    if (pyro_guard_member(request, name, &err) != PYRO_OK) {
        lua_pushcfunction(L, raise);
        lerror_push(L, pyro_error_class(err.code), err.message);
        return 1;
    }
    if (!hooks) {
        lua_settop(L, RESULTS);
        return -1;
    }
    ldaemon_authorize_push(L, hooks, request->connection, request->call.object);
    return LDAEMON_AUTHORIZE_ARGUMENTS;
}

/* --- all of them --- */

static int entry_ended(lua_State *L, int status, lua_KContext context);
static int entry_allowed(lua_State *L, int status, lua_KContext context);

/* Returns whether the client may call the next entry. If not, that becomes the last result. */
LUA_RUNS static bool is_allowed(lua_State *L, struct batch *batch, lua_KContext context)
{
    int status = LUA_OK;
    if (!batch->allowed) {
        batch->asking = true;
        int arguments = push_question(L, batch);
        if (arguments >= 0)
            status = lua_pcallk(L, arguments, 0, HANDLER, context, entry_allowed);
        if (status != LUA_OK)
            take_result(L, status);
    }
    batch->asking = batch->allowed = false;
    return status == LUA_OK;
}

/* Runs entries until the end of the batch, or of the turn. */
static int run_entries(lua_State *L, int status, lua_KContext context)
{
    struct batch *batch = batch_of(L);
    bool guarded = batch->task->request->guarded;
    (void)status;
    for (int i = 0; i < PYRO_ENTRIES_A_TURN && batch->at < batch->entries.used; i++) {
        if (guarded && !is_allowed(L, batch, context))
            continue;
        int arguments = push_entry(L, batch);
        take_result(L, lua_pcallk(L, arguments, LUA_MULTRET, HANDLER, context, entry_ended));
    }
    PYRO_ASSERT(batch->results <= batch->entries.count);
    if (batch->at < batch->entries.used)
        return lua_yieldk(L, 0, context, run_entries);
    lua_replace(L, OBJECT); /* by the results */
    lua_settop(L, OBJECT);
    return lanswer_results(L, (struct ltask *)context);
}

/* Continuation of run_entries(): a method that waited has returned, or failed. */
static int entry_ended(lua_State *L, int status, lua_KContext context)
{
    take_result(L, status);
    return run_entries(L, LUA_OK, context);
}

/* Continuation of is_allowed(): authorize() waited, and has returned, or raised an error. */
static int entry_allowed(lua_State *L, int status, lua_KContext context)
{
    struct batch *batch = batch_of(L);
    batch->allowed = status == LUA_YIELD;
    if (!batch->allowed)
        take_result(L, status);
    return run_entries(L, LUA_OK, context);
}

/* Reads all entries into a table, at ENTRIES. */
LUA_RUNS static void read_entries(lua_State *L, struct pyro_request *request,
                                  struct lentries *entries)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lentries_reader reader;
    lentries_reader_init(&reader, L, &err);
    if (pyro_request_args(request, &reader.sink, &err) != PYRO_OK)
        lbuilder_raise(L, OBJECT, &reader.sink);
    lua_settop(L, ENTRIES);
    *entries = reader.entries;
}

int lserve_batch(lua_State *L, struct ltask *task)
{
    struct lentries entries;
    read_entries(L, task->request, &entries);
    struct batch *batch = lua_newuserdatauv(L, sizeof(*batch), 0);
    *batch = (struct batch){.task = task, .entries = entries};
    lua_pushvalue(L, ENTRIES);
    lua_pushvalue(L, STATE);
    lua_pushcclosure(L, make_failure, 2);
    lua_createtable(L, (int)entries.count, 0);
    ltype_set(L, LTYPE_LIST);
    return run_entries(L, LUA_OK, (lua_KContext)task);
}
