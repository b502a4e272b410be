/** @file
 * The HMAC key of a client. */
#ifndef PYRO_RPC_CLIENT_KEY_H
#define PYRO_RPC_CLIENT_KEY_H

#include "wire/hmac.h"

struct pyro_client;

/** Gives the client an HMAC key of its own, which it retains: all messages have to be signed, in
 * both directions, and it speaks protocol 48. NULL: HMAC_KEY counts; an empty one: messages are not
 * signed. */
void pyro_client_set_key(struct pyro_client *client, struct pyro_hmac_key *key);

/** Returns the client's own key, or NULL. */
struct pyro_hmac_key *pyro_client_key(const struct pyro_client *client);

/** Checks that a message that is signed, or should be, is so as it should be. Says at the
 * handshake, as Pyro does, where the client wanted to connect, and notes that it was rejected.
 * Private to rpc/. */
enum pyro_code pyro_client_verify(struct pyro_client *client, const struct pyro_message *message,
                                  struct pyro_error *err);

#endif
