/** @file
 * Lines of the log about calls: those that failed, and slow ones. */
#ifndef PYRO_RPC_REQUEST_LOG_H
#define PYRO_RPC_REQUEST_LOG_H

#include "base/error.h"
#include "base/slice.h"

struct pyro_request;

/** Makes sure that the request has a correlation id. Returns false when the system has no random
 * numbers. */
bool pyro_request_correlate(struct pyro_request *request);

/** A call that failed, or was slow, as the log tells it: an access to an attribute by the name of
 * that. */
struct pyro_failure {
    struct pyro_slice method;
    struct pyro_slice error;     /**< the exception's class, or empty */
    const char *text;            /**< class and message */
    struct pyro_slice traceback; /**< or empty */
    bool slow;                   /**< it did not fail */
};

/** Returns whether the log wants tracebacks. */
bool pyro_request_logs_tracebacks(const struct pyro_request *request);

/** Logs a warning: who called what, and why it failed; not again where a refusal was logged. */
void pyro_request_log(struct pyro_request *request, const struct pyro_failure *failure);

/** Logs a warning that the call of a method took that many seconds. */
void pyro_request_log_slow(struct pyro_request *request, struct pyro_slice method, double seconds);

/** Logs an error of the core as pyro_request_log() does. An unknown name is only information. The
 * end of an item stream is not logged, nor is PYRO_EPERMISSION, which is logged where it is found.
 */
void pyro_request_log_error(struct pyro_request *request, struct pyro_slice method,
                            const struct pyro_error *why);

#endif
