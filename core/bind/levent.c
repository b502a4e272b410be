#include "bind/levent.h"

#include <lauxlib.h>

#include "bind/lruntime.h"
#include "net/timer.h"

#define EVENT_TYPE "pyro.event"
#define WAITER_TYPE "pyro.event.waiter"

struct levent {
    bool set;
    struct pyro_list waiters;
};

/* Somebody who waits for an event, which is on the stack below. */
struct waiter {
    struct pyro_list node; /* in the event's list */
    struct lwait wait;
    struct pyro_done woken; /* by the event, or by the timer */
    struct pyro_timer *timer;
};

static struct levent *check_event(lua_State *L)
{
    return luaL_checkudata(L, 1, EVENT_TYPE);
}

static int event_new(lua_State *L)
{
    struct levent *event = lua_newuserdatauv(L, sizeof(*event), 0);
    event->set = false;
    pyro_list_init(&event->waiters);
    luaL_setmetatable(L, EVENT_TYPE);
    return 1;
}

/* Waiters that are collected together with it come after it, or before. */
static int event_gc(lua_State *L)
{
    struct levent *event = check_event(L);
    while (pyro_list_pop(&event->waiters)) {
    }
    return 0;
}

/* Whoever waits is woken in the next step: setting an event runs nobody else. */
static int event_set(lua_State *L)
{
    struct levent *event = check_event(L);
    struct pyro_loop *loop = lruntime_of(L)->core.loop;
    struct pyro_list *node;
    event->set = true;
    while ((node = pyro_list_pop(&event->waiters)) != NULL)
        pyro_loop_post(loop, &PYRO_CONTAINER(node, struct waiter, node)->woken);
    return 0;
}

static int event_is_set(lua_State *L)
{
    lua_pushboolean(L, check_event(L)->set);
    return 1;
}

static void on_woken(struct pyro_done *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct waiter, woken)->wait);
}

static void stop_waiting(struct waiter *waiter)
{
    pyro_list_remove(&waiter->node);
    pyro_done_cancel(&waiter->woken);
    pyro_timer_free(waiter->timer);
    waiter->timer = NULL;
}

static int waiter_gc(lua_State *L)
{
    stop_waiting(lua_touserdata(L, 1));
    return 0;
}

static int waited(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    stop_waiting(lua_touserdata(L, -1));
    return event_is_set(L);
}

static int event_wait(lua_State *L)
{
    struct levent *event = check_event(L);
    double seconds = luaL_optnumber(L, 2, -1);
    if (event->set || seconds == 0)
        return event_is_set(L);
    struct waiter *waiter = lua_newuserdatauv(L, sizeof(*waiter), 0);
    *waiter = (struct waiter){.timer = NULL};
    pyro_list_init(&waiter->node);
    pyro_done_init(&waiter->woken, on_woken);
    luaL_setmetatable(L, WAITER_TYPE);
    if (seconds > 0) {
        waiter->timer = pyro_timer_new(lruntime_of(L)->core.loop, &waiter->woken);
        if (!waiter->timer)
            return luaL_error(L, "not enough memory");
        pyro_timer_start(waiter->timer, seconds);
    }
    pyro_list_push(&event->waiters, &waiter->node);
    return lwait_for(L, &waiter->wait, 0, waited);
}

static void add_type(lua_State *L, const char *name, const luaL_Reg *methods)
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
                                     {"is_set", event_is_set},
                                     {"wait", event_wait},
                                     {"__gc", event_gc},
                                     {NULL, NULL}};
    static const luaL_Reg waiter[] = {{"__gc", waiter_gc}, {NULL, NULL}};
    add_type(L, EVENT_TYPE, event);
    add_type(L, WAITER_TYPE, waiter);
    lua_pushcfunction(L, event_new);
    lua_setfield(L, -2, "event");
}
