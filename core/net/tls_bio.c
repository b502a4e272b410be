/* OpenSSL calls these within its own functions, which tls.c calls. */
#include "net/tls_bio.h"

#include <limits.h>

/* OpenSSL reads the header of a record, then the rest. */
#define A_RECORD 2
/* Reads of what came in at a time, of which no plain text comes. Nobody needs so many, and to
 * change keys whenever the other side asks for it takes far longer than to ask. */
#define MOST_EMPTY (64 * A_RECORD)

static struct pyro_tls *tls_of(BIO *bio)
{
    return pyro_openssl()->BIO_get_data(bio);
}

bool pyro_tls_bio_is_flooded(const struct pyro_tls *tls)
{
    return tls->empty + tls->reads > MOST_EMPTY;
}

/* Looks at what OpenSSL reads next of a handshake, as it would trust the length of a message.
 * Records of type HANDSHAKE are encrypted only in TLS 1.2, after a ChangeCipherSpec. */
static bool is_excessive(struct pyro_tls *tls, size_t size)
{
    bool hidden = tls->handshake.changed && tls->api->SSL_version(tls->ssl) != TLS1_3_VERSION;
    if (!tls->established && !tls->excessive && !hidden)
        tls->excessive = !pyro_tls_handshake_follow(&tls->handshake, tls->input, size);
    return tls->excessive;
}

static int bio_on_read(BIO *bio, char *to, int size)
{
    struct pyro_tls *tls = tls_of(bio);
    int count = tls->input_size < (size_t)size ? (int)tls->input_size : size;
    tls->reads++;
    if ((tls->established && pyro_tls_bio_is_flooded(tls)) || is_excessive(tls, (size_t)count))
        count = 0;
    tls->api->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (count <= 0) {
        tls->api->BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
        return -1;
    }
    memcpy(to, tls->input, (size_t)count);
    tls->input += count;
    tls->input_size -= (size_t)count;
    return count;
}

static int bio_on_write(BIO *bio, const char *data, int size)
{
    struct pyro_tls *tls = tls_of(bio);
    tls->api->BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    pyro_loop_spare(tls->stream->loop, &tls->layer.wire);
    return size >= 0 && pyro_buffer_append(&tls->layer.wire, data, (size_t)size) ? size : -1;
}

static long bio_on_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0; /* it leaves at the end of the step */
}

static BIO_METHOD *new_method(const struct pyro_openssl *api)
{
    BIO_METHOD *method = api->BIO_meth_new(BIO_TYPE_SOURCE_SINK, "pyrolua stream");
    if (!method)
        return NULL;
    api->BIO_meth_set_read(method, bio_on_read);
    api->BIO_meth_set_write(method, bio_on_write);
    api->BIO_meth_set_ctrl(method, bio_on_control);
    return method;
}

bool pyro_tls_bio_open(struct pyro_tls *tls)
{
    struct pyro_tls_contexts *contexts = tls->context->contexts;
    if (!contexts->method && !(contexts->method = new_method(tls->api)))
        return false;
    BIO *bio = tls->api->BIO_new(contexts->method);
    if (!bio)
        return false;
    tls->api->BIO_set_data(bio, tls);
    tls->api->BIO_set_init(bio, 1);
    tls->api->SSL_set_bio(tls->ssl, bio, bio);
    return true;
}

bool pyro_tls_bio_read(struct pyro_tls *tls, char *at, size_t size, size_t *count)
{
    tls->reads = 0;
    pyro_tls_clear_errors(tls);
    if (tls->api->SSL_read_ex(tls->ssl, at, size, count) != 1)
        return false;
    if (tls->reads > A_RECORD)
        tls->empty += tls->reads - A_RECORD;
    return true;
}
