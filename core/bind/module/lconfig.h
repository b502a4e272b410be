/** @file
 * Config items in Lua. */
#ifndef PYRO_BIND_MODULE_LCONFIG_H
#define PYRO_BIND_MODULE_LCONFIG_H

#include <lua.h>

/** Adds core.config_get(name), core.config_set(name, value), core.config_names(),
 * core.config_reset(use_environment) and core.version. */
void lconfig_open(lua_State *L);

#endif
