/** @file
 * Results of served methods that are fetched item by item: Lua iterators and coroutines. */
#ifndef PYRO_BIND_SERVER_LSTREAM_H
#define PYRO_BIND_SERVER_LSTREAM_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

/** Answers that the items are to be fetched of what the method returned, which is on the stack: an
 * iterator (a function; the state, control and closing value of Lua's `for` may follow) or a
 * coroutine. */
LUA_RUNS int lstream_answer(lua_State *L, struct ltask *task);

/** Adds core.unwrap_coroutine(f). */
LUA_RUNS void lstream_open(lua_State *L);

#endif
