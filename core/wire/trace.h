/** @file
 * Distributed traces: a W3C traceparent, which says of which trace a call is part, travels as an
 * annotation. A malformed one counts for nothing. */
#ifndef PYRO_WIRE_TRACE_H
#define PYRO_WIRE_TRACE_H

#include "wire/annotation.h"

/** Bytes of a traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01". */
#define PYRO_TRACEPARENT_SIZE 55

/** Returns whether that is a traceparent: version, trace-id, parent-id and flags, in lower case. */
bool pyro_traceparent_is(struct pyro_slice text);

/** Returns the traceparent of a message, a view of it; empty where it has none. */
struct pyro_slice pyro_message_traceparent(const struct pyro_message *message);

#endif
