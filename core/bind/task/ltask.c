#include "bind/task/ltask.h"

#include <lauxlib.h>

#include "base/clock.h"
#include "bind/base/lerror.h"
#include "bind/client/lcall.h"
#include "bind/client/lproxy.h"
#include "bind/module/open.h"
#include "bind/task/lruntime.h"
#include "net/timer.h"

/* --- background tasks --- */

void ltask_report(struct ltask *task, int status)
{
    lua_State *L = task->runtime->from;
    if (status == LUA_OK || status == LTASK_ABANDONED || status == LTASK_CLOSED ||
        !lua_checkstack(L, 4))
        return;
    lruntime_push_hook(L, LHOOK_UNCAUGHT);
    lua_pushvalue(task->thread, -1);
    lua_xmove(task->thread, L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK)
        lua_pop(L, 1);
}

static void background_ended(struct ltask *task, int status, int nresults)
{
    (void)nresults;
    ltask_report(task, status);
}

struct ltask *ltask_background(lua_State *L, int nargs)
{
    struct ltask *task = ltask_start(L, nargs, background_ended, NULL);
    lua_pop(L, 1);
    return task;
}

/* core.launch(f, …): runs it in the background, at once, up to where it first waits */
static int launch(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    lua_State *from = runtime->from;
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct ltask *task = ltask_background(L, lua_gettop(L) - 1);
    runtime->from = L;
    ltask_resume(task);
    runtime->from = from;
    return 0;
}

static int spawn_alone(lua_State *L)
{
    ltask_background(L, lua_gettop(L) - 1);
    return 0;
}

void ltask_spawn(lua_State *L, int nargs)
{
    if (lua_isnil(L, -1 - nargs)) {
        lua_pop(L, 1 + nargs);
        return;
    }
    lua_pushcfunction(L, spawn_alone);
    lua_insert(L, -2 - nargs);
    if (lua_pcall(L, 1 + nargs, 0, 0) != LUA_OK)
        lua_pop(L, 1);
}

/* --- sleep --- */

#define SLEEP_TYPE "pyro.sleep"

struct sleeper {
    struct lwait wait;
    struct pyro_completion expired;
    struct pyro_timer *timer;
};

static void on_expired(struct pyro_completion *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct sleeper, expired)->wait);
}

static void sleep_no_more(struct lwait *wait)
{
    struct sleeper *sleeper = PYRO_CONTAINER(wait, struct sleeper, wait);
    pyro_timer_free(sleeper->timer);
    sleeper->timer = NULL;
}

static int sleeper_gc(lua_State *L)
{
    struct lwait *wait = &((struct sleeper *)lua_touserdata(L, 1))->wait;
    lwait_gone(wait);
    sleep_no_more(wait);
    return 0;
}

static int slept(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    sleep_no_more(&((struct sleeper *)lua_touserdata(L, -1))->wait);
    return 0;
}

static int sleep_task(lua_State *L)
{
    double seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0, 1, "a time in seconds may not be negative");
    struct sleeper *sleeper = lua_newuserdatauv(L, sizeof(*sleeper), 0);
    *sleeper = (struct sleeper){.wait.cancel = sleep_no_more};
    pyro_completion_init(&sleeper->expired, on_expired);
    luaL_setmetatable(L, SLEEP_TYPE);
    sleeper->timer = pyro_timer_new(lruntime_of(L)->core.loop, &sleeper->expired);
    if (!sleeper->timer)
        return luaL_error(L, "not enough memory");
    pyro_timer_start(sleeper->timer, seconds);
    return lwait_for(L, &sleeper->wait, 0, slept);
}

/* core.time() -> seconds since 1970 */
static int date_seconds(lua_State *L)
{
    lua_pushnumber(L, pyro_date_seconds());
    return 1;
}

/* --- locating a name server --- */

static int located(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lcall *call = lcall_at(L, -1);
    if (call->error.code != PYRO_OK)
        return lerror_raise(L, &call->error);
    struct pyro_client *client = call->located;
    call->located = NULL;
    lproxy_push_client(L, client);
    return 1;
}

/* core.locate([host], [port]) -> a connected proxy of the name server */
static int locate(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lruntime *runtime = lruntime_of(L);
    lua_Integer port = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, port >= 0 && port <= 65535, 2, "a port is 0 to 65535");
    struct pyro_locate_options options = {.host = luaL_optstring(L, 1, NULL),
                                          .port = (int)port,
                                          .timeout = runtime->core.config.COMMTIMEOUT};
    struct lcall *call = lcall_push(L, runtime);
    call->search = pyro_locate(&runtime->core, &options, lcall_found, call, &err);
    if (!call->search)
        return lerror_raise(L, &err);
    return lwait_for(L, &call->wait, 0, located);
}

void ltask_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"launch", launch},
                                         {"sleep", sleep_task},
                                         {"time", date_seconds},
                                         {"locate", locate},
                                         {NULL, NULL}};
    luaL_newmetatable(L, SLEEP_TYPE);
    lua_pushcfunction(L, sleeper_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
}

/* --- a host's main program --- */

static const char failed_key = 0; /* its address is the registry key of the thread that failed */

struct main_task {
    bool over;
    int status;
    int nresults;
};

static void main_ended(struct ltask *task, int status, int nresults)
{
    struct main_task *end = task->owner;
    lua_State *L = task->runtime->from; /* the one that steps in pyro_run_task() */
    end->over = task->runtime->main_over = true;
    end->status = status;
    end->nresults = status == LUA_OK ? nresults : 1;
    if (!lua_checkstack(L, end->nresults + 4)) {
        end->status = LUA_ERRMEM;
        end->nresults = 0;
        return;
    }
    lua_xmove(task->thread, L, end->nresults);
    if (status != LUA_OK) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &failed_key);
        task->keep = true;
    }
}

int pyro_run_task(lua_State *L, int nargs)
{
    struct lruntime *runtime = lruntime_of(L);
    struct main_task end = {.over = false};
    struct ltask *task = ltask_start(L, nargs, main_ended, &end);
    lua_pop(L, 1); /* the thread: the task keeps it */
    while (!end.over) {
        if (!lruntime_step(runtime, L, -1) && !end.over) {
            ltask_forsake(task);
            lua_pushstring(L, lruntime_in_vain(runtime));
            return LUA_ERRRUN;
        }
    }
    runtime->main_over = false;
    return end.status;
}

int pyro_failed_thread(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &failed_key) != LUA_TTHREAD) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &failed_key);
    return 1;
}
