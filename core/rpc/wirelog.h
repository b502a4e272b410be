/** @file
 * LOGWIRE: the messages that pass, in the log at level DEBUG. */
#ifndef PYRO_RPC_WIRELOG_H
#define PYRO_RPC_WIRELOG_H

#include "rpc/runtime.h"
#include "wire/message.h"

/** Logs a message that came from `peer` (an address, for people), where LOGWIRE is on. `area` is
 * "daemon" or "proxy". */
void pyro_wirelog_received(struct pyro_runtime *runtime, const char *area, const char *peer,
                           const struct pyro_message *message);

/** Likewise a message that was written, and is about to leave. */
void pyro_wirelog_sending(struct pyro_runtime *runtime, const char *area, const char *peer,
                          const struct pyro_draft *draft);

#endif
