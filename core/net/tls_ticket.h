/** @file
 * Tickets: what a server gives clients to go on with their sessions, without another look at
 * certificates, which both sides let expire. Private to net/. */
#ifndef PYRO_NET_TLS_TICKET_H
#define PYRO_NET_TLS_TICKET_H

#include "net/openssl.h"

/** Lets the sessions of a server's clients end when a certificate expires by which the client was
 * verified: its own, or one of its authorities. Returns false where there is no memory. */
bool pyro_tls_tickets_expire(const struct pyro_openssl *api, SSL_CTX *ssl);

/** Notes in a client's session until when the certificates are valid by which the server was
 * verified. Where a session goes on, that is noted already. Returns false where there is no memory.
 */
bool pyro_tls_ticket_note(const struct pyro_openssl *api, SSL *ssl, SSL_SESSION *session);

/** Returns whether a session was noted to end before now. */
bool pyro_tls_ticket_expired(const struct pyro_openssl *api, SSL_SESSION *session);

#endif
