#include "bind/client/lpending.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/task/lnesting.h"
#include "bind/task/lwait.h"

#define PENDING_TYPE "pyro.pendingCall"

/* How many pending calls that were put back are kept. */
#define SPARES 64

/* The pending calls of a runtime that were put back. */
struct spares {
    struct lpart part;
    int table; /* registry reference */
    int count;
};

static struct spares *spares_of(struct lruntime *runtime)
{
    return PYRO_CONTAINER(runtime->parts[LPART_PENDING], struct spares, part);
}

/* Gives up the wait: the reply will be dropped when it comes. */
static void pending_on_cancel(struct lwait *wait)
{
    struct lpending *pending = PYRO_CONTAINER(wait, struct lpending, wait);
    if (pending->search)
        pyro_search_cancel(pending->search);
    pending->search = NULL;
    pyro_call_forget(&pending->call);
}

/* Takes the reply, or why there is none: once, in a completion. */
LOOP_STEPS static void pending_on_done(struct pyro_call *call)
{
    struct lwait *wait = &PYRO_CONTAINER(call, struct lpending, call)->wait;
    PYRO_ASSERT(!wait->over);
    lwait_end(wait);
}

static void init(struct lpending *pending)
{
    *pending = (struct lpending){.call.done = pending_on_done, .wait.cancel = pending_on_cancel};
}

/* Pushes the spare that was put back last. The table keeps it until another takes its place. */
static struct lpending *push_spare(lua_State *L, struct lruntime *runtime)
{
    struct spares *spares = spares_of(runtime);
    lua_rawgeti(L, LUA_REGISTRYINDEX, spares->table);
    lua_rawgeti(L, -1, spares->count--);
    lua_replace(L, -2);
    return lua_touserdata(L, -1);
}

struct lpending *lpending_push(lua_State *L, struct lruntime *runtime)
{
    lnesting_check(L, runtime);
    if (spares_of(runtime)->count > 0)
        return push_spare(L, runtime);
    struct lpending *pending = lua_newuserdatauv(L, sizeof(*pending), 0);
    init(pending);
    luaL_setmetatable(L, PENDING_TYPE);
    return pending;
}

struct lpending *lpending_at(lua_State *L, int index)
{
    return lua_touserdata(L, index);
}

void lpending_reset(struct lpending *pending)
{
    pyro_call_free(&pending->call);
    if (pending->search)
        pyro_search_cancel(pending->search);
    pyro_client_free(pending->located);
    init(pending);
}

/* Does not allocate or raise, as the table has room. */
void lpending_put_back(lua_State *L, struct lpending *pending, int index, struct lruntime *runtime)
{
    PYRO_ASSERT(pending->wait.over && !pending->wait.task);
    PYRO_ASSERT(!pending->search && !pending->located);
    pyro_call_end(&pending->call);
    pending->wait = (struct lwait){.cancel = pending_on_cancel};
    struct spares *spares = spares_of(runtime);
    if (spares->count == SPARES)
        return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, spares->table);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, ++spares->count);
    lua_pop(L, 1);
}

static int pending_gc(lua_State *L)
{
    struct lpending *pending = lua_touserdata(L, 1);
    lwait_gone(&pending->wait);
    lpending_reset(pending);
    return 0;
}

static void close_spares(struct lruntime *runtime)
{
    pyro_free(spares_of(runtime));
}

LUA_RAISES static void add_spares(lua_State *L)
{
    lua_createtable(L, SPARES, 0);
    int table = luaL_ref(L, LUA_REGISTRYINDEX);
    struct spares *spares = pyro_calloc(1, sizeof(*spares));
    if (!spares) {
        luaL_error(L, "not enough memory");
        return; /* never */
    }
    *spares = (struct spares){.part.close = close_spares, .table = table};
    lruntime_add_part(lruntime_of(L), LPART_PENDING, &spares->part);
}

void lpending_open(lua_State *L)
{
    if (!lruntime_of(L)->parts[LPART_PENDING])
        add_spares(L);
    luserdata_finalize(L, PENDING_TYPE, pending_gc);
}
