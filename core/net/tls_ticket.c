/* A ticket says until when the certificates are valid by which its client was verified. What a
 * client gets in exchange for a ticket says the same, so that it cannot go on for ever. */
#include "net/tls_ticket.h"

#include "base/clock.h"

/* The contents of a ticket: a date, by pyro_date_seconds(). */
typedef double expiry;

/* Returns until when a certificate is valid. */
static expiry expiry_of(const struct pyro_openssl *api, const X509 *certificate)
{
    int days = 0, seconds = 0;
    if (api->ASN1_TIME_diff(&days, &seconds, NULL, api->X509_get0_notAfter(certificate)) != 1)
        return 0;
    return pyro_date_seconds() + 24.0 * 60 * 60 * days + seconds;
}

bool pyro_tls_ticket_note(const struct pyro_openssl *api, SSL *ssl, SSL_SESSION *session)
{
    const OPENSSL_STACK *chain = (const OPENSSL_STACK *)api->SSL_get0_verified_chain(ssl);
    int count = chain ? api->OPENSSL_sk_num(chain) : 0;
    expiry first = 0;
    for (int i = 0; i < count; i++) {
        expiry one = expiry_of(api, api->OPENSSL_sk_value(chain, i));
        if (i == 0 || one < first)
            first = one;
    }
    return count == 0 || api->SSL_SESSION_set1_ticket_appdata(session, &first, sizeof(first));
}

/* Writes a ticket. Of a session that goes on, it says already what it has to. */
static int ticket_on_made(SSL *ssl, void *owner)
{
    const struct pyro_openssl *api = owner;
    return pyro_tls_ticket_note(api, ssl, api->SSL_get_session(ssl));
}

bool pyro_tls_ticket_expired(const struct pyro_openssl *api, SSL_SESSION *session)
{
    void *data = NULL;
    size_t size = 0;
    expiry until;
    if (api->SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1 || size != sizeof(until))
        return false; /* nobody was verified */
    memcpy(&until, data, sizeof(until));
    return until < pyro_date_seconds();
}

/* Decides about a ticket: one that is not taken leads to a whole handshake, and a new ticket. */
static SSL_TICKET_RETURN ticket_on_read(SSL *ssl, SSL_SESSION *session, const unsigned char *key,
                                        size_t key_size, SSL_TICKET_STATUS status, void *owner)
{
    (void)ssl;
    (void)key;
    (void)key_size;
    bool good = status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW;
    if (!good || pyro_tls_ticket_expired(owner, session))
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

bool pyro_tls_tickets_expire(const struct pyro_openssl *api, SSL_CTX *ssl)
{
    return api->SSL_CTX_set_session_ticket_cb(ssl, ticket_on_made, ticket_on_read, (void *)api) ==
           1;
}
