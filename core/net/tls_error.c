#include "net/tls_error.h"

#include <stdio.h>

#include "base/escape.h"
#include "net/certificate_read.h"

#define NAMES_SIZE 120

const char *pyro_tls_reason(const struct pyro_openssl *api)
{
    const char *words = api->ERR_reason_error_string(api->ERR_peek_error()); /* the root */
    return words ? words : "unknown reason";
}

static int last_reason(const struct pyro_openssl *api)
{
    unsigned long code = api->ERR_peek_error();
    return ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
}

bool pyro_tls_was_refused(const struct pyro_openssl *api)
{
    return last_reason(api) > SSL_AD_REASON_OFFSET;
}

/* --- certificates that are not accepted here --- */

/* Names the hosts that a certificate is for: its alternative names, or whom it is made out to. */
static void name_hosts(const struct pyro_certificate *certificate, char *out, size_t size)
{
    size_t count, length = 0;
    const struct pyro_certificate_part *parts = pyro_certificate_parts(certificate, &count);
    *out = '\0';
    for (size_t i = 0; i < count && length < size; i++) {
        bool name = parts[i].list == PYRO_CERTIFICATE_ALTERNATIVES;
        if (name)
            length += (size_t)snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "",
                                       pyro_certificate_text(certificate, parts[i].value));
    }
    if (length == 0)
        snprintf(out, size, "%s", pyro_certificate_text(certificate, certificate->subject));
}

/* Parts of messages about the other side's certificate. */
struct shown {
    char hosts[NAMES_SIZE], subject[NAMES_SIZE], not_before[PYRO_TLS_DATE_SIZE],
        not_after[PYRO_TLS_DATE_SIZE];
};

static void show(const struct pyro_tls_failure *failure, struct shown *shown)
{
    const struct pyro_openssl *api = failure->api;
    struct pyro_certificate *certificate =
        failure->refused ? pyro_certificate_read(api, failure->refused) : NULL;
    *shown = (struct shown){.hosts = ""};
    if (!certificate)
        return;
    name_hosts(certificate, shown->hosts, sizeof(shown->hosts));
    snprintf(shown->subject, sizeof(shown->subject), "%s",
             pyro_certificate_text(certificate, certificate->subject));
    snprintf(shown->not_before, sizeof(shown->not_before), "%s",
             pyro_certificate_text(certificate, certificate->not_before));
    snprintf(shown->not_after, sizeof(shown->not_after), "%s",
             pyro_certificate_text(certificate, certificate->not_after));
    pyro_certificate_free(certificate);
}

static void explain_verification(const struct pyro_tls_failure *failure, char *out, size_t size)
{
    long result = failure->api->SSL_get_verify_result(failure->ssl);
    const char *who = failure->settings->server ? "client" : "server";
    struct shown shown;
    show(failure, &shown);
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        snprintf(out, size, "the certificate of the %s (%s) expired on %s: it has to be renewed",
                 who, shown.subject, shown.not_after);
        break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        snprintf(out, size,
                 "the certificate of the %s (%s) is not valid before %s: look at the clock", who,
                 shown.subject, shown.not_before);
        break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        snprintf(out, size,
                 "the certificate of the server is for %s, not for '%s': connect by such "
                 "a name, or make a certificate that has this one",
                 shown.hosts, failure->host);
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: /* another authority of the same name */
        snprintf(out, size,
                 "the certificate of the %s (%s) is of an authority that is not trusted "
                 "here: put the authority's certificate into SSL_CACERTS",
                 who, shown.subject);
        break;
    default:
        snprintf(out, size, "the certificate of the %s (%s) is refused: %s", who, shown.subject,
                 failure->api->X509_verify_cert_error_string(result));
    }
}

/* --- refusals of the other side --- */

static void explain_server(const struct pyro_tls_failure *failure, int reason, char *out,
                           size_t size)
{
    const char *own = failure->settings->certificate;
    char shown[100];
    pyro_escape(shown, sizeof(shown), pyro_slice_text(own ? own : ""));
    if (reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED)
        snprintf(out, size,
                 "the server wants a certificate of its clients (%s): set SSL_CLIENTCERT",
                 pyro_tls_reason(failure->api));
    else if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && !own)
        snprintf(out, size,
                 "the server refused the TLS handshake (%s); perhaps it wants a certificate of its "
                 "clients: set SSL_CLIENTCERT",
                 pyro_tls_reason(failure->api));
    else if (reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA && own)
        snprintf(out, size,
                 "the server does not trust the authority of our certificate (%s): it "
                 "needs that one's certificate in its SSL_CACERTS",
                 shown);
    else if (own)
        snprintf(out, size, "the server refused our certificate (%s), or the handshake: %s", shown,
                 pyro_tls_reason(failure->api));
    else
        snprintf(out, size, "the server refused the TLS handshake: %s",
                 pyro_tls_reason(failure->api));
}

static void explain_client(const struct pyro_tls_failure *failure, int reason, char *out,
                           size_t size)
{
    if (reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA)
        snprintf(out, size,
                 "the client does not trust the authority of our certificate: it needs "
                 "that one's certificate in its SSL_CACERTS");
    else if (reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE)
        snprintf(out, size, "the client refused our certificate (%s): it may be for another host",
                 pyro_tls_reason(failure->api));
    else
        snprintf(out, size, "the client refused our certificate, or the handshake: %s",
                 pyro_tls_reason(failure->api));
}

/* --- */

static bool begins(struct pyro_slice first, const char *bytes)
{
    return first.length >= strlen(bytes) && memcmp(first.data, bytes, strlen(bytes)) == 0;
}

bool pyro_tls_is_plain(struct pyro_slice first)
{
    return first.length > 0 && first.data[0] != SSL3_RT_HANDSHAKE && first.data[0] != SSL3_RT_ALERT;
}

/* Explains that the other side's first bytes are no TLS. Returns false if they are. */
static bool explain_plain(const struct pyro_tls_failure *failure, char *out, size_t size)
{
    const char *who = failure->settings->server ? "client" : "server";
    if (!pyro_tls_is_plain(failure->first))
        return false;
    if (begins(failure->first, "PYRO"))
        snprintf(out, size, "the %s does not speak TLS, as SSL asks for: set SSL there, too", who);
    else
        snprintf(out, size, "the %s does not speak TLS: what it sent is something else", who);
    return true;
}

void pyro_tls_explain(const struct pyro_tls_failure *failure, char *out, size_t size)
{
    int reason = last_reason(failure->api);
    if (failure->refused || reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        explain_verification(failure, out, size);
    else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
        snprintf(out, size, "the client sent no certificate, which SSL_REQUIRECLIENTCERT asks for");
    else if (failure->excessive)
        snprintf(out, size, "the TLS handshake failed: the %s announced a message of over 32 KiB",
                 failure->settings->server ? "client" : "server");
    else if (explain_plain(failure, out, size))
        return;
    else if (reason > SSL_AD_REASON_OFFSET && failure->settings->server)
        explain_client(failure, reason, out, size);
    else if (reason > SSL_AD_REASON_OFFSET)
        explain_server(failure, reason, out, size);
    else
        snprintf(out, size, "the TLS handshake failed: %s", pyro_tls_reason(failure->api));
}
