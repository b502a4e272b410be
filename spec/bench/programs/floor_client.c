/* usage: floor_client PORT REQUEST REPLY [CLIENTS [DEPTH]]: each client sends DEPTH requests of
 * REQUEST bytes in one write, and waits for as many replies of REPLY bytes. */
#include "floor.h"

struct peer {
    uv_tcp_t tcp;
    size_t left;    /* rounds to do */
    size_t awaited; /* bytes until this round is over */
    char *space;
    size_t capacity;
};

static size_t request_size, reply_size, client_count = 1, depth = 1;
static size_t busy;
static char *requests;

static void send_round(struct peer *peer)
{
    peer->awaited = reply_size * depth;
    send_bytes((uv_stream_t *)&peer->tcp, requests, request_size * depth);
}

static void on_space(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
    (void)hint;
    struct peer *peer = (struct peer *)handle;
    bool in_place = peer->capacity > 65536 && peer->awaited > 0; /* as the server does */
    size_t at = in_place ? peer->capacity - peer->awaited : 0;
    *buf = uv_buf_init(peer->space + at, (unsigned)(peer->capacity - at));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    (void)buf;
    struct peer *peer = (struct peer *)stream;
    demand(n < 0 ? (int)n : 0, "read");
    peer->awaited -= (size_t)n;
    if (n == 0 || peer->awaited > 0) /* libuv tells, too, that there was nothing more to read */
        return;
    if (--peer->left > 0)
        send_round(peer);
    else if (--busy == 0)
        uv_stop(stream->loop);
}

static void on_connected(uv_connect_t *connect, int status)
{
    demand(status, "connect");
    if (--busy == 0)
        uv_stop(connect->handle->loop);
    demand(uv_read_start(connect->handle, on_space, on_read), "read");
    free(connect);
}

static struct peer *connect_all(uv_loop_t *loop, int port)
{
    struct sockaddr_in address;
    demand(uv_ip4_addr("127.0.0.1", port, &address), "address");
    struct peer *peers = (struct peer *)(void *)allocate(client_count * sizeof(*peers));
    for (size_t i = 0; i < client_count; i++) {
        struct peer *peer = &peers[i];
        uv_connect_t *connect = (uv_connect_t *)(void *)allocate(sizeof(*connect));
        peer->capacity = reply_size * depth < 65536 ? 65536 : reply_size * depth;
        peer->space = allocate(peer->capacity);
        demand(uv_tcp_init(loop, &peer->tcp), "tcp");
        demand(uv_tcp_nodelay(&peer->tcp, 1), "nodelay");
        demand(uv_tcp_connect(connect, &peer->tcp, (struct sockaddr *)&address, on_connected),
               "connect");
    }
    busy = client_count;
    uv_run(loop, UV_RUN_DEFAULT);
    return peers;
}

static void run(uv_loop_t *loop, struct peer *peers, size_t count)
{
    size_t rounds = count / (client_count * depth);
    busy = client_count;
    for (size_t i = 0; i < client_count; i++) {
        peers[i].left = rounds > 0 ? rounds : 1;
        send_round(&peers[i]);
    }
    uv_run(loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    request_size = number(argv[2]);
    reply_size = number(argv[3]);
    if (argc > 4)
        client_count = number(argv[4]);
    if (argc > 5)
        depth = number(argv[5]);
    requests = allocate(request_size * depth);
    memset(requests, 'x', request_size * depth);
    uv_loop_t *loop = uv_default_loop();
    struct peer *peers = connect_all(loop, (int)number(argv[1]));
    puts("ready");
    fflush(stdout);
    char line[32];
    while (fgets(line, sizeof(line), stdin)) {
        run(loop, peers, number(line));
        puts("done");
        fflush(stdout);
    }
    return 0;
}
