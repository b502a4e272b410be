#include "bind/task/lruntime.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "base/assert.h"
#include "bind/task/llimit.h"
#include "naming/client/resolve.h"

static const char runtime_key = 0; /* its address is the registry key */

struct lruntime *lruntime_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &runtime_key);
    struct lruntime *runtime = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return runtime;
}

void lruntime_add_part(struct lruntime *runtime, enum lpart_name name, struct lpart *part)
{
    PYRO_ASSERT(!runtime->parts[name]);
    runtime->parts[name] = part;
}

static void lruntime_add_gauges(const struct pyro_gauge_source *source, struct pyro_gauges *gauges)
{
    const struct lruntime *runtime = PYRO_CONTAINER(source, struct lruntime, gauges);
    uint64_t kilobytes = (uint64_t)lua_gc(runtime->main, LUA_GCCOUNT);
    for (const struct pyro_list *task = runtime->tasks.next; task != &runtime->tasks;
         task = task->next)
        gauges->tasks++;
    gauges->lua_memory += kilobytes * 1024 + (uint64_t)lua_gc(runtime->main, LUA_GCCOUNTB);
}

static int runtime_gc(lua_State *L)
{
    struct lruntime *runtime = lua_touserdata(L, 1);
    for (size_t i = 0; i < LPART_COUNT; i++)
        if (runtime->parts[i])
            runtime->parts[i]->close(runtime);
    PYRO_ASSERT(pyro_list_empty(&runtime->tasks));
    if (runtime->core.loop)
        pyro_runtime_close(&runtime->core);
    return 0;
}

struct lruntime *lruntime_open(lua_State *L, struct pyro_error *err)
{
    struct lruntime *runtime = lruntime_of(L);
    if (runtime)
        return runtime;
    runtime = lua_newuserdatauv(L, sizeof(*runtime), 0);
    *runtime = (struct lruntime){.task = NULL};
    pyro_list_init(&runtime->tasks);
    pyro_list_init(&runtime->idle);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, runtime_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    if (pyro_runtime_open(&runtime->core, environ, err) != PYRO_OK)
        return NULL;
    runtime->core.resolve = pyro_resolve;
    runtime->gauges.add = lruntime_add_gauges;
    pyro_list_push(&runtime->core.counters.sources, &runtime->gauges.node);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    runtime->main = runtime->from = lua_tothread(L, -1);
    lua_pop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &runtime_key);
    return runtime;
}

bool lruntime_step(struct lruntime *runtime, lua_State *L, double timeout)
{
    lua_State *outer = runtime->from;
    pyro_log_refresh(&runtime->core.log);
    if (runtime->main_over || atomic_load_explicit(&runtime->stopping, memory_order_relaxed))
        return false;
    if (timeout != 0 && __fpending(stdout) > 0)
        fflush(stdout); /* what was printed shall be seen while this program waits */
    runtime->from = L;
    runtime->steps++;
    bool alive = pyro_loop_step(runtime->core.loop, timeout);
    PYRO_ASSERT(runtime->steps > 0);
    runtime->steps--;
    runtime->from = outer;
    if (llimit_is(runtime))
        llimit_again(runtime);
    return alive;
}
