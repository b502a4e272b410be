/** @file
 * The state in which a URI travels, as a class of Pyro's: a tuple. */
#ifndef PYRO_RPC_URI_STATE_H
#define PYRO_RPC_URI_STATE_H

#include "base/uri.h"
#include "value/tree.h"
#include "wire/protocol.h"

/** Sends a URI as the class that Pyro knows. */
enum pyro_code pyro_put_uri(struct pyro_sink *to, const struct pyro_protocol *protocol,
                            const struct pyro_uri *uri);

/** Reads the state of a URI: protocol, object, socket name, host, port. PYRO_ETYPE "malformed URI"
 * where it is none, PYRO_EVALUE where a part has a zero byte; what it says is checked as the string
 * of a URI is. On success the caller frees `uri`. */
enum pyro_code pyro_uri_state_read(const struct pyro_value *state, struct pyro_uri *uri,
                                   struct pyro_error *err);

#endif
