#include "bind/lwatch.h"

#include <lauxlib.h>
#include <limits.h>
#include <signal.h>

#include "bind/lerror.h"
#include "bind/lruntime.h"
#include "net/signal.h"
#include "net/watch.h"

#define WATCHER_TYPE "pyro.watcher"

struct watcher {
    struct lwait wait;
    bool interrupted;
    struct pyro_watch *watch;
    struct pyro_signal *interrupt;
    struct pyro_done readable, signalled;
};

static void on_readable(struct pyro_done *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct watcher, readable)->wait);
}

static void on_signalled(struct pyro_done *done)
{
    struct watcher *watcher = PYRO_CONTAINER(done, struct watcher, signalled);
    watcher->interrupted = true;
    lwait_end(&watcher->wait);
}

static struct watcher *check_watcher(lua_State *L)
{
    return luaL_checkudata(L, 1, WATCHER_TYPE);
}

static int watcher_close(lua_State *L)
{
    struct watcher *watcher = check_watcher(L);
    pyro_watch_free(watcher->watch);
    pyro_signal_free(watcher->interrupt);
    watcher->watch = NULL;
    watcher->interrupt = NULL;
    return 0;
}

static int waited(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct watcher *watcher = check_watcher(L);
    lua_pushboolean(L, !watcher->interrupted);
    watcher->interrupted = false;
    return 1;
}

static int watcher_wait(lua_State *L)
{
    struct watcher *watcher = check_watcher(L);
    luaL_argcheck(L, watcher->watch, 1, "the watcher is closed");
    watcher->wait = (struct lwait){.over = watcher->interrupted};
    pyro_watch_start(watcher->watch);
    return lwait_for(L, &watcher->wait, 0, waited);
}

static int watcher_forget(lua_State *L)
{
    check_watcher(L)->interrupted = false;
    return 0;
}

/* core.watch(descriptor, [interruptible]) -> watcher */
static int watch(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_loop *loop = lruntime_of(L)->core.loop;
    lua_Integer descriptor = luaL_checkinteger(L, 1);
    bool interruptible = lua_toboolean(L, 2);
    luaL_argcheck(L, descriptor >= 0 && descriptor <= INT_MAX, 1, "a descriptor is not negative");
    struct watcher *watcher = lua_newuserdatauv(L, sizeof(*watcher), 0);
    *watcher = (struct watcher){.watch = NULL};
    pyro_done_init(&watcher->readable, on_readable);
    pyro_done_init(&watcher->signalled, on_signalled);
    luaL_setmetatable(L, WATCHER_TYPE);
    watcher->watch = pyro_watch_new(loop, (int)descriptor, &watcher->readable, &err);
    if (!watcher->watch)
        return lerror_raise(L, &err);
    if (interruptible)
        watcher->interrupt = pyro_signal_new(loop, SIGINT, false, &watcher->signalled);
    return 1;
}

void lwatch_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"wait", watcher_wait},   {"forget", watcher_forget},
                                       {"close", watcher_close}, {"__close", watcher_close},
                                       {"__gc", watcher_close},  {NULL, NULL}};
    luaL_newmetatable(L, WATCHER_TYPE);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, watch);
    lua_setfield(L, -2, "watch");
}
