/** @file
 * Passing requests on to objects. Private to rpc/. */
#ifndef PYRO_RPC_DISPATCH_H
#define PYRO_RPC_DISPATCH_H

#include "rpc/connection.h"

/** Serves one invoke message: takes it. */
void pyro_dispatch(struct pyro_connection *connection, struct pyro_message *message);

#endif
