/** @file
 * Answers that are put off: pyrolua_defer(). */
#ifndef PYRO_EMBED_REPLY_H
#define PYRO_EMBED_REPLY_H

#include "embed/object.h"
#include "embed/writer.h"
#include "rpc/native.h"

/** A method that runs. */
struct method_call {
    const struct pyro_native_call *native;
    struct object *object;
    bool deferred;         /**< the answer was put off: `reply` gives it */
    pyrolua_reply *reply;  /**< NULL: there was none, or it has answered */
    pyrolua_writer result; /**< of the method */
};

/** Leaves the answer to the program: the method that put it off has returned. */
enum pyro_code reply_keep(struct method_call *method);

/** Answers with the error, unless there was an answer: the method that put it off has failed. */
enum pyro_code reply_fail(struct method_call *method, const struct pyro_error *why);

#endif
