/** @file
 * Waiting for a descriptor of somebody else's, or for an interrupt. */
#ifndef PYRO_BIND_LWATCH_H
#define PYRO_BIND_LWATCH_H

#include <lua.h>

/** Adds core.readable(descriptor, [interruptible]), which waits until the descriptor is readable:
 * true; or, where that is wanted, until the process is interrupted: false. */
void lwatch_open(lua_State *L);

#endif
