/** @file
 * Whether a client's connections are encrypted. Private to rpc/. */
#ifndef PYRO_RPC_CLIENT_ENCRYPTION_H
#define PYRO_RPC_CLIENT_ENCRYPTION_H

#include "rpc/client_state.h"

/** Decides whether the next connection is to be encrypted, and keeps the context for that. Unix
 * sockets are not. PYRO_ECOMMUNICATION where what is wanted cannot be. */
enum pyro_code pyro_client_choose_encryption(struct pyro_client *client, struct pyro_error *err);

/** Checks where a name leads to: PYRO_ECOMMUNICATION for a Unix socket, though TLS is wanted. Who
 * answers for names must not talk a client out of that. */
enum pyro_code pyro_client_check_found(const struct pyro_client *client,
                                       const struct pyro_uri *found, struct pyro_error *err);

/** Gives that context back, if there is one. */
void pyro_client_forget_encryption(struct pyro_client *client);

#endif
