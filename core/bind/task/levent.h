/** @file
 * Events: tasks wait until somebody sets them. */
#ifndef PYRO_BIND_TASK_LEVENT_H
#define PYRO_BIND_TASK_LEVENT_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Embed it in userdata, and initialize it. */
struct levent {
    bool set;
    const char *what; /**< what those wait for who wait for it: "event" */
    struct pyro_list waiters;
};

void levent_init(struct levent *event, const char *what);

/** Sets an event. Whoever waits is woken in the next step, not before. */
void levent_set(struct lruntime *runtime, struct levent *event);

/** Waits for the event, which is in the userdata at 1, so many seconds at most (negative: any
 * time), and goes on with `next`, the stack being as it was; its context says whether the event
 * was set. Use as `return levent_wait(…)`. */
LUA_RUNS int levent_wait(lua_State *L, struct levent *event, double seconds, lua_KFunction next);

/** Adds core.new_event() -> event, with event:wait([seconds]) -> whether it is set, event:set(),
 * event:clear() and event:is_set(). */
LUA_RUNS void levent_open(lua_State *L);

#endif
