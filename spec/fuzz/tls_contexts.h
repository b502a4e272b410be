/** @file
 * Certificates and contexts for both ends of a TLS connection that is fuzzed, made once. */
#ifndef SPEC_FUZZ_TLS_CONTEXTS_H
#define SPEC_FUZZ_TLS_CONTEXTS_H

#include "conversation.h"

#include <openssl/ssl.h>

#include "net/tls.h"

enum mode {
    CLIENT = 1,   /* ours is the client */
    MUTUAL = 2,   /* the server wants a certificate */
    OLD = 4,      /* TLS 1.2 */
    KINDS = 8,    /* so many kinds of connections these make */
    LITTLE = 8,   /* our owner reads into little room */
    SPARING = 16, /* our owner pauses after each time it was given something */
    FRESH = 224,  /* all of these bits: no session goes on, of a server of ours */
};

/* --- certificates --- */

static char folder[64];

static inline const char *path(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *to = paths[next++ % 8];
    snprintf(to, 128, "%s/%s", folder, name);
    return to;
}

static inline void remove_certificates(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -r %s", folder);
    demand(system(command) == 0);
}

static inline void make_certificates(void)
{
    char command[128];
    snprintf(folder, sizeof(folder), "%s/pyrolua-fuzz-tls-%d", P_tmpdir, (int)getpid());
    snprintf(command, sizeof(command), "scripts/certs %s >/dev/null", folder);
    demand(system(command) == 0);
    atexit(remove_certificates);
}

/* --- contexts --- */

/* Sessions that servers of ours gave, for each of their kinds: the other end goes on with them. */
static SSL_SESSION *sessions[KINDS];

static inline int peer_on_session(SSL *ssl, SSL_SESSION *session)
{
    SSL_SESSION **kept = SSL_get_app_data(ssl);
    SSL_SESSION_free(*kept);
    *kept = session;
    return 1;
}

static inline void forget_peers(void)
{
    for (size_t i = 0; i < PYRO_COUNT(sessions); i++)
        SSL_SESSION_free(sessions[i]);
}

static inline SSL_CTX *new_peers(const char *certificate, const char *key, bool server)
{
    static const unsigned char id[] = "fuzz";
    SSL_CTX *made = SSL_CTX_new(TLS_method());
    demand(made && SSL_CTX_load_verify_file(made, path("ca.pem")) == 1);
    demand(SSL_CTX_use_certificate_chain_file(made, path(certificate)) == 1);
    demand(SSL_CTX_use_PrivateKey_file(made, path(key), SSL_FILETYPE_PEM) == 1);
    demand(SSL_CTX_set_session_id_context(made, id, sizeof(id)) == 1);
    SSL_CTX_set_session_cache_mode(
        made, server ? SSL_SESS_CACHE_OFF : SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(made, peer_on_session);
    return made;
}

static inline SSL_CTX *peers(bool server)
{
    static SSL_CTX *clients, *servers;
    if (!clients) {
        clients = new_peers("client.pem", "client.key", false);
        servers = new_peers("server.pem", "server.key", true);
        atexit(forget_peers);
    }
    return server ? servers : clients;
}

static inline struct pyro_tls_context *our_context(struct pyro_runtime *runtime, unsigned mode)
{
    static struct pyro_tls_contexts *contexts;
    static struct pyro_tls_context *made[4];
    struct pyro_tls_context **context = &made[mode & (CLIENT | MUTUAL)];
    bool client = mode & CLIENT, shown = !client || mode & MUTUAL;
    if (!contexts)
        demand((contexts = pyro_tls_contexts_new(&runtime->log, NULL)) != NULL);
    const struct pyro_tls_settings settings = {
        .server = !client,
        .require = !client && mode & MUTUAL,
        .certificate = !shown ? NULL : path(client ? "client.pem" : "server.pem"),
        .key = !shown ? NULL : path(client ? "client.key" : "server.key"),
        .authorities = path("ca.pem"),
    };
    if (!*context)
        demand((*context = pyro_tls_context_get(contexts, &settings, NULL)) != NULL);
    return *context;
}

#endif
