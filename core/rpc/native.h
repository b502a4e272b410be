/** @file
 * Objects whose methods are functions of C that answer at once: single calls, and batches of them.
 */
#ifndef PYRO_RPC_NATIVE_H
#define PYRO_RPC_NATIVE_H

#include "rpc/daemon.h"

/** One call of a method. */
struct pyro_native_call {
    struct pyro_object *self;
    const struct pyro_request *request; /**< that it came with */
    struct pyro_slice method;
    const struct pyro_value *args;   /**< list or tuple */
    const struct pyro_value *kwargs; /**< dict or nil */
    struct pyro_sink *to;            /**< where the result goes: one value */
    double *budget; /**< seconds of computing that the request may still take for what costs more
                         than it is long; a call takes from it what it took */
    struct pyro_error *err;
};

/** Answers a call, or says with PYRO_EATTRIBUTE that there is no such method. What it has sent
 * before an error counts for nothing. */
typedef enum pyro_code pyro_native_fn(const struct pyro_native_call *call);

/** Takes a request and answers it by `run`: called once, or for each call of a batch, until one
 * fails. Long batches give others a turn in between; they end when the object is unregistered. */
void pyro_native_serve(struct pyro_object *self, struct pyro_request *request, pyro_native_fn *run);

/** Ends the batches that a daemon has not served yet; nobody hears of them. */
void pyro_native_drop_all(struct pyro_list *batches);

#endif
