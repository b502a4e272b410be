/** @file
 * Waiting for a descriptor of somebody else's, or for an interrupt. */
#ifndef PYRO_BIND_TASK_LWATCH_H
#define PYRO_BIND_TASK_LWATCH_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.watch(descriptor, [interruptible]) -> watcher. watcher:wait() waits until the
 * descriptor is readable: true; or, where that is wanted, until the process is interrupted, if it
 * has not been since it last told so: false. Interrupts then do not end the process.
 * watcher:forget() forgets an interrupt. watcher:close() ends that. */
LUA_RUNS void lwatch_open(lua_State *L);

#endif
