/** @file
 * How OpenSSL reads and writes: what came in, and the output of a stream. Private to net/. */
#ifndef PYRO_NET_TLS_BIO_H
#define PYRO_NET_TLS_BIO_H

#include "net/tls_private.h"

/** Lets `tls->ssl` read from `input`, and write to the layer's `wire`. False: out of memory. */
bool pyro_tls_bio_open(struct pyro_tls *tls);

/** Reads plain text of `input`. False: there is none, as SSL_get_error() tells, or
 * pyro_tls_bio_is_flooded(). */
bool pyro_tls_bio_read(struct pyro_tls *tls, char *at, size_t size, size_t *count);

/** Returns whether there are more records without contents than anyone needs. */
bool pyro_tls_bio_is_flooded(const struct pyro_tls *tls);

#endif
