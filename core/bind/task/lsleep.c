#include "bind/task/lsleep.h"

#include <lauxlib.h>

#include "base/clock.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/task/lwait.h"
#include "net/timer.h"

#define SLEEP_TYPE "pyro.sleep"

struct sleeper {
    struct lwait wait;
    struct pyro_completion expired;
    struct pyro_timer *timer;
};

LOOP_STEPS static void sleeper_on_expired(struct pyro_completion *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct sleeper, expired)->wait);
}

static void sleeper_stop(struct lwait *wait)
{
    struct sleeper *sleeper = PYRO_CONTAINER(wait, struct sleeper, wait);
    pyro_timer_free(sleeper->timer);
    sleeper->timer = NULL;
}

static int sleeper_gc(lua_State *L)
{
    struct lwait *wait = &((struct sleeper *)lua_touserdata(L, 1))->wait;
    lwait_gone(wait);
    sleeper_stop(wait);
    return 0;
}

static int slept(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    sleeper_stop(&((struct sleeper *)lua_touserdata(L, -1))->wait);
    return 0;
}

static int sleep_task(lua_State *L)
{
    double seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0, 1, "a time in seconds may not be negative");
    struct sleeper *sleeper = lua_newuserdatauv(L, sizeof(*sleeper), 0);
    *sleeper = (struct sleeper){.wait = {.what = "sleep", .cancel = sleeper_stop}};
    pyro_completion_init(&sleeper->expired, sleeper_on_expired);
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

void lsleep_open(lua_State *L)
{
    luserdata_finalize(L, SLEEP_TYPE, sleeper_gc);
    lua_pushcfunction(L, sleep_task);
    lua_setfield(L, -2, "sleep");
    lua_pushcfunction(L, date_seconds);
    lua_setfield(L, -2, "time");
}
