/** @file
 * Running what somebody typed, who may interrupt it. */
#ifndef PYRO_HOST_EVALUATE_H
#define PYRO_HOST_EVALUATE_H

#include <lua.h>

/** Opens the module pyro.evaluate, which is a function: evaluate(f, ...) calls `f` in a task of its
 * own, but in the call context of the caller, who waits for its end. Returns true and a table of
 * its results and their number, n; or false, the error and the thread that failed. Where the
 * process is interrupted, what the code does or waits for fails with LWAIT_INTERRUPTED; but a
 * request loop that waits takes the interrupt instead. */
int host_open_evaluate(lua_State *L);

#endif
