/** @file
 * Counts the calls of requests: by their methods, with how long they took. Who serves batches ends
 * their entries; all else is private to rpc/ (see pyro_request_found() of rpc/request.h). */
#ifndef PYRO_RPC_COUNTING_H
#define PYRO_RPC_COUNTING_H

#include "base/slice.h"

struct pyro_object;
struct pyro_request;

/** Begins the call of a request for that object, if its method was found before. */
void pyro_count_known(struct pyro_request *request, struct pyro_object *object);

/** Begins the call of a method that was found. */
void pyro_count_found(struct pyro_request *request, struct pyro_slice method);

/** Ends the call: of a request, or of an entry of a batch. */
void pyro_count_ended(struct pyro_request *request);

#endif
