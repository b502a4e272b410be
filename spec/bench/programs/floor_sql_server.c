/* usage: floor_sql_server FILE REQUEST REPLY: for each REQUEST bytes it registers a name in the
 * file, and answers by REPLY bytes. One transaction at a time, in a thread, takes all that wait
 * (group commit). It begins when all clients wait: sooner, there would be more of them. */
#include "floor.h"
#include "floor_sql.h"

struct peer {
    uv_tcp_t tcp;
    size_t got; /* bytes of the request that comes in */
    bool waits;
    struct peer *next; /* in the list of those that wait */
    char space[65536];
};

static size_t request_size, reply_size;
static char *reply;
static struct peer *waiting;
static size_t peers, waiting_count;

static void on_space(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
    (void)hint;
    struct peer *peer = (struct peer *)handle;
    *buf = uv_buf_init(peer->space, sizeof(peer->space));
}

static void in_thread(uv_work_t *work)
{
    (void)work;
    run(BEGIN);
    for (size_t i = 0; i < waiting_count; i++)
        add_name();
    run(COMMIT);
}

static void on_stored(uv_work_t *work, int status)
{
    (void)work;
    demand(status, "work");
    struct peer *peer = waiting;
    waiting = NULL;
    waiting_count = 0;
    for (; peer; peer = peer->next) {
        peer->waits = false;
        send_bytes((uv_stream_t *)&peer->tcp, reply, reply_size);
    }
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
    peers--;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    (void)buf;
    static uv_work_t work;
    struct peer *peer = (struct peer *)stream;
    demand(peer->waits ? UV_EPROTO : 0, "read");
    if (n < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
        return;
    }
    peer->got += (size_t)n;
    if (peer->got < request_size)
        return;
    peer->got = 0;
    peer->waits = true;
    peer->next = waiting;
    waiting = peer;
    if (++waiting_count == peers)
        demand(uv_queue_work(stream->loop, &work, in_thread, on_stored), "work");
}

static void on_connection(uv_stream_t *listener, int status)
{
    demand(status, "listen");
    struct peer *peer = (struct peer *)(void *)allocate(sizeof(*peer));
    memset(peer, 0, sizeof(*peer));
    accept_peer(listener, &peer->tcp);
    demand(uv_read_start((uv_stream_t *)&peer->tcp, on_space, on_read), "read");
    peers++;
}

int main(int count, char **words)
{
    if (count != 4)
        return 2;
    open_names(words[1]);
    request_size = number(words[2]);
    reply_size = number(words[3]);
    reply = allocate(reply_size);
    memset(reply, 'x', reply_size);
    return serve(on_connection);
}
