#include "bind/task/lready.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "net/service.h"
#include "net/watchdog.h"

/* A program that is ready, or ends. */
struct ready {
    struct lpart part;
    struct pyro_watchdog *watchdog; /* NULL: nobody wants to know whether it is alive */
    char status[256];               /* the last one */
    bool stopping;
};

static struct ready *ready_of(const struct lruntime *runtime)
{
    struct lpart *part = runtime->parts[LPART_READY];
    return part ? PYRO_CONTAINER(part, struct ready, part) : NULL;
}

/* The program serves all the same where its manager cannot be told. */
static void notify(struct lruntime *runtime, const char *state)
{
    struct pyro_error err;
    if (pyro_service_notify(state, &err) != PYRO_OK)
        pyro_log_write(&runtime->core.log, PYRO_WARNING, "service", "%s", err.message);
}

void lready_stopping(struct lruntime *runtime)
{
    struct ready *ready = ready_of(runtime);
    if (!ready || ready->stopping || pyro_loop_inherited(runtime->core.loop))
        return;
    ready->stopping = true;
    notify(runtime, "STOPPING=1");
}

static void close_ready(struct lruntime *runtime)
{
    struct ready *ready = ready_of(runtime);
    lready_stopping(runtime);
    pyro_watchdog_free(ready->watchdog);
    pyro_free(ready);
}

/* Tells that the program is ready, and its status, as far as either is news. */
static void tell(struct lruntime *runtime, struct ready *ready, bool first,
                 struct pyro_slice status)
{
    char shown[sizeof(ready->status)], state[sizeof(shown) + 20];
    pyro_escape(shown, sizeof(shown), status);
    bool changed = status.length > 0 && strcmp(shown, ready->status) != 0;
    if (!first && !changed)
        return;
    snprintf(state, sizeof(state), "%s%s%s%s", first ? "READY=1" : "", first && changed ? "\n" : "",
             changed ? "STATUS=" : "", changed ? shown : "");
    if (changed)
        memcpy(ready->status, shown, sizeof(shown));
    notify(runtime, state);
}

/* Returns NULL when out of memory. */
static struct ready *begin(struct lruntime *runtime)
{
    struct ready *ready = pyro_calloc(1, sizeof(*ready));
    if (!ready)
        return NULL;
    ready->part.close = close_ready;
    lruntime_add_part(runtime, LPART_READY, &ready->part);
    ready->watchdog = pyro_watchdog_new(runtime->core.loop);
    return ready;
}

/* Implements core.ready([status]) -> whether there is a service manager that is told. */
static int tell_ready(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    struct ready *ready = ready_of(runtime);
    bool managed = pyro_service_is_managed(), first = !ready;
    struct pyro_slice status;
    status.data = luaL_optlstring(L, 1, "", &status.length);
    if (managed && first && !(ready = begin(runtime)))
        return luaL_error(L, "not enough memory");
    if (managed)
        tell(runtime, ready, first, status);
    lua_pushboolean(L, managed);
    return 1;
}

void lready_open(lua_State *L)
{
    lua_pushcfunction(L, tell_ready);
    lua_setfield(L, -2, "ready");
}
