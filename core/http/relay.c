/* Relays. One moves bytes between two streams: the client's, with TLS, and a socket to the daemon.
 * Either direction has a piece on its way at most: `filled` stops reading, and `input` appends the
 * piece to the other stream's output, and goes on reading where that is not too much. */
#include "http/relay.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/memory.h"
#include "net/adopt.h"
#include "net/socket.h"
#include "net/tls.h"

#define PIECE 16384
#define HIGH_WATER (4 * PIECE)

struct relay;

/* One of its streams, and what was read from it. */
struct relay_end {
    struct relay *relay;
    struct relay_end *other;
    struct pyro_stream *stream;
    size_t length;
    char piece[PIECE];
};

struct relay {
    struct pyro_list node; /* in the server's list */
    struct pyro_http_server *server;
    struct relay_end client, daemon;
};

static void relay_free(struct relay *relay)
{
    pyro_list_remove(&relay->node);
    pyro_stream_close(relay->client.stream);
    pyro_stream_close(relay->daemon.stream);
    pyro_free(relay);
}

static void relay_on_space(void *owner, char **at, size_t *size)
{
    struct relay_end *end = owner;
    *at = end->piece;
    *size = sizeof(end->piece);
}

static bool relay_on_filled(void *owner, size_t size)
{
    struct relay_end *end = owner;
    PYRO_ASSERT(end->length == 0);
    end->length = size;
    return false;
}

/* Moves the piece on. Returns false when out of memory. */
static bool move(struct relay_end *end)
{
    struct pyro_stream *to = end->other->stream;
    if (!pyro_buffer_append(pyro_stream_output(to), end->piece, end->length))
        return false;
    end->length = 0;
    pyro_stream_changed(to);
    return true;
}

static void relay_on_input(void *owner)
{
    struct relay_end *end = owner;
    if (!move(end))
        relay_free(end->relay);
    else if (pyro_stream_unsent(end->other->stream) < HIGH_WATER)
        pyro_stream_resume(end->stream);
}

static void relay_on_connected(void *owner)
{
    (void)owner; /* what the client sends comes now */
}

static void relay_on_drained(void *owner)
{
    const struct relay_end *end = owner;
    pyro_stream_resume(end->other->stream);
}

static void relay_on_ended(void *owner, const struct pyro_error *why)
{
    struct relay *relay = ((struct relay_end *)owner)->relay;
    const struct pyro_stream *client = relay->client.stream;
    if (pyro_tls_failed(client))
        pyro_log_about(
            relay->server->log,
            &(struct pyro_log_topic){.fields.client = pyro_slice_text(pyro_stream_peer(client))},
            PYRO_INFO, "http", "%s", why->message);
    relay_free(relay);
}

static const struct pyro_stream_ops ops = {.space = relay_on_space,
                                           .filled = relay_on_filled,
                                           .input = relay_on_input,
                                           .connected = relay_on_connected,
                                           .drained = relay_on_drained,
                                           .ended = relay_on_ended};

static void start(struct relay *relay, struct relay_end *end, struct relay_end *other,
                  struct pyro_stream *stream)
{
    end->relay = relay;
    end->other = other;
    end->stream = stream;
    pyro_stream_high_water(stream, HIGH_WATER);
    pyro_stream_start(stream, &ops, end);
}

/* Makes a relay between a stream and a new socket; returns the socket's other end, or -1. */
static int open_relay(struct relay *relay, struct pyro_stream *stream, struct pyro_error *err)
{
    struct pyro_http_server *server = relay->server;
    int ends[2];
    if (pyro_socket_pair(ends, err) != PYRO_OK)
        return -1;
    struct pyro_stream *pair = pyro_stream_adopt(server->loop, ends[0], err);
    if (!pair) {
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    start(relay, &relay->client, &relay->daemon, stream);
    start(relay, &relay->daemon, &relay->client, pair);
    if (pyro_tls_start(stream, server->options.tls, NULL, 0, err) == PYRO_OK)
        return ends[1];
    pyro_stream_close(pair);
    close(ends[1]);
    return -1;
}

int http_relay_open(struct pyro_http_server *server, struct pyro_stream *stream,
                    struct pyro_error *err)
{
    struct relay *relay = pyro_calloc(1, sizeof(*relay));
    if (relay)
        relay->server = server;
    int end = relay ? open_relay(relay, stream, err) : -1;
    if (end >= 0) {
        pyro_list_push(&server->relays, &relay->node);
        return end;
    }
    if (!relay)
        pyro_error_memory(err);
    pyro_stream_close(stream);
    pyro_free(relay);
    return -1;
}

/* Takes from the socket what the daemon sent before it closed its end. */
static void finish(struct relay *relay)
{
    struct relay_end *end = &relay->daemon;
    ssize_t size = (ssize_t)end->length;
    do {
        end->length = (size_t)size;
        if (!move(end))
            return;
        size = recv(pyro_stream_descriptor(end->stream), end->piece, PIECE, MSG_DONTWAIT);
    } while (size > 0);
}

void http_relays_stop(struct pyro_http_server *server)
{
    while (!pyro_list_empty(&server->relays)) {
        struct relay *relay = PYRO_CONTAINER(server->relays.next, struct relay, node);
        if (!pyro_loop_inherited(server->loop)) /* else it is the parent's to be read */
            finish(relay);
        relay_free(relay);
    }
}
