/** @file
 * How TLS ends before its time: a handshake that fails, a connection that is lost. Private to net/.
 */
#ifndef PYRO_NET_TLS_END_H
#define PYRO_NET_TLS_END_H

#include "net/tls_private.h"

/** Ends the stream: OpenSSL has failed. Before anything was heard, that is the handshake's failure,
 * else the connection is lost. */
void pyro_tls_fail(struct pyro_tls *tls);

/** Tells the owner that the stream has ended. */
void pyro_tls_on_ended(void *owner, const struct pyro_error *why);

#endif
