/** @file
 * OpenSSL's buffers, two of 17 KiB for each connection: those that were used last keep theirs, and
 * no others, for most are idle. Private to net/. */
#ifndef PYRO_NET_TLS_WARM_H
#define PYRO_NET_TLS_WARM_H

#include "net/tls_private.h"

/** Says that OpenSSL is about to use its buffers. */
void pyro_tls_warm_up(struct pyro_tls *tls);

/** Forgets about a connection that ends. */
void pyro_tls_cool_down(struct pyro_tls *tls);

#endif
