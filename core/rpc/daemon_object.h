/** @file
 * `Pyro.Daemon`, the part of a daemon that is itself an object. Private to rpc/. */
#ifndef PYRO_RPC_DAEMON_OBJECT_H
#define PYRO_RPC_DAEMON_OBJECT_H

#include "rpc/daemon.h"

/** Makes an object that answers for `daemon`; NULL with the error. */
struct pyro_object *pyro_daemon_object_new(struct pyro_daemon *daemon, struct pyro_error *err);

#endif
