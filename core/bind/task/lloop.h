/** @file
 * Request loops: somebody who waits while a daemon serves, until it is shut down; and the one event
 * loop, step by step, for a program that has a loop of its own. */
#ifndef PYRO_BIND_TASK_LLOOP_H
#define PYRO_BIND_TASK_LLOOP_H

#include <lua.h>

#include "bind/base/marks.h"
#include "net/loop.h"

/** Embedded in a daemon. */
struct lloops {
    struct pyro_list waiting;
    int attended;  /**< request loops that are on */
    bool stopping; /**< who waits, or would, shall not */
};

void lloops_init(struct lloops *loops);

/** Ends all waits, and those to come. */
void lloops_stop(lua_State *L, struct lloops *loops);

/** Waits until the loops are stopped (returns true), or the time in seconds (negative: none) is
 * over (false). What holds `loops` must be on the stack. Use as `return lloops_wait(…)`. */
LUA_RUNS int lloops_wait(lua_State *L, struct lloops *loops, double seconds);

/** Waits until the loops, which are stopped, are stopped again, or GRACE_TIME is over. */
LUA_RUNS int lloops_drain(lua_State *L, struct lloops *loops);

/** Adds core.step([seconds]) and core.fileno(). */
LUA_RUNS void lloop_open(lua_State *L);

#endif
