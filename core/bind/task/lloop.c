#include "bind/task/lloop.h"

#include <lauxlib.h>

#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/task/llimit.h"
#include "bind/task/lnesting.h"
#include "bind/task/lruntime.h"
#include "bind/task/lwait.h"
#include "net/timer.h"

#define LOOP_TYPE "pyro.requestLoop"

/* Somebody who waits in a request loop: woken by shutdown, or when the time is over. */
struct request_loop {
    struct pyro_list node; /* of those who wait */
    struct lwait wait;
    struct pyro_completion woken;
    struct pyro_timer *timer;
    struct lloops *loops;
    struct lruntime *runtime;
};

void lloops_init(struct lloops *loops)
{
    pyro_list_init(&loops->waiting);
    loops->stopping = false;
}

void lloops_stop(lua_State *L, struct lloops *loops)
{
    loops->stopping = true;
    for (struct pyro_list *node = loops->waiting.next; node != &loops->waiting; node = node->next)
        pyro_loop_post(lruntime_of(L)->core.loop,
                       &PYRO_CONTAINER(node, struct request_loop, node)->woken);
}

LOOP_STEPS static void loop_on_woken(struct pyro_completion *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct request_loop, woken)->wait);
}

static void loop_leave(struct lwait *wait)
{
    struct request_loop *loop = PYRO_CONTAINER(wait, struct request_loop, wait);
    pyro_list_remove(&loop->node);
    pyro_completion_cancel(&loop->woken);
    pyro_timer_free(loop->timer);
    loop->timer = NULL;
}

static int loop_gc(lua_State *L)
{
    struct request_loop *loop = lua_touserdata(L, 1);
    lwait_gone(&loop->wait);
    loop_leave(&loop->wait);
    return 0;
}

LUA_RAISES static struct request_loop *push_loop(lua_State *L, struct lloops *loops)
{
    struct request_loop *loop = lua_newuserdatauv(L, sizeof(*loop), 0);
    *loop = (struct request_loop){.wait = {.what = "request loop", .cancel = loop_leave},
                                  .loops = loops,
                                  .runtime = lruntime_of(L)};
    pyro_list_init(&loop->node);
    pyro_completion_init(&loop->woken, loop_on_woken);
    luaL_setmetatable(L, LOOP_TYPE);
    return loop;
}

static int loop_over(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct request_loop *loop = lua_touserdata(L, -1);
    loop_leave(&loop->wait);
    lua_pushboolean(L, loop->loops->stopping);
    return 1;
}

/* Waits until woken, or the time is over. */
LUA_RUNS static int wait_for_end(lua_State *L, struct lloops *loops, double seconds)
{
    struct request_loop *loop = push_loop(L, loops);
    pyro_list_push(&loops->waiting, &loop->node);
    if (seconds >= 0) {
        loop->timer = pyro_timer_new(loop->runtime->core.loop, &loop->woken);
        if (!loop->timer)
            return luaL_error(L, "not enough memory");
        pyro_timer_start(loop->timer, seconds);
    }
    return lwait_for(L, &loop->wait, 0, loop_over);
}

int lloops_wait(lua_State *L, struct lloops *loops, double seconds)
{
    if (!loops->stopping)
        return wait_for_end(L, loops, seconds);
    lua_pushboolean(L, true);
    return 1;
}

int lloops_drain(lua_State *L, struct lloops *loops)
{
    return wait_for_end(L, loops, llimit_grace(lruntime_of(L)));
}

/* core.step([seconds]) -> false where there is nothing to wait for */
static int step(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    double seconds = luaL_optnumber(L, 1, -1);
    lnesting_check_step(L, runtime);
    lua_pushboolean(L, lwait_step(L, runtime, seconds));
    return 1;
}

/* core.fileno() -> a descriptor that is readable when there is something to do */
static int loop_descriptor(lua_State *L)
{
    lua_pushinteger(L, pyro_loop_descriptor(lruntime_of(L)->core.loop));
    return 1;
}

/* core.timeout() -> seconds until the next step at the latest, or nil */
static int loop_timeout(lua_State *L)
{
    double seconds = pyro_loop_timeout(lruntime_of(L)->core.loop);
    if (seconds < 0)
        lua_pushnil(L);
    else
        lua_pushnumber(L, seconds);
    return 1;
}

void lloop_open(lua_State *L)
{
    luserdata_finalize(L, LOOP_TYPE, loop_gc);
    lua_pushcfunction(L, step);
    lua_setfield(L, -2, "step");
    lua_pushcfunction(L, loop_descriptor);
    lua_setfield(L, -2, "fileno");
    lua_pushcfunction(L, loop_timeout);
    lua_setfield(L, -2, "timeout");
}
