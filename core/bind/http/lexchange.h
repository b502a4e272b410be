/** @file
 * A request over HTTP and its answer, which a task makes. */
#ifndef PYRO_BIND_HTTP_LEXCHANGE_H
#define PYRO_BIND_HTTP_LEXCHANGE_H

#include "bind/task/ltask.h"
#include "http/request.h"

/** The arguments of the task's function, of which the last one is the handler. */
#define LEXCHANGE_ARGUMENTS 2

/** Takes a task that answers the request, which is taken, too. The handler is to be pushed onto its
 * thread. NULL when out of memory: the client is told. */
LOOP_STEPS struct ltask *lexchange_take(struct lruntime *runtime,
                                        struct pyro_http_request *request);

#endif
