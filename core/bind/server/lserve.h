/** @file
 * Serving a Lua table: its methods run as tasks. */
#ifndef PYRO_BIND_SERVER_LSERVE_H
#define PYRO_BIND_SERVER_LSERVE_H

#include "rpc/request.h"

/** The vtable of an object that serves a Lua table (lobject.h). */
extern const struct pyro_object_ops lserve_ops;

#endif
