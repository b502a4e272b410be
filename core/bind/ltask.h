/** @file
 * What runs beside other things: background tasks, sleeping, the host's main program. */
#ifndef PYRO_BIND_LTASK_H
#define PYRO_BIND_LTASK_H

#include <lua.h>

/** Adds core.spawn(f, …), core.launch(f, …), core.sleep(seconds) and core.locate([host], [port]).
 */
void ltask_open(lua_State *L);

#endif
