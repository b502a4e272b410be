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

static void stop_watching(struct watcher *watcher)
{
    pyro_watch_free(watcher->watch);
    pyro_signal_free(watcher->interrupt);
    watcher->watch = NULL;
    watcher->interrupt = NULL;
}

static int watcher_gc(lua_State *L)
{
    stop_watching(lua_touserdata(L, 1));
    return 0;
}

static int watched(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct watcher *watcher = lua_touserdata(L, -1);
    stop_watching(watcher);
    lua_pushboolean(L, !watcher->interrupted);
    return 1;
}

/* core.readable(descriptor, [interruptible]) -> false where it was interrupted */
static int readable(lua_State *L)
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
        watcher->interrupt = pyro_signal_new(loop, SIGINT, &watcher->signalled);
    return lwait_for(L, &watcher->wait, 0, watched);
}

void lwatch_open(lua_State *L)
{
    luaL_newmetatable(L, WATCHER_TYPE);
    lua_pushcfunction(L, watcher_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, readable);
    lua_setfield(L, -2, "readable");
}
