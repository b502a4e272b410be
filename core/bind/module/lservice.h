/** @file
 * The service manager, for the Lua side. */
#ifndef PYRO_BIND_MODULE_LSERVICE_H
#define PYRO_BIND_MODULE_LSERVICE_H

#include <lua.h>

/** Adds `service_socket` and `service_notify` to the module at the top of the stack. */
void lservice_open(lua_State *L);

#endif
