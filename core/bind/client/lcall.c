#include "bind/client/lcall.h"

#include <lauxlib.h>

#include "base/memory.h"
#include "bind/task/lnesting.h"
#include "bind/task/lwait.h"

#define CALL_TYPE "pyro.call"

/* How many calls that were put back are kept. */
#define SPARES 64

/* The calls of a runtime that were put back. */
struct spares {
    struct lpart part;
    int table; /* registry reference */
    int count;
};

static struct spares *spares_of(struct lruntime *runtime)
{
    return PYRO_CONTAINER(runtime->parts[LPART_CALL], struct spares, part);
}

/* Nobody waits any more: the reply will be dropped when it comes. */
static void cancel(struct lwait *wait)
{
    struct lcall *call = PYRO_CONTAINER(wait, struct lcall, wait);
    if (call->search)
        pyro_search_cancel(call->search);
    call->search = NULL;
    pyro_call_forget(&call->call);
}

static void call_done(struct pyro_call *call)
{
    lwait_end(&PYRO_CONTAINER(call, struct lcall, call)->wait);
}

static void init(struct lcall *call)
{
    *call = (struct lcall){.call.done = call_done, .wait.cancel = cancel};
}

void lcall_found(void *owner, const struct pyro_found *found)
{
    struct lcall *call = owner;
    call->search = NULL;
    call->located = found->client;
    if (found->uri)
        call->resolved = *found->uri;
    if (found->error)
        call->error = *found->error;
    lwait_end(&call->wait);
}

/* It stays in the table until another takes its place. */
static struct lcall *push_spare(lua_State *L, struct lruntime *runtime)
{
    struct spares *spares = spares_of(runtime);
    lua_rawgeti(L, LUA_REGISTRYINDEX, spares->table);
    lua_rawgeti(L, -1, spares->count--);
    lua_replace(L, -2);
    return lua_touserdata(L, -1);
}

struct lcall *lcall_push(lua_State *L, struct lruntime *runtime)
{
    lnesting_check(L, runtime);
    if (spares_of(runtime)->count > 0)
        return push_spare(L, runtime);
    struct lcall *call = lua_newuserdatauv(L, sizeof(*call), 0);
    init(call);
    luaL_setmetatable(L, CALL_TYPE);
    return call;
}

struct lcall *lcall_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

void lcall_reset(struct lcall *call)
{
    pyro_call_free(&call->call);
    if (call->search)
        pyro_search_cancel(call->search);
    pyro_client_free(call->located);
    pyro_uri_free(&call->resolved);
    init(call);
}

/* The table has room, so nothing here allocates or raises. */
void lcall_put_back(lua_State *L, struct lcall *call, int index, struct lruntime *runtime)
{
    pyro_call_end(&call->call);
    call->wait = (struct lwait){.cancel = cancel};
    struct spares *spares = spares_of(runtime);
    if (spares->count == SPARES)
        return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, spares->table);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, ++spares->count);
    lua_pop(L, 1);
}

static int call_gc(lua_State *L)
{
    struct lcall *call = lua_touserdata(L, 1);
    lwait_gone(&call->wait);
    lcall_reset(call);
    return 0;
}

static void close_spares(struct lruntime *runtime)
{
    pyro_free(spares_of(runtime));
}

static void add_spares(lua_State *L)
{
    lua_createtable(L, SPARES, 0);
    int table = luaL_ref(L, LUA_REGISTRYINDEX);
    struct spares *spares = pyro_calloc(1, sizeof(*spares));
    if (!spares) {
        luaL_error(L, "not enough memory");
        return; /* never */
    }
    *spares = (struct spares){.part.close = close_spares, .table = table};
    lruntime_add_part(lruntime_of(L), LPART_CALL, &spares->part);
}

void lcall_open(lua_State *L)
{
    if (!lruntime_of(L)->parts[LPART_CALL])
        add_spares(L);
    luaL_newmetatable(L, CALL_TYPE);
    lua_pushcfunction(L, call_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
