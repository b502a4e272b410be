/** @file
 * What stands between a stream and its owner. Private to net/. */
#ifndef PYRO_NET_TLS_PRIVATE_H
#define PYRO_NET_TLS_PRIVATE_H

#include "net/openssl.h"
#include "net/stream_private.h"
#include "net/tls_context_private.h"
#include "net/tls_error.h"
#include "net/tls_record.h"

/** TLS between a stream and its owner. */
struct pyro_tls {
    struct pyro_layer layer;
    struct pyro_stream *stream;
    struct pyro_tls_context *context; /**< retained */
    const struct pyro_openssl *api;
    SSL *ssl;
    struct pyro_list warm; /**< in the contexts' list while OpenSSL keeps buffers for it */
    const struct pyro_stream_ops *ops; /**< those of the real owner */
    void *owner;
    const char *input;                   /**< cipher text that OpenSSL reads next */
    size_t input_size;                   /**< of that */
    struct pyro_tls_record record;       /**< the one that comes in */
    struct pyro_tls_handshake handshake; /**< as far as OpenSSL has read it */
    struct pyro_buffer waiting; /**< cipher text that came in while the owner did not read */
    size_t taken;               /**< of that, by OpenSSL */
    struct pyro_buffer plain;   /**< output that is being sealed */
    size_t sealed;              /**< of that */
    unsigned reads;             /**< of OpenSSL, from its input, within SSL_read_ex() */
    unsigned empty; /**< reads of the input that came in last, of which came no plain text */
    bool server;
    bool established;                /**< the handshake is over */
    bool begun;                      /**< a client's socket is connected */
    bool rejected;                   /**< it failed */
    bool excessive;                  /**< a message of it is longer than it may be */
    bool failed;                     /**< OpenSSL is not to be called again */
    bool heard;                      /**< plain text came in */
    bool told;                       /**< the owner knows that it is connected */
    bool fresh;                      /**< the owner does not know that it got input */
    bool notified;                   /**< close_notify was sent */
    char first[PYRO_TLS_FIRST_SIZE]; /**< bytes that came in */
    size_t first_size;
    X509 *refused;         /**< the other side's, which was not accepted */
    char server_name[280]; /**< "localhost:4711", of a client: the key of its session */
    char host[256];        /**< that a client wants; "" at a server */
    uint16_t port;
};

/** Empties OpenSSL's queue of errors, where that is needed: it is not cheap. */
static inline void pyro_tls_clear_errors(const struct pyro_tls *tls)
{
    if (tls->api->ERR_peek_error() != 0)
        tls->api->ERR_clear_error();
}

#endif
