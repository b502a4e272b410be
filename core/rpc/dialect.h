/** @file
 * What a client speaks, a protocol and a serializer: where the user leaves them open, the server's
 * refusals tell. Private to rpc/. */
#ifndef PYRO_RPC_DIALECT_H
#define PYRO_RPC_DIALECT_H

#include "rpc/client.h"

struct pyro_dialect {
    const struct pyro_protocol *protocol; /**< what was spoken last, at first NULL */
    enum pyro_serializer serializer;      /**< likewise, at first UNKNOWN */
    bool protocol_open, serializer_open;  /**< whether the other one may still be tried */
};

/** Decides what to begin with: what the terms say, else the config, else what was spoken last. */
void pyro_dialect_begin(struct pyro_dialect *dialect, const struct pyro_terms *terms,
                        const struct pyro_config *config);

/** The server refused with that message, which was read as `why`. Changes the dialect where another
 * may fare better; else false, and `why` says what the user may do, where there is something. */
bool pyro_dialect_refused(struct pyro_dialect *dialect, const struct pyro_message *message,
                          struct pyro_error *why);

/** The server closed the connection without a word: likewise. */
bool pyro_dialect_ignored(struct pyro_dialect *dialect);

#endif
