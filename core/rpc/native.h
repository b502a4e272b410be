/** @file
 * Objects whose methods are functions of C, which answer at once or later: single calls, and
 * batches of them. */
#ifndef PYRO_RPC_NATIVE_H
#define PYRO_RPC_NATIVE_H

#include "rpc/request.h"

struct pyro_deferred;

struct pyro_deferred_ops {
    /** Returns whether somebody still waits for the answer. */
    bool (*wanted)(const struct pyro_deferred *deferred);
    /** Gives the answer, or the error, and frees what was deferred. `*why`: what the caller got in
     * place of the answer, PYRO_OK where that went well, or nobody waits. */
    void (*answer)(struct pyro_deferred *deferred, struct pyro_error *why);
};

/** An answer that is put off. */
struct pyro_deferred {
    const struct pyro_deferred_ops *ops;
    struct pyro_tree answer; /**< one value is put into its sink */
    struct pyro_error err;   /**< or this is set */
};

void pyro_deferred_init(struct pyro_deferred *deferred, const struct pyro_deferred_ops *ops);

/** Where whoever serves a call keeps how to put its answer off. */
struct pyro_native_slot {
    struct pyro_deferred *(*defer)(struct pyro_native_slot *slot); /**< NULL: out of memory */
    bool deferred; /**< that was done: what `run` returns is no answer */
};

/** One call of a method. */
struct pyro_native_call {
    struct pyro_object *self;
    struct pyro_request *request; /**< that it came with, or NULL */
    enum pyro_request_kind kind;  /**< of the call: no batch, but its entries */
    struct pyro_slice method;
    const struct pyro_value *args;   /**< list or tuple */
    const struct pyro_value *kwargs; /**< dict or nil */
    struct pyro_sink *to;            /**< where the result goes: one value */
    double *budget; /**< seconds of computing that the request may still take for what costs more
                         than it is long; a call takes from it what it took */
    struct pyro_error *err;
    struct pyro_native_slot *slot;
};

/** Puts off the answer of the call that runs: the deferred one is answered once, later or right
 * now, and `run` returns PYRO_OK and sends nothing. Once in a call; NULL: out of memory. */
struct pyro_deferred *pyro_native_defer(const struct pyro_native_call *call);

/** Answers a call, or says with PYRO_EATTRIBUTE that there is no such method; where there is, it
 * says pyro_request_found(). What it has sent before an error counts for nothing. */
typedef enum pyro_code pyro_native_fn(const struct pyro_native_call *call);

/** Takes a request and answers it by `run`: called once, or for each call of a batch, until one
 * fails. Long batches give others a turn in between; they end when the object is unregistered. */
void pyro_native_serve(struct pyro_object *self, struct pyro_request *request, pyro_native_fn *run);

/** Ends the batches that a daemon has not served yet, without an answer. */
void pyro_native_drop_all(struct pyro_list *batches);

#endif
