#include "net/tls_session.h"

#include "net/tls_ticket.h"

/* Makes room: the server that was met first is forgotten. */
static void drop_first(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice server;
    void *session;
    if (pyro_map_next(&sessions->by_server, &cursor, &server, &session))
        pyro_tls_session_drop(sessions, api, server.data);
}

/* Keeps a session, which is taken. */
static void put(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api,
                const char *server, SSL_SESSION *session)
{
    void *old = NULL;
    if (pyro_map_count(&sessions->by_server) >= PYRO_TLS_SESSIONS &&
        !pyro_tls_session_get(sessions, server))
        drop_first(sessions, api);
    if (pyro_map_set(&sessions->by_server, pyro_slice_text(server), session, &old))
        session = old; /* what is not kept is freed */
    api->SSL_SESSION_free(session);
}

void pyro_tls_session_keep(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api,
                           const char *server, SSL *ssl)
{
    SSL_SESSION *session = api->SSL_get1_session(ssl);
    if (session && api->SSL_SESSION_is_resumable(session) &&
        pyro_tls_ticket_note(api, ssl, session))
        put(sessions, api, server, session);
    else
        api->SSL_SESSION_free(session);
}

SSL_SESSION *pyro_tls_session_get(const struct pyro_tls_sessions *sessions, const char *server)
{
    return pyro_map_get(&sessions->by_server, pyro_slice_text(server));
}

void pyro_tls_session_drop(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api,
                           const char *server)
{
    SSL_SESSION *session = pyro_map_get(&sessions->by_server, pyro_slice_text(server));
    pyro_map_remove(&sessions->by_server, pyro_slice_text(server));
    api->SSL_SESSION_free(session);
}

void pyro_tls_sessions_free(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api)
{
    while (pyro_map_count(&sessions->by_server) > 0)
        drop_first(sessions, api);
    pyro_map_free(&sessions->by_server);
}
