/** @file
 * The service manager (systemd): its listening socket. What it is told, bind/task/lready.h tells.
 */
#ifndef PYRO_BIND_MODULE_LSERVICE_H
#define PYRO_BIND_MODULE_LSERVICE_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.get_service_socket() to the module at the top of the stack. */
LUA_RUNS void lservice_open(lua_State *L);

#endif
