/** @file
 * The client's half of the handshake, and the metadata that it brings. Private to rpc/. */
#ifndef PYRO_RPC_CLIENT_HANDSHAKE_H
#define PYRO_RPC_CLIENT_HANDSHAKE_H

#include "rpc/client_state.h"

/** Sends a connect message for the client's object; where the client wants that object's metadata,
 * asking for these (protocol 502 always does). */
enum pyro_code pyro_client_send_handshake(struct pyro_client *client, struct pyro_error *err);

/** Reads the daemon's answer, which must be in the client's protocol. Replaces what
 * is known of members by the metadata, where there is some and METADATA is on. PYRO_ECOMMUNICATION
 * "connection to … rejected: …" when the daemon refused. */
enum pyro_code pyro_client_read_handshake(struct pyro_client *client, struct pyro_message *message,
                                          struct pyro_error *err);

/** Sends a call that asks for the object's metadata, where there is no handshake. */
enum pyro_code pyro_client_request_metadata(struct pyro_client *client, struct pyro_error *err);

/** Reads the answer to that. */
enum pyro_code pyro_client_read_metadata(struct pyro_client *client, struct pyro_message *message,
                                         struct pyro_error *err);

#endif
