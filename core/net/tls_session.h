/** @file
 * Sessions of a client: what a server gave it to go on with, at the next connection. Private to
 * net/. */
#ifndef PYRO_NET_TLS_SESSION_H
#define PYRO_NET_TLS_SESSION_H

#include "base/map.h"
#include "net/openssl.h"

/** The last session of each server; of so many servers. */
#define PYRO_TLS_SESSIONS 64

/** Zero-initialized is empty and valid. */
struct pyro_tls_sessions {
    struct pyro_map by_server; /**< "localhost:4711" -> SSL_SESSION */
};

/** Keeps the session of a connection, if one can go on with it, instead of the server's last one.
 */
void pyro_tls_session_keep(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api,
                           const char *server, SSL *ssl);

/** Returns the last session of a server, or NULL. */
SSL_SESSION *pyro_tls_session_get(const struct pyro_tls_sessions *sessions, const char *server);

/** Forgets the session of a server. */
void pyro_tls_session_drop(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api,
                           const char *server);

void pyro_tls_sessions_free(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api);

#endif
