/* The floor under TLS: OpenSSL with memory BIOs on bare libuv, with as few system calls as floor.h.
 */
#ifndef SPEC_BENCH_FLOOR_TLS_H
#define SPEC_BENCH_FLOOR_TLS_H

#include "floor.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

/* A connection: what is read goes through `in` and comes out of SSL_read(); what SSL_write() takes
 * collects in `out`. */
struct channel {
    uv_tcp_t tcp;
    SSL *ssl;
    BIO *in, *out;
    char cipher[65536]; /* space to read into */
};

static inline void demand_tls(int result, const char *what)
{
    if (result > 0)
        return;
    fprintf(stderr, "%s: ", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static inline void channel_init(struct channel *channel, uv_loop_t *loop, SSL_CTX *context)
{
    channel->ssl = SSL_new(context);
    channel->in = BIO_new(BIO_s_mem());
    channel->out = BIO_new(BIO_s_mem());
    SSL_set_bio(channel->ssl, channel->in, channel->out);
    demand(uv_tcp_init(loop, &channel->tcp), "tcp");
}

static inline void channel_on_space(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
    (void)hint;
    struct channel *channel = (struct channel *)handle;
    *buf = uv_buf_init(channel->cipher, sizeof(channel->cipher));
}

struct rest {
    uv_write_t write; /* first, so that a write is a rest */
    char bytes[];
};

/* Sends what has collected. What the kernel does not take is copied, because `out` is used again.
 */
static inline void channel_flush(struct channel *channel)
{
    char *bytes;
    long size = BIO_get_mem_data(channel->out, &bytes);
    if (size <= 0)
        return;
    uv_buf_t buf = uv_buf_init(bytes, (unsigned)size);
    int sent = uv_try_write((uv_stream_t *)&channel->tcp, &buf, 1);
    size_t left = (size_t)size - (sent > 0 ? (size_t)sent : 0);
    if (left > 0 && (sent > 0 || sent == UV_EAGAIN)) {
        struct rest *rest = (struct rest *)(void *)allocate(sizeof(*rest) + left);
        memcpy(rest->bytes, bytes + size - left, left);
        buf = uv_buf_init(rest->bytes, (unsigned)left);
        demand(uv_write(&rest->write, (uv_stream_t *)&channel->tcp, &buf, 1, on_written), "write");
    }
    BIO_reset(channel->out);
}

static inline void channel_write(struct channel *channel, const char *bytes, size_t size)
{
    size_t written;
    demand_tls(SSL_write_ex(channel->ssl, bytes, size, &written), "SSL_write");
}

/* Returns how many bytes of plain text are there now: 0 means that more has to come. */
static inline size_t channel_read(struct channel *channel, char *space, size_t size)
{
    size_t n;
    if (SSL_read_ex(channel->ssl, space, size, &n))
        return n;
    if (SSL_get_error(channel->ssl, 0) == SSL_ERROR_SSL)
        demand_tls(0, "SSL_read");
    return 0;
}

static inline void channel_free(struct channel *channel)
{
    SSL_free(channel->ssl); /* and its BIOs */
    free(channel);
}

#endif
