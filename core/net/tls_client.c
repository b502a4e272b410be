#include "net/tls_client.h"

#include <stdio.h>

#include "net/address.h"
#include "net/tls_ticket.h"

/* Goes on with the server's last session, if there is one. */
static void offer_session(struct pyro_tls *tls)
{
    SSL_SESSION *session = pyro_tls_session_get(&tls->context->sessions, tls->server_name);
    if (session && pyro_tls_ticket_expired(tls->api, session))
        pyro_tls_forget_session(tls);
    else if (session)
        tls->api->SSL_set_session(tls->ssl, session);
}

bool pyro_tls_aim(struct pyro_tls *tls, const char *host, uint16_t port)
{
    const struct pyro_openssl *api = tls->api;
    struct sockaddr_storage address;
    snprintf(tls->host, sizeof(tls->host), "%s", host);
    snprintf(tls->server_name, sizeof(tls->server_name), "%s:%u", host, (unsigned)port);
    tls->port = port;
    api->SSL_set_connect_state(tls->ssl);
    offer_session(tls);
    if (pyro_address_numeric(host, port, &address)) {
        tls->host[strcspn(tls->host, "%")] = '\0'; /* of a link-local address */
        return api->X509_VERIFY_PARAM_set1_ip_asc(api->SSL_get0_param(tls->ssl), tls->host) == 1;
    }
    api->SSL_set_hostflags(tls->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return api->SSL_set1_host(tls->ssl, host) == 1 &&
           (strlen(host) > TLSEXT_MAXLEN_host_name || /* which cannot be resolved */
            api->SSL_ctrl(tls->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                          (void *)(uintptr_t)host) == 1);
}

void pyro_tls_forget_session(struct pyro_tls *tls)
{
    pyro_tls_session_drop(&tls->context->sessions, tls->api, tls->server_name);
}
