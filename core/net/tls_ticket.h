/** @file
 * Tickets: what a server gives clients to go on with their sessions, without another look at their
 * certificates. Private to net/. */
#ifndef PYRO_NET_TLS_TICKET_H
#define PYRO_NET_TLS_TICKET_H

#include "net/openssl.h"

/** Lets the sessions of a server's clients end when a certificate expires by which the client was
 * verified: its own, or one of its authorities. Returns false where there is no memory. */
bool pyro_tls_tickets_expire(const struct pyro_openssl *api, SSL_CTX *ssl);

#endif
