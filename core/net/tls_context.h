/** @file
 * Contexts of TLS: certificates and keys, and whom to trust. They come from files, which are read
 * again when they change. */
#ifndef PYRO_NET_TLS_CONTEXT_H
#define PYRO_NET_TLS_CONTEXT_H

#include "base/log.h"

/** Settings of a context; see docs/settings.md. Strings that are empty or NULL are not set. */
struct pyro_tls_settings {
    bool server;             /**< the SSL_SERVER… settings, else the SSL_CLIENT… ones */
    bool require;            /**< SSL_REQUIRECLIENTCERT; of a server */
    const char *certificate; /**< SSL_SERVERCERT or SSL_CLIENTCERT: a file, or none */
    const char *key;         /**< SSL_SERVERKEY or SSL_CLIENTKEY; none: in the certificate's file */
    const char *password;    /**< SSL_SERVERKEYPASSWD or SSL_CLIENTKEYPASSWD */
    const char *authorities; /**< SSL_CACERTS: a file or folder. A client trusts them besides the
                                  system's, a server trusts only them */
};

/** All contexts of a runtime. */
struct pyro_tls_contexts;

/** Loads OpenSSL. NULL with the error (PYRO_EOS where it is not installed). Borrows the log
 * for as long as they live. */
struct pyro_tls_contexts *pyro_tls_contexts_new(struct pyro_log *log, struct pyro_error *err);

/** Frees them; the loop's streams are gone before. Accepts NULL. */
void pyro_tls_contexts_free(struct pyro_tls_contexts *contexts);

struct pyro_tls_context;

/** Returns the context of these settings, which are copied: one that there is, or a new one, for
 * which the files are read. The caller releases it. NULL with the error: PYRO_EOS for a file that
 * cannot be read, PYRO_EVALUE for what is wrong with one, in one line. */
struct pyro_tls_context *pyro_tls_context_get(struct pyro_tls_contexts *contexts,
                                              const struct pyro_tls_settings *settings,
                                              struct pyro_error *err);

/** Gives a context back; streams that use it keep it. Accepts NULL. */
void pyro_tls_context_release(struct pyro_tls_context *context);

#endif
