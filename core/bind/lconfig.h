/** @file
 * Config items in Lua. */
#ifndef PYRO_BIND_LCONFIG_H
#define PYRO_BIND_LCONFIG_H

#include <lua.h>

/** Adds core.config_get(name), core.config_set(name, value) and core.config_names(). */
void lconfig_open(lua_State *L);

#endif
