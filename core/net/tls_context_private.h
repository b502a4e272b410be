/** @file
 * Contexts of TLS, as tls.c sees them. Private to net/. */
#ifndef PYRO_NET_TLS_CONTEXT_PRIVATE_H
#define PYRO_NET_TLS_CONTEXT_PRIVATE_H

#include "base/list.h"
#include "net/loop.h"
#include "net/openssl.h"
#include "net/tls_context.h"
#include "net/tls_files.h"
#include "net/tls_session.h"

/** How many bytes are read from a socket at once. */
#define PYRO_TLS_READ_SIZE (64 * 1024)

struct pyro_tls_contexts {
    const struct pyro_openssl *api;
    struct pyro_log *log;
    BIO_METHOD *method;   /**< of all streams; NULL until the first */
    char *reading;        /**< where libuv reads to: of one stream at a time, until it is used */
    struct pyro_list all; /**< contexts, those used last at the end */
    size_t count;
    struct pyro_list warm; /**< streams for which OpenSSL keeps buffers, the last used at the end */
    size_t warm_count;
};

struct pyro_tls_context {
    struct pyro_list node;
    struct pyro_tls_contexts *contexts;
    unsigned refcount; /**< of holders and streams; one that has none may be kept for a while */
    struct pyro_tls_files files;
    SSL_CTX *ssl;
    X509 *refused;  /**< what the handshake that is being made has not accepted; owned */
    double checked; /**< when the files were looked at, by pyro_wall_seconds() */
    bool unread;    /**< files that had changed could not be read: they are tried again */
    struct pyro_tls_sessions sessions; /**< of a client */
};

/** Reads the files again if they have changed, but looks at them once a second at most. What is
 * wrong with them then is logged, and the context stays as it was; what cannot be read is tried
 * again. */
void pyro_tls_context_refresh(struct pyro_tls_context *context, struct pyro_loop *loop);

/** Counts a stream as holder. */
void pyro_tls_context_retain(struct pyro_tls_context *context);

#endif
