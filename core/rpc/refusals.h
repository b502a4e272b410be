/** @file
 * What a daemon logs of connections that it refuses or cuts off: strangers can cause that as often
 * as they like, so most of it is only counted. Private to rpc/. */
#ifndef PYRO_RPC_REFUSALS_H
#define PYRO_RPC_REFUSALS_H

#include <stdarg.h>

#include "base/log.h"

/** Reasons: their name, what is said of those that were counted, and how many are logged in a
 * period. */
#define PYRO_REFUSALS(X)                                                                           \
    X(FULL, "connections refused, as MAX_CONNECTIONS were open", 1)                                \
    X(SCARCE, "connections refused, for lack of descriptors or memory", 1)                         \
    X(HANDSHAKE, "handshakes failed", 20)                                                          \
    X(CALL, "calls refused, as they are not allowed", 20)                                          \
    X(MESSAGE, "connections closed, as what came was no message", 20)                              \
    X(SILENCE, "connections closed, as clients were silent for too long", 5)

enum pyro_refusal {
#define X(name, what, most) PYRO_REFUSED_##name,
    PYRO_REFUSALS(X)
#undef X
        PYRO_REFUSAL_COUNT
};

struct pyro_refusals {
    struct pyro_log *log;
    struct pyro_log_limit limits[PYRO_REFUSAL_COUNT];
};

/** `log` is borrowed. */
void pyro_refusals_init(struct pyro_refusals *refusals, struct pyro_log *log);

/** Logs one more, or counts it. */
void pyro_refusals_log(struct pyro_refusals *refusals, enum pyro_refusal kind, const char *format,
                       va_list args);

/** Logs how many were counted in periods that are over. */
void pyro_refusals_turn(struct pyro_refusals *refusals);

/** Logs how many were counted and not told. */
void pyro_refusals_end(struct pyro_refusals *refusals);

/** Returns whether something was counted and not told. */
bool pyro_refusals_untold(const struct pyro_refusals *refusals);

#endif
