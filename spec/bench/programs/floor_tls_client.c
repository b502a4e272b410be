/* usage: floor_tls_client PORT REQUEST REPLY CA calls|handshakes|resumed: sends a request of
 * REQUEST bytes, waits for its reply of REPLY bytes, and so on: all on one connection, or each on a
 * new one, with a full handshake, or one that resumes the session of the last connection. */
#include "floor_tls.h"

#define HOST "127.0.0.1" /* which the server's certificate has to be for */

static size_t request_size, reply_size;
static char *request;
static char plain[65536];
static struct sockaddr_in address;
static SSL_CTX *context;
static SSL_SESSION *session; /* of the last connection */
static bool reconnects, resumes;

static struct channel *channel;
static size_t awaited; /* bytes until the reply is there */

static int on_session(SSL *ssl, SSL_SESSION *new_session)
{
    (void)ssl;
    SSL_SESSION_free(session);
    session = new_session;
    return 1;
}

static void on_closed(uv_handle_t *handle)
{
    channel_free((struct channel *)handle);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    demand(n < 0 ? (int)n : 0, "read");
    demand_tls(n == 0 || BIO_write(channel->in, buf->base, (int)n), "BIO_write");
    size_t some;
    while ((some = channel_read(channel, plain, sizeof(plain))) > 0)
        awaited -= some;
    channel_flush(channel);
    if (awaited == 0 || !SSL_in_init(channel->ssl))
        uv_stop(stream->loop);
}

static void on_connected(uv_connect_t *connect, int status)
{
    demand(status, "connect");
    demand(uv_read_start(connect->handle, channel_on_space, on_read), "read");
    free(connect);
    SSL_do_handshake(channel->ssl);
    channel_flush(channel);
}

/* Returns once the TLS handshake is over. */
static void connect_channel(uv_loop_t *loop)
{
    channel = (struct channel *)(void *)allocate(sizeof(*channel));
    channel_init(channel, loop, context);
    SSL_set_connect_state(channel->ssl);
    demand_tls(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(channel->ssl), HOST), HOST);
    if (session && resumes)
        SSL_set_session(channel->ssl, session);
    uv_connect_t *connect = (uv_connect_t *)(void *)allocate(sizeof(*connect));
    demand(uv_tcp_nodelay(&channel->tcp, 1), "nodelay");
    demand(uv_tcp_connect(connect, &channel->tcp, (struct sockaddr *)&address, on_connected),
           "connect");
    while (SSL_in_init(channel->ssl))
        uv_run(loop, UV_RUN_DEFAULT);
}

static void close_channel(void)
{
    SSL_shutdown(channel->ssl);
    channel_flush(channel);
    uv_close((uv_handle_t *)&channel->tcp, on_closed);
}

static void call(uv_loop_t *loop)
{
    awaited = reply_size;
    channel_write(channel, request, request_size);
    channel_flush(channel);
    while (awaited > 0)
        uv_run(loop, UV_RUN_DEFAULT);
}

static void open_context(const char *authority)
{
    context = SSL_CTX_new(TLS_client_method());
    demand_tls(SSL_CTX_load_verify_file(context, authority), authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
}

static void run(uv_loop_t *loop, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (reconnects)
            connect_channel(loop);
        call(loop);
        if (reconnects)
            close_channel();
    }
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    demand(uv_ip4_addr(HOST, (int)number(argv[1]), &address), "address");
    request_size = number(argv[2]);
    reply_size = number(argv[3]);
    request = allocate(request_size);
    memset(request, 'x', request_size);
    open_context(argv[4]);
    resumes = strcmp(argv[5], "resumed") == 0;
    reconnects = resumes || strcmp(argv[5], "handshakes") == 0;
    uv_loop_t *loop = uv_default_loop();
    if (!reconnects)
        connect_channel(loop);
    puts("ready");
    fflush(stdout);
    char line[32];
    while (fgets(line, sizeof(line), stdin)) {
        run(loop, number(line));
        puts("done");
        fflush(stdout);
    }
    return 0;
}
