/* Streams: unsent pieces between a producer and the daemon, which fetches them.
 *
 * The daemon reads by stream_on_read(), from within MHD_run(). Where there is nothing, it suspends
 * the connection, and then does not notice that the client goes: a watch of the descriptor does.
 * The producer's pieces resume it. The stream is freed with its request, as both of that's holders
 * know it. */
#include "http/stream.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "http/request_private.h"
#include "net/watch.h"

struct http_stream {
    struct pyro_http_request *request;
    const struct pyro_http_stream_ops *ops;
    void *owner;
    struct pyro_loop *loop;
    struct pyro_buffer pieces;
    size_t sent;     /* bytes of them that the daemon has */
    bool waiting;    /* the daemon waits for more; the connection is suspended */
    bool above;      /* the high-water mark */
    bool ended, cut; /* by the producer, or before it was */
    bool over;       /* the daemon knows it no more */
    struct pyro_completion news;
    struct pyro_watch *watch; /* of the client's end */
    struct pyro_completion hung_up;
};

static size_t unsent(const struct http_stream *stream)
{
    return stream->pieces.length - stream->sent;
}

/* Lets the daemon look again. */
static void wake(struct http_stream *stream)
{
    if (!stream->waiting)
        return;
    stream->waiting = false;
    http_request_resume(stream->request);
}

static void stream_cut(struct http_stream *stream)
{
    stream->cut = !stream->ended;
    wake(stream);
}

static void stream_on_hung_up(struct pyro_completion *done)
{
    stream_cut(PYRO_CONTAINER(done, struct http_stream, hung_up));
}

/* Tells the producer, outside of the daemon. */
static void stream_on_news(struct pyro_completion *done)
{
    struct http_stream *stream = PYRO_CONTAINER(done, struct http_stream, news);
    PYRO_ASSERT(stream->owner && !stream->ended);
    if (stream->over)
        stream->ops->gone(stream->owner);
    else
        stream->ops->drained(stream->owner);
}

static void tell(struct http_stream *stream)
{
    if (stream->owner && !stream->ended)
        pyro_loop_post(stream->loop, &stream->news);
}

/* --- the daemon's side --- */

static void consume(struct http_stream *stream, size_t size)
{
    stream->sent += size;
    if (stream->above && unsent(stream) < PYRO_HTTP_HIGH_WATER) {
        stream->above = false;
        tell(stream);
    }
    if (unsent(stream) == 0) {
        pyro_buffer_truncate(&stream->pieces, 0);
        stream->sent = 0;
    }
}

static ssize_t stream_on_read(void *cls, uint64_t position, char *to, size_t most)
{
    struct http_stream *stream = cls;
    size_t size = unsent(stream) < most ? unsent(stream) : most;
    (void)position;
    stream->request->connection->server->idle_runs = 0;
    if (stream->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (size > 0) {
        memcpy(to, stream->pieces.data + stream->sent, size);
        consume(stream, size);
        return (ssize_t)size;
    }
    if (stream->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    stream->waiting = true;
    http_request_suspend(stream->request);
    return 0;
}

static void stream_over(struct http_stream *stream)
{
    PYRO_ASSERT(!stream->over);
    pyro_watch_free(stream->watch);
    stream->watch = NULL;
    stream->over = true;
    stream->waiting = false;
    tell(stream);
}

static void stream_disown(struct http_stream *stream)
{
    stream->owner = NULL;
    pyro_completion_cancel(&stream->news);
    if (!stream->over)
        stream_cut(stream);
}

static void stream_free(struct http_stream *stream)
{
    PYRO_ASSERT(stream->over && !pyro_completion_is_posted(&stream->news));
    pyro_buffer_free(&stream->pieces);
    pyro_free(stream);
}

static const struct http_stream_kind kind = {
    .cut = stream_cut, .disown = stream_disown, .over = stream_over, .free = stream_free};

/* --- the producer's side --- */

/* Makes a stream that the request does not have yet. */
static struct http_stream *new_stream(struct pyro_http_request *request,
                                      const struct pyro_http_stream_ops *ops, void *owner,
                                      struct pyro_error *err)
{
    const struct http_connection *connection = request->connection;
    struct http_stream *stream = pyro_calloc(1, sizeof(*stream));
    if (!stream) {
        pyro_error_memory(err);
        return NULL;
    }
    *stream = (struct http_stream){
        .request = request, .ops = ops, .owner = owner, .loop = connection->server->loop};
    pyro_completion_init(&stream->news, stream_on_news);
    pyro_completion_init(&stream->hung_up, stream_on_hung_up);
    stream->watch = pyro_watch_new(stream->loop, connection->descriptor, &stream->hung_up, err);
    if (stream->watch)
        return stream;
    pyro_free(stream);
    return NULL;
}

enum pyro_code pyro_http_stream_begin(struct pyro_http_request *request, unsigned status,
                                      const struct pyro_http_header *headers, size_t count,
                                      const struct pyro_http_stream_ops *ops, void *owner,
                                      struct pyro_error *err)
{
    const size_t block = 4096; /* where the body has no chunks: HTTP 1.0 */
    enum pyro_code code = http_request_check(request, status, err);
    if (code != PYRO_OK)
        return code;
    struct http_stream *stream = new_stream(request, ops, owner, err);
    if (!stream)
        return err->code;
    struct MHD_Response *response =
        request->connection->server->api->MHD_create_response_from_callback(
            MHD_SIZE_UNKNOWN, block, stream_on_read, stream, NULL);
    code = http_request_send(request, status, response, headers, count, err);
    if (code != PYRO_OK) {
        pyro_watch_free(stream->watch);
        pyro_free(stream);
        return code;
    }
    request->stream = stream;
    request->kind = &kind;
    pyro_watch_start_end(stream->watch);
    return PYRO_OK;
}

/* Moves what is unsent to the front, where that is no more than what was sent. */
static void compact(struct http_stream *stream)
{
    size_t left = unsent(stream);
    if (stream->sent < left)
        return;
    memmove(stream->pieces.data, stream->pieces.data + stream->sent, left);
    pyro_buffer_truncate(&stream->pieces, left);
    stream->sent = 0;
}

enum pyro_code pyro_http_stream_write(struct pyro_http_request *request, struct pyro_slice piece,
                                      struct pyro_error *err)
{
    struct http_stream *stream = request->stream;
    PYRO_ASSERT(stream && !stream->ended);
    if (stream->over || stream->cut)
        return pyro_error_set(err, PYRO_ECLOSED, "connection closed");
    if (stream->sent > 0)
        compact(stream);
    if (!pyro_buffer_append(&stream->pieces, piece.data, piece.length))
        return pyro_error_memory(err);
    stream->above = stream->above || unsent(stream) >= PYRO_HTTP_HIGH_WATER;
    wake(stream);
    return PYRO_OK;
}

size_t pyro_http_stream_unsent(const struct pyro_http_request *request)
{
    PYRO_ASSERT(request->stream);
    return unsent(request->stream);
}

void pyro_http_stream_end(struct pyro_http_request *request)
{
    struct http_stream *stream = request->stream;
    PYRO_ASSERT(stream && !stream->ended);
    stream->ended = true;
    pyro_completion_cancel(&stream->news);
    wake(stream);
}
