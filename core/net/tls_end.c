#include "net/tls_end.h"

#include <stdio.h>

#include "base/uri.h"
#include "net/tls_client.h"

static void explain(struct pyro_tls *tls, char *out, size_t size)
{
    const struct pyro_tls_failure failure = {
        .api = tls->api,
        .ssl = tls->ssl,
        .refused = tls->context->refused,
        .settings = &tls->context->files.settings,
        .host = tls->host,
        .excessive = tls->excessive,
        .first = pyro_slice(tls->first, tls->first_size),
    };
    pyro_tls_explain(&failure, out, size);
    tls->api->X509_free(tls->context->refused);
    tls->context->refused = NULL;
}

static void name_place(const struct pyro_tls *tls, char out[PYRO_PLACE_SIZE])
{
    struct pyro_uri uri = {.host = (char *)tls->host, .port = tls->port};
    pyro_uri_place(&uri, out);
}

/* Tells a client that does not speak TLS what is spoken here, which OpenSSL does not do. One that
 * hears nothing may try again in another way. */
static void answer_plain(struct pyro_tls *tls)
{
    static const char alert[] = {SSL3_RT_ALERT,           3, 1, 0, 2, SSL3_AL_FATAL,
                                 TLS1_AD_PROTOCOL_VERSION};
    if (pyro_tls_is_plain(pyro_slice(tls->first, tls->first_size)))
        pyro_buffer_append(&tls->layer.wire, alert, sizeof(alert)); /* or says nothing */
}

/* Ends a client's attempt to connect, or the server's part in one. */
static void give_up(struct pyro_tls *tls, const char *why)
{
    char text[PYRO_ERROR_SIZE + 160], place[PYRO_PLACE_SIZE];
    if (tls->server) {
        answer_plain(tls);
        pyro_stream_end(tls->stream, PYRO_ECOMMUNICATION, why);
        return;
    }
    pyro_tls_forget_session(tls);
    name_place(tls, place);
    snprintf(text, sizeof(text), "cannot connect to %.100s: %s", place, why);
    pyro_stream_end(tls->stream, PYRO_ECOMMUNICATION, text);
}

void pyro_tls_fail(struct pyro_tls *tls)
{
    char why[PYRO_ERROR_SIZE];
    bool refused = pyro_tls_was_refused(tls->api);
    tls->failed = true;
    if (!tls->established || (refused && !tls->heard)) {
        tls->rejected = true;
        tls->stream->loop->counters.insecure++;
        explain(tls, why, sizeof(why));
        give_up(tls, why);
    } else {
        snprintf(why, sizeof(why), "connection lost: TLS: %s", pyro_tls_reason(tls->api));
        pyro_stream_end(tls->stream, PYRO_ECLOSED, why);
    }
    pyro_tls_clear_errors(tls);
}

/* The server went away in the handshake. */
static void explain_end(struct pyro_tls *tls, const struct pyro_error *why, struct pyro_error *out)
{
    char place[PYRO_PLACE_SIZE];
    pyro_tls_forget_session(tls);
    name_place(tls, place);
    pyro_error_set(
        out, PYRO_ECOMMUNICATION,
        "cannot connect to %.100s: %s, in the TLS handshake; perhaps it does not speak "
        "TLS, which SSL asks for: set SSL there, too; or it refused us: its log says why",
        place, why->message);
}

void pyro_tls_on_ended(void *owner, const struct pyro_error *why)
{
    struct pyro_tls *tls = owner;
    struct pyro_error better = *why;
    if (tls->established || tls->rejected || why->code != PYRO_ECLOSED) {
        tls->ops->ended(tls->owner, why);
        return;
    }
    tls->rejected = tls->begun;
    tls->stream->loop->counters.insecure++;
    if (tls->server)
        pyro_error_set(&better, PYRO_ECLOSED, "%s, in the TLS handshake", why->message);
    else
        explain_end(tls, why, &better);
    tls->ops->ended(tls->owner, &better);
}
