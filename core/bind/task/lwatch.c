#include "bind/task/lwatch.h"

#include <lauxlib.h>
#include <limits.h>
#include <signal.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "bind/task/lwait.h"
#include "net/signal.h"
#include "net/watch.h"

#define WATCHER_TYPE "pyro.watcher"

struct watcher {
    struct lwait wait;
    bool interrupted;
    bool ended; /* the process was asked to end */
    struct pyro_watch *watch;
    struct pyro_signal *interrupt, *terminate, *hangup;
    struct pyro_completion readable, signalled, told;
};

LOOP_STEPS static void watcher_on_readable(struct pyro_completion *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct watcher, readable)->wait);
}

LOOP_STEPS static void watcher_on_signalled(struct pyro_completion *done)
{
    struct watcher *watcher = PYRO_CONTAINER(done, struct watcher, signalled);
    watcher->interrupted = true;
    lwait_end(&watcher->wait);
}

LOOP_STEPS static void watcher_on_told(struct pyro_completion *done)
{
    struct watcher *watcher = PYRO_CONTAINER(done, struct watcher, told);
    watcher->ended = true;
    lwait_end(&watcher->wait);
}

LUA_RAISES static struct watcher *check_watcher(lua_State *L)
{
    return luaL_checkudata(L, 1, WATCHER_TYPE);
}

static int watcher_close(lua_State *L)
{
    struct watcher *watcher = check_watcher(L);
    pyro_watch_free(watcher->watch);
    pyro_signal_free(watcher->interrupt);
    pyro_signal_free(watcher->terminate);
    pyro_signal_free(watcher->hangup);
    watcher->watch = NULL;
    watcher->interrupt = watcher->terminate = watcher->hangup = NULL;
    return 0;
}

static int watcher_gc(lua_State *L)
{
    lwait_gone(&check_watcher(L)->wait);
    return watcher_close(L);
}

static int watcher_waited(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct watcher *watcher = check_watcher(L);
    if (watcher->ended)
        lua_pushnil(L);
    else
        lua_pushboolean(L, !watcher->interrupted);
    watcher->interrupted = false;
    return 1;
}

static int watcher_wait(lua_State *L)
{
    struct watcher *watcher = check_watcher(L);
    luaL_argcheck(L, watcher->watch, 1, "the watcher is closed");
    watcher->wait =
        (struct lwait){.what = "descriptor", .over = watcher->interrupted || watcher->ended};
    pyro_watch_start(watcher->watch);
    return lwait_for(L, &watcher->wait, 0, watcher_waited);
}

static int watcher_forget(lua_State *L)
{
    check_watcher(L)->interrupted = false;
    return 0;
}

/* Watches a signal that asks the process to end, unless the program ignores it. */
static struct pyro_signal *watch_ending(struct pyro_loop *loop, int number,
                                        struct pyro_completion *done)
{
    return pyro_signal_is_free(number) ? pyro_signal_new(loop, number, false, done) : NULL;
}

/* core.watch(descriptor, [interactive]) -> watcher; watcher:wait() -> whether the descriptor is
 * readable; false where the process was interrupted, nil where it was asked to end. */
static int watch(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_loop *loop = lruntime_of(L)->core.loop;
    lua_Integer descriptor = luaL_checkinteger(L, 1);
    bool interactive = lua_toboolean(L, 2);
    luaL_argcheck(L, descriptor >= 0 && descriptor <= INT_MAX, 1, "a descriptor is not negative");
    struct watcher *watcher = lua_newuserdatauv(L, sizeof(*watcher), 0);
    *watcher = (struct watcher){.watch = NULL};
    pyro_completion_init(&watcher->readable, watcher_on_readable);
    pyro_completion_init(&watcher->signalled, watcher_on_signalled);
    pyro_completion_init(&watcher->told, watcher_on_told);
    luaL_setmetatable(L, WATCHER_TYPE);
    watcher->watch = pyro_watch_new(loop, (int)descriptor, &watcher->readable, &err);
    if (!watcher->watch)
        return lerror_raise(L, &err);
    if (interactive) {
        watcher->interrupt = pyro_signal_new(loop, SIGINT, false, &watcher->signalled);
        watcher->terminate = watch_ending(loop, SIGTERM, &watcher->told);
        watcher->hangup = watch_ending(loop, SIGHUP, &watcher->told);
    }
    return 1;
}

void lwatch_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"wait", watcher_wait},   {"forget", watcher_forget},
                                       {"close", watcher_close}, {"__close", watcher_close},
                                       {"__gc", watcher_gc},     {NULL, NULL}};
    luaL_newmetatable(L, WATCHER_TYPE);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, watch);
    lua_setfield(L, -2, "watch");
}
