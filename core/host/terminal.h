/** @file
 * The terminal of a program that fills its screen. */
#ifndef PYRO_HOST_TERMINAL_H
#define PYRO_HOST_TERMINAL_H

#include <lua.h>

/** Opens the module pyro.terminal: takes the terminal of the standard input and output over, and
 * gives it back however the program ends. */
int host_open_terminal(lua_State *L);

#endif
