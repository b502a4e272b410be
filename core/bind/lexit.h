/** @file
 * The end of a program by os.exit(). */
#ifndef PYRO_BIND_LEXIT_H
#define PYRO_BIND_LEXIT_H

#include <lua.h>

/** Lets os.exit() send first what is to be sent: oneway calls, and answers. */
void lexit_open(lua_State *L);

#endif
