/** @file
 * What went wrong in a handshake, in one line that says what to do. Private to net/. */
#ifndef PYRO_NET_TLS_ERROR_H
#define PYRO_NET_TLS_ERROR_H

#include "base/slice.h"
#include "net/openssl.h"
#include "net/tls_context.h"

/** Returns OpenSSL's words for its first error, which others follow from. */
const char *pyro_tls_reason(const struct pyro_openssl *api);

/** Returns whether OpenSSL's error is that the other side refused to go on. */
bool pyro_tls_was_refused(const struct pyro_openssl *api);

#define PYRO_TLS_FIRST_SIZE 4

/** Returns whether the first bytes that came in are none of TLS. */
bool pyro_tls_is_plain(struct pyro_slice first);

/** A handshake that failed. */
struct pyro_tls_failure {
    const struct pyro_openssl *api;
    const SSL *ssl;
    X509 *refused; /**< the other side's, which was not accepted; NULL: that is not it */
    const struct pyro_tls_settings *settings; /**< our own */
    const char *host;                         /**< that a client wanted */
    struct pyro_slice first;                  /**< the first bytes that came in */
    bool excessive;                           /**< a message was announced to be too long */
};

/** Writes why, of OpenSSL's error and what came in. */
void pyro_tls_explain(const struct pyro_tls_failure *failure, char *out, size_t size);

#endif
