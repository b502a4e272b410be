/** @file
 * Events for the Lua side: tasks wait until somebody sets them. */
#ifndef PYRO_BIND_LEVENT_H
#define PYRO_BIND_LEVENT_H

#include <lua.h>

/** Adds core.event() -> event, with event:wait([seconds]) -> whether it is set, event:set(), and
 * event:is_set(). */
void levent_open(lua_State *L);

#endif
