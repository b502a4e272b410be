/** @file
 * What a client's messages are written with, and how they leave. Private to rpc/. */
#ifndef PYRO_RPC_CLIENT_OUTPUT_H
#define PYRO_RPC_CLIENT_OUTPUT_H

#include "rpc/client_state.h"

/** Returns the codec of the client's messages; NULL before the first connection. */
const struct pyro_codec *pyro_client_codec(const struct pyro_client *client);

/** Begins a message in the client's draft, which is ended or aborted before the loop is stepped. */
enum pyro_code pyro_client_begin_message(struct pyro_client *client,
                                         const struct pyro_header *header,
                                         const struct pyro_annotation *annotations, size_t count,
                                         struct pyro_error *err);

/** Ends the message in the client's draft: it leaves. With an error there is nothing to abort. */
enum pyro_code pyro_client_end_message(struct pyro_client *client, size_t limit, bool compress,
                                       struct pyro_error *err);

/** Cuts off the message in the client's draft. */
void pyro_client_abort_message(struct pyro_client *client);

#endif
