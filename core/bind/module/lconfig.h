/** @file
 * Config items in Lua. */
#ifndef PYRO_BIND_MODULE_LCONFIG_H
#define PYRO_BIND_MODULE_LCONFIG_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.get_setting(name), core.set_setting(name, value), core.setting_names(),
 * core.reset_settings(use_environment) and core.version. */
LUA_RUNS void lconfig_open(lua_State *L);

#endif
