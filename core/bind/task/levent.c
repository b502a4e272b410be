#include "bind/task/levent.h"

#include <lauxlib.h>

#include "bind/base/marks.h"
#include "bind/task/lwait.h"
#include "net/timer.h"

#define EVENT_TYPE "pyro.event"
#define WAITER_TYPE "pyro.event.waiter"

/* Somebody who waits for an event: its user value is what holds that, which so is there as long as
 * the waiter, even when both are collected. */
struct waiter {
    struct pyro_list node; /* in the event's list */
    struct lwait wait;
    struct pyro_completion woken; /* by the event, or by the timer */
    struct pyro_timer *timer;
    lua_KFunction next;
};

LUA_RAISES static struct levent *check_event(lua_State *L)
{
    return luaL_checkudata(L, 1, EVENT_TYPE);
}

void levent_init(struct levent *event, const char *what)
{
    event->what = what;
    event->set = false;
    pyro_list_init(&event->waiters);
}

static int event_new(lua_State *L)
{
    levent_init(lua_newuserdatauv(L, sizeof(struct levent), 0), "event");
    luaL_setmetatable(L, EVENT_TYPE);
    return 1;
}

void levent_set(struct lruntime *runtime, struct levent *event)
{
    struct pyro_list *node;
    event->set = true;
    while ((node = pyro_list_pop(&event->waiters)) != NULL)
        pyro_loop_post(runtime->core.loop, &PYRO_CONTAINER(node, struct waiter, node)->woken);
}

static int event_set(lua_State *L)
{
    levent_set(lruntime_of(L), check_event(L));
    return 0;
}

static int event_clear(lua_State *L)
{
    check_event(L)->set = false;
    return 0;
}

static int event_is_set(lua_State *L)
{
    lua_pushboolean(L, check_event(L)->set);
    return 1;
}

LOOP_STEPS static void waiter_on_woken(struct pyro_completion *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct waiter, woken)->wait);
}

static void stop_waiting(struct waiter *waiter)
{
    pyro_list_remove(&waiter->node);
    pyro_completion_cancel(&waiter->woken);
    pyro_timer_free(waiter->timer);
    waiter->timer = NULL;
}

static void waiter_cancel(struct lwait *wait)
{
    stop_waiting(PYRO_CONTAINER(wait, struct waiter, wait));
}

static int waiter_gc(lua_State *L)
{
    struct waiter *waiter = lua_touserdata(L, 1);
    lwait_gone(&waiter->wait);
    stop_waiting(waiter);
    return 0;
}

static int waiter_waited(lua_State *L, int status, lua_KContext context)
{
    struct waiter *waiter = lua_touserdata(L, -1);
    lua_KFunction next = waiter->next;
    bool set = pyro_list_empty(&waiter->node); /* else the time is over */
    (void)context;
    stop_waiting(waiter);
    lua_pop(L, 1);
    return next(L, status, set);
}

LUA_RAISES static struct waiter *push_waiter(lua_State *L, const struct levent *event,
                                             lua_KFunction next)
{
    struct waiter *waiter = lua_newuserdatauv(L, sizeof(*waiter), 1);
    *waiter = (struct waiter){.next = next, .wait = {.what = event->what, .cancel = waiter_cancel}};
    pyro_list_init(&waiter->node);
    pyro_completion_init(&waiter->woken, waiter_on_woken);
    luaL_setmetatable(L, WAITER_TYPE);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    return waiter;
}

int levent_wait(lua_State *L, struct levent *event, double seconds, lua_KFunction next)
{
    if (event->set || seconds == 0)
        return next(L, LUA_OK, event->set);
    struct waiter *waiter = push_waiter(L, event, next);
    if (seconds > 0) {
        waiter->timer = pyro_timer_new(lruntime_of(L)->core.loop, &waiter->woken);
        if (!waiter->timer)
            return luaL_error(L, "not enough memory");
        pyro_timer_start(waiter->timer, seconds);
    }
    pyro_list_push(&event->waiters, &waiter->node);
    return lwait_for(L, &waiter->wait, 0, waiter_waited);
}

static int tell_set(lua_State *L, int status, lua_KContext set)
{
    (void)status;
    lua_pushboolean(L, set != 0);
    return 1;
}

static int event_wait(lua_State *L)
{
    return levent_wait(L, check_event(L), luaL_optnumber(L, 2, -1), tell_set);
}

LUA_RUNS static void add_type(lua_State *L, const char *name, const luaL_Reg *methods)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

void levent_open(lua_State *L)
{
    static const luaL_Reg event[] = {{"set", event_set},
                                     {"clear", event_clear},
                                     {"is_set", event_is_set},
                                     {"wait", event_wait},
                                     {NULL, NULL}};
    static const luaL_Reg waiter[] = {{"__gc", waiter_gc}, {NULL, NULL}};
    add_type(L, EVENT_TYPE, event);
    add_type(L, WAITER_TYPE, waiter);
    lua_pushcfunction(L, event_new);
    lua_setfield(L, -2, "new_event");
}
