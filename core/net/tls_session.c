#include "net/tls_session.h"

/* Makes room: the server that was met first is forgotten. */
static void drop_first(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice server;
    void *session;
    if (pyro_map_next(&sessions->by_server, &cursor, &server, &session))
        pyro_tls_session_drop(sessions, api, server.data);
}

void pyro_tls_session_put(struct pyro_tls_sessions *sessions, const struct pyro_openssl *api,
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
