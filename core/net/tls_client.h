/** @file
 * What only clients do in TLS: they know which host the server has to be, and go on with sessions.
 * Private to net/. */
#ifndef PYRO_NET_TLS_CLIENT_H
#define PYRO_NET_TLS_CLIENT_H

#include "net/tls_private.h"

/** Says which host the server has to be, a name or an address, and goes on with its last session.
 * Returns false where there is no memory. */
bool pyro_tls_aim(struct pyro_tls *tls, const char *host, uint16_t port);

/** Forgets the server's session: with it, the handshake failed. */
void pyro_tls_forget_session(struct pyro_tls *tls);

#endif
