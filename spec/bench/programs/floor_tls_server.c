/* usage: floor_tls_server REQUEST REPLY CERTIFICATE KEY: answers each REQUEST bytes by REPLY bytes.
 */
#include "floor_tls.h"

struct peer {
    struct channel channel; /* first, so that a channel is a peer */
    size_t got;             /* bytes of the request that comes in */
};

static size_t request_size, reply_size;
static char *reply;
static char plain[65536];
static SSL_CTX *context;

static void on_closed(uv_handle_t *handle)
{
    channel_free((struct channel *)handle);
}

static void answer(struct peer *peer, size_t n)
{
    peer->got += n;
    for (; peer->got >= request_size; peer->got -= request_size)
        channel_write(&peer->channel, reply, reply_size);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *peer = (struct peer *)stream;
    if (n < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
        return;
    }
    demand_tls(n == 0 || BIO_write(peer->channel.in, buf->base, (int)n), "BIO_write");
    size_t some;
    while ((some = channel_read(&peer->channel, plain, sizeof(plain))) > 0)
        answer(peer, some);
    channel_flush(&peer->channel);
}

static void on_connection(uv_stream_t *listener, int status)
{
    demand(status, "listen");
    struct peer *peer = (struct peer *)(void *)allocate(sizeof(*peer));
    peer->got = 0;
    channel_init(&peer->channel, listener->loop, context);
    SSL_set_accept_state(peer->channel.ssl);
    uv_stream_t *stream = (uv_stream_t *)&peer->channel.tcp;
    demand(uv_accept(listener, stream), "accept");
    demand(uv_tcp_nodelay(&peer->channel.tcp, 1), "nodelay");
    demand(uv_read_start(stream, channel_on_space, on_read), "read");
}

static void open_context(const char *certificate, const char *key)
{
    context = SSL_CTX_new(TLS_server_method());
    demand_tls(SSL_CTX_use_certificate_chain_file(context, certificate), certificate);
    demand_tls(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM), key);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    demand_tls(SSL_CTX_set_num_tickets(context, 1), "tickets");
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    request_size = number(argv[1]);
    reply_size = number(argv[2]);
    reply = allocate(reply_size);
    memset(reply, 'x', reply_size);
    open_context(argv[3], argv[4]);
    return serve(on_connection);
}
