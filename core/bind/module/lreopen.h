/** @file
 * Opening the log file again, when a signal asks for it. */
#ifndef PYRO_BIND_MODULE_LREOPEN_H
#define PYRO_BIND_MODULE_LREOPEN_H

#include <lua.h>

/** Opens the log file again whenever SIGUSR2 comes, until the state is closed: in the next step, or
 * before the next line. Does nothing where SIGUSR2 is handled or ignored already. For one state of
 * a process, in the thread that runs it. */
void lreopen_on_signal(lua_State *L);

#endif
