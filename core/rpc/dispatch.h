/** @file
 * Passing requests on to objects. */
#ifndef PYRO_RPC_DISPATCH_H
#define PYRO_RPC_DISPATCH_H

#include "rpc/connection.h"

/** Serves one invoke message: takes it. Private to rpc/. */
void pyro_dispatch(struct pyro_connection *connection, struct pyro_message *message);

struct pyro_request;

/** Serves a request whose client may call what it calls: takes it. */
void pyro_dispatch_allowed(struct pyro_request *request);

#endif
