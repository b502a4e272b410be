/** @file
 * pyro.batch: calls that are collected, and sent in one message. */
#ifndef PYRO_BIND_CLIENT_LBATCH_H
#define PYRO_BIND_CLIENT_LBATCH_H

#include <lua.h>

#include "bind/base/marks.h"

/** Registers the type, core.batch_type, to which the Lua side adds __call; adds
 * core.new_batch(proxy), an empty batch; core.send_batch(batch, oneway), which empties it and
 * returns the list of results; core.iterate_results(list), an iterator over such. */
LUA_RUNS void lbatch_open(lua_State *L);

#endif
