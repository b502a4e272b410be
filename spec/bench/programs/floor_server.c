/* usage: floor_server REQUEST REPLY: answers each REQUEST bytes by REPLY bytes, in one write. */
#include "floor.h"

struct peer {
    uv_tcp_t tcp;
    size_t got; /* bytes of the request that comes in */
    char *request;
};

static size_t request_size, reply_size;
static char *replies;
static size_t at_hand; /* replies in a row */

static void on_space(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
    (void)hint;
    struct peer *peer = (struct peer *)handle;
    /* a large message is received in its place, small ones many at a time */
    size_t size = request_size - peer->got;
    if (request_size < 65536)
        *buf = uv_buf_init(peer->request, 65536);
    else
        *buf = uv_buf_init(peer->request + peer->got, (unsigned)size);
}

static void on_closed(uv_handle_t *handle)
{
    struct peer *peer = (struct peer *)handle;
    free(peer->request);
    free(peer);
}

/* All replies to what one read brought leave in one write, as far as they are at hand. */
static void answer(struct peer *peer, size_t count)
{
    while (count > 0) {
        size_t some = count < at_hand ? count : at_hand;
        send_bytes((uv_stream_t *)&peer->tcp, replies, some * reply_size);
        count -= some;
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    (void)buf;
    struct peer *peer = (struct peer *)stream;
    if (n < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
        return;
    }
    peer->got += (size_t)n;
    size_t count = peer->got / request_size;
    peer->got %= request_size;
    answer(peer, count);
}

static void on_connection(uv_stream_t *listener, int status)
{
    demand(status, "listen");
    struct peer *peer = (struct peer *)(void *)allocate(sizeof(*peer));
    memset(peer, 0, sizeof(*peer));
    peer->request = allocate(request_size < 65536 ? 65536 : request_size);
    accept_peer(listener, &peer->tcp);
    demand(uv_read_start((uv_stream_t *)&peer->tcp, on_space, on_read), "read");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    request_size = number(argv[1]);
    reply_size = number(argv[2]);
    at_hand = reply_size < 65536 ? 65536 / reply_size : 1;
    replies = allocate(at_hand * reply_size);
    memset(replies, 'x', at_hand * reply_size);
    return serve(on_connection);
}
