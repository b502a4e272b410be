/** @file
 * What a daemon logs of connections that it refuses or cuts off: strangers can cause that as often
 * as they like, so most of it is only counted. Private to rpc/. */
#ifndef PYRO_RPC_REFUSALS_H
#define PYRO_RPC_REFUSALS_H

#include <stdarg.h>

#include "base/log.h"

/** Reasons: their name, and what is said of those that were counted. */
#define PYRO_REFUSALS(X)                                                                           \
    X(FULL, "connections refused, as MAX_CONNECTIONS were open")                                   \
    X(SCARCE, "connections refused, for lack of descriptors or memory")                            \
    X(HANDSHAKE, "handshakes failed")                                                              \
    X(CALL, "calls refused, as they are not allowed")                                              \
    X(MESSAGE, "connections closed, as what came was no message")                                  \
    X(SILENCE, "connections closed, as clients were silent for too long")

enum pyro_refusal {
#define X(name, kind) PYRO_REFUSED_##name,
    PYRO_REFUSALS(X)
#undef X
        PYRO_REFUSAL_COUNT
};

/** Logs one more, or counts it. */
void pyro_refusal_log(struct pyro_log *log, enum pyro_refusal reason,
                      const struct pyro_log_fields *fields, const char *format, va_list args);

#endif
