/* Streams: a socket's bytes in and out, for one owner.
 *
 * The states only go up (enum pyro_stream_state). A stream is made new, and becomes open when its
 * connection stands. It has ended when the other side closed it or a system call failed: its owner
 * is told, once, by completion. The owner closes it, from any state; while output is still leaving
 * it lingers, until that is out or the reader too slow. Then its handle is closed, and the close
 * callback frees the stream, unless stream_on_news() is on the C stack: that frees it then.
 *
 * An owner that pauses gives no room: libuv, which asks for it, is stopped then, and reads again
 * when the owner resumes. An end that was found before that waits, too.
 *
 * Callbacks of libuv (stream_on_space, stream_on_read, stream_on_written, stream_on_linger_over)
 * call only the owner's `space` and `filled`, record what happened, and post `news`.
 * stream_on_news() runs as a completion and calls the owner, who may do anything there: close the
 * stream, write, step the loop, run Lua. */
#include "net/stream.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/memory.h"
#include "net/sigpipe.h"
#include "net/stream_private.h"
#include "net/stream_socket.h"

#define HIGH_WATER (4 * 1024 * 1024)
/* So much output leaves before more is appended: the other side has work meanwhile, and the buffer
 * stays one that is kept. */
#define ENOUGH (PYRO_SPARE_SIZE / 4 * 3)
#define LINGER_MS 1000
/* Times in one step that output leaves at once because it is in a hurry. */
#define HURRIES 4

/* --- life --- */

static void advance(struct pyro_stream *stream, enum pyro_stream_state state)
{
    PYRO_ASSERT(state > stream->state);
    stream->state = state;
}

static void free_unused(struct pyro_stream *stream)
{
    if (stream->refcount > 0 || !stream->closed)
        return;
    PYRO_ASSERT(stream->state == STREAM_CLOSING && !stream->dial);
    PYRO_ASSERT(pyro_list_empty(&stream->dirty.node) && pyro_list_empty(&stream->lingering));
    PYRO_ASSERT(!pyro_completion_is_posted(&stream->news));
    if (stream->layer)
        stream->layer->ops->free(stream);
    pyro_buffer_free(&stream->output);
    pyro_buffer_free(&stream->writing);
    pyro_free(stream);
}

void pyro_stream_closed(uv_handle_t *handle)
{
    struct pyro_stream *stream = PYRO_CONTAINER(handle, struct pyro_stream, uv.handle);
    PYRO_ASSERT(!stream->closed);
    stream->closed = true;
    free_unused(stream);
}

static void close_now(struct pyro_stream *stream)
{
    struct pyro_loop *loop = stream->loop;
    advance(stream, STREAM_CLOSING);
    PYRO_ASSERT(loop->outlasting >= stream->outlasting);
    loop->outlasting -= stream->outlasting;
    stream->writable = false;
    pyro_completion_cancel(&stream->news);
    pyro_list_remove(&stream->dirty.node);
    pyro_list_remove(&stream->lingering);
    if (pyro_list_empty(&loop->lingering))
        uv_timer_stop(&loop->linger);
    if (!uv_is_closing(&stream->uv.handle)) /* else connecting goes on to the next address */
        pyro_close(&stream->uv.handle, pyro_stream_closed);
}

static void stop_reading(struct pyro_stream *stream)
{
    if (stream->reading)
        uv_read_stop(&stream->uv.stream);
    stream->reading = false;
}

void pyro_stream_end(struct pyro_stream *stream, enum pyro_code code, const char *text)
{
    if (stream->state == STREAM_LINGERING)
        close_now(stream);
    if (stream->state >= STREAM_ENDED)
        return;
    advance(stream, STREAM_ENDED);
    stop_reading(stream);
    pyro_error_set(&stream->why, code, "%s", text);
    pyro_loop_post(stream->loop, &stream->news);
}

static void lose(struct pyro_stream *stream, int status)
{
    char text[160];
    snprintf(text, sizeof(text), "connection lost: %s", uv_strerror(status));
    stream->writable = false;
    pyro_buffer_free(&stream->output);
    if (stream->state == STREAM_ENDED)
        pyro_loop_post(stream->loop, &stream->news); /* an owner who pauses waits for no output */
    else
        pyro_stream_end(stream, PYRO_ECLOSED, text);
}

/* Returns whether the owner, who pauses, has not heard yet that nothing can leave any more. */
static bool is_lost(const struct pyro_stream *stream)
{
    return stream->paused && !stream->writable && stream->state == STREAM_ENDED;
}

/* Tells the owner, outside of uv_run. It may close the stream, or step the loop, in any of these.
 */
static void stream_on_news(struct pyro_completion *done)
{
    struct pyro_stream *stream = PYRO_CONTAINER(done, struct pyro_stream, news);
    PYRO_ASSERT(!stream->loop->in_uv);
    stream->refcount++;
    if (stream->connected && stream->ops) {
        stream->connected = false;
        stream->ops->connected(stream->owner);
    }
    if (stream->got_input && stream->ops) {
        stream->got_input = false;
        stream->ops->input(stream->owner);
    }
    if (stream->above_water && stream->ops && (stream->writable || is_lost(stream)) &&
        pyro_stream_unsent(stream) < stream->high_water) {
        stream->above_water = false;
        stream->ops->drained(stream->owner);
    }
    if (stream->state == STREAM_ENDED && stream->ops && !stream->paused) {
        const struct pyro_stream_ops *ops = stream->ops;
        stream->ops = NULL;
        ops->ended(stream->owner, &stream->why);
    }
    stream->refcount--;
    free_unused(stream);
}

/* Closes a stream with its loop. A forked process does not wait until the output of its parent has
 * left. */
static void stream_close_handle(uv_handle_t *handle)
{
    struct pyro_stream *stream = PYRO_CONTAINER(handle, struct pyro_stream, uv.handle);
    if (stream->state == STREAM_LINGERING && pyro_loop_inherited(stream->loop))
        close_now(stream);
    else
        pyro_stream_close(stream);
}

static size_t stream_handle_unsent(const uv_handle_t *handle)
{
    return pyro_stream_unsent(PYRO_CONTAINER(handle, struct pyro_stream, uv.handle));
}

static const struct pyro_handle_kind stream_kind = {.close = stream_close_handle,
                                                    .unsent = stream_handle_unsent};

static void stream_on_flush(struct pyro_flushable *dirty);

void pyro_stream_renew(struct pyro_stream *stream)
{
    uv_tcp_init(&stream->loop->uv, &stream->uv.tcp); /* never fails: it makes no socket yet */
    stream->uv.handle.data = (void *)&stream_kind;
}

struct pyro_stream *pyro_stream_new(struct pyro_loop *loop, bool unix_socket)
{
    struct pyro_stream *stream = pyro_calloc(1, sizeof(*stream));
    if (!stream)
        return NULL;
    if (unix_socket)
        uv_pipe_init(&loop->uv, &stream->uv.pipe, 0); /* never fails */
    else
        uv_tcp_init(&loop->uv, &stream->uv.tcp);
    stream->uv.handle.data = (void *)&stream_kind;
    stream->loop = loop;
    stream->high_water = HIGH_WATER;
    pyro_list_init(&stream->dirty.node);
    stream->dirty.flush = stream_on_flush;
    pyro_list_init(&stream->lingering);
    pyro_completion_init(&stream->news, stream_on_news);
    snprintf(stream->peer, sizeof(stream->peer), unix_socket ? "unix socket" : "unknown address");
    return stream;
}

void pyro_stream_opened(struct pyro_stream *stream)
{
    if (stream->uv.handle.type == UV_TCP)
        uv_tcp_nodelay(&stream->uv.tcp, !stream->delay); /* best effort: messages leave whole */
    advance(stream, STREAM_OPEN);
    stream->writable = true;
    if (stream->output.length > 0)
        pyro_stream_changed(stream);
}

void pyro_stream_connected(struct pyro_stream *stream)
{
    stream->dial = NULL;
    stream->connected = true;
    pyro_stream_find_peer(stream);
    pyro_loop_post(stream->loop, &stream->news);
    pyro_stream_opened(stream);
    pyro_stream_resume(stream);
}

/* --- reading --- */

static void stream_on_space(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct pyro_stream *stream = PYRO_CONTAINER(handle, struct pyro_stream, uv.handle);
    char *at = NULL;
    size_t size = 0;
    (void)suggested;
    if (stream->ops && !stream->paused)
        stream->ops->space(stream->owner, &at, &size);
    *out = uv_buf_init(at, (unsigned)(size > INT32_MAX ? INT32_MAX : size));
}

static void stream_on_read(uv_stream_t *uv, ssize_t size, const uv_buf_t *buffer)
{
    struct pyro_stream *stream = PYRO_CONTAINER(uv, struct pyro_stream, uv.stream);
    (void)buffer;
    if (!stream->ops || size == 0)
        return;
    if (size == UV_EOF) {
        pyro_stream_end(stream, PYRO_ECLOSED, "connection closed by peer");
    } else if (stream->paused) {
        stop_reading(stream);
    } else if (size == UV_ENOBUFS) {
        pyro_stream_end(stream, PYRO_EMEMORY, "out of memory");
    } else if (size < 0) {
        lose(stream, (int)size);
    } else {
        stream->loop->heard = true;
        stream->loop->counters.received += (size_t)size;
        if (!stream->ops->filled(stream->owner, (size_t)size))
            pyro_stream_pause(stream);
        stream->got_input = true;
        pyro_loop_post(stream->loop, &stream->news);
    }
}

void pyro_stream_pause(struct pyro_stream *stream)
{
    stream->paused = true;
}

/* Reads from the socket. */
static void start_reading(struct pyro_stream *stream)
{
    int status = uv_read_start(&stream->uv.stream, stream_on_space, stream_on_read);
    if (status == 0)
        stream->reading = true;
    else
        lose(stream, status);
}

void pyro_stream_resume(struct pyro_stream *stream)
{
    stream->paused = false;
    if (stream->state == STREAM_NEW || stream->state > STREAM_ENDED)
        return;
    if (stream->layer && !stream->layer->ops->resume(stream))
        stop_reading(stream);
    else if (stream->state == STREAM_ENDED)
        pyro_loop_post(stream->loop, &stream->news);
    else if (!stream->reading)
        start_reading(stream);
}

void pyro_stream_start(struct pyro_stream *stream, const struct pyro_stream_ops *ops, void *owner)
{
    PYRO_ASSERT(stream->state == STREAM_OPEN && !stream->ops);
    stream->ops = ops;
    stream->owner = owner;
    pyro_stream_resume(stream);
}

/* --- writing --- */

size_t pyro_stream_unsent(const struct pyro_stream *stream)
{
    if (is_lost(stream))
        return 0;
    return stream->output.length + stream->held +
           uv_stream_get_write_queue_size(&stream->uv.stream);
}

void pyro_stream_changed(struct pyro_stream *stream)
{
    if (is_lost(stream))
        pyro_buffer_free(&stream->output);
    else if (pyro_list_empty(&stream->dirty.node))
        pyro_list_push(&stream->loop->dirty, &stream->dirty.node);
    if (pyro_stream_unsent(stream) >= stream->high_water)
        stream->above_water = true;
}

void pyro_stream_high_water(struct pyro_stream *stream, size_t bytes)
{
    stream->high_water = bytes > 0 ? bytes : 1;
    if (pyro_stream_unsent(stream) >= stream->high_water)
        stream->above_water = true;
}

void pyro_stream_nodelay(struct pyro_stream *stream, bool nodelay)
{
    stream->delay = !nodelay;
    if (stream->state == STREAM_OPEN && stream->uv.handle.type == UV_TCP)
        uv_tcp_nodelay(&stream->uv.tcp, nodelay);
}

static void flush(struct pyro_stream *stream);

/* libuv writes no more for the stream. */
static void take_back(struct pyro_stream *stream)
{
    PYRO_ASSERT(stream->writing.data && stream->loop->handed_over > 0);
    stream->loop->handed_over--;
    pyro_loop_recycle(stream->loop, &stream->writing);
}

static void stream_on_written(uv_write_t *write, int status)
{
    struct pyro_stream *stream = PYRO_CONTAINER(write, struct pyro_stream, write);
    take_back(stream);
    if (stream->state == STREAM_CLOSING)
        return;
    if (status != 0)
        lose(stream, status);
    else
        flush(stream);
}

/* Hands what the kernel did not take to libuv, with its buffer; new output collects in another. */
static int hand_over(struct pyro_stream *stream, struct pyro_buffer *output, size_t sent)
{
    struct pyro_sigpipe before;
    PYRO_ASSERT(!stream->writing.data);
    stream->writing = *output;
    *output = (struct pyro_buffer){.data = NULL};
    stream->loop->handed_over++;
    uv_buf_t rest = {.base = stream->writing.data + sent, .len = stream->writing.length - sent};
    pyro_sigpipe_block(&before);
    int status = uv_write(&stream->write, &stream->uv.stream, &rest, 1, stream_on_written);
    pyro_sigpipe_restore(&before);
    if (status != 0)
        take_back(stream);
    return status;
}

static inline int descriptor_of(const struct pyro_stream *stream)
{
    uv_os_fd_t fd = -1;
    uv_fileno(&stream->uv.handle, &fd);
    return fd;
}

int pyro_stream_descriptor(const struct pyro_stream *stream)
{
    return descriptor_of(stream);
}

/* Sends output; returns how much the kernel took, or what is wrong. */
static ssize_t send_now(struct pyro_stream *stream, const struct pyro_buffer *output)
{
    int fd = descriptor_of(stream);
    ssize_t sent;
    do
        sent = send(fd, output->data, output->length, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return sent;
    bool full = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
    return full ? 0 : uv_translate_sys_error(errno);
}

static int write_output(struct pyro_stream *stream, struct pyro_buffer *output)
{
    ssize_t sent = send_now(stream, output);
    if (sent < 0)
        return (int)sent;
    stream->loop->counters.sent += output->length;
    if ((size_t)sent < output->length)
        return hand_over(stream, output, (size_t)sent);
    pyro_loop_recycle(stream->loop, output);
    return 0;
}

/* Writes what the layer makes of the output, piece by piece. */
static PYRO_NOINLINE int write_layer(struct pyro_stream *stream)
{
    struct pyro_layer *layer = stream->layer;
    int status;
    do {
        if (!layer->ops->seal(stream))
            return UV_ENOMEM;
        if (layer->wire.length == 0)
            return 0;
        status = write_output(stream, &layer->wire);
    } while (status == 0 && !stream->writing.data);
    return status;
}

static int write_all(struct pyro_stream *stream)
{
    if (stream->layer)
        return write_layer(stream);
    return stream->output.length > 0 ? write_output(stream, &stream->output) : 0;
}

static void flush(struct pyro_stream *stream)
{
    if (stream->writing.data || !stream->writable || pyro_loop_inherited(stream->loop))
        return;
    int status = write_all(stream);
    if (status != 0)
        lose(stream, status);
    else if (stream->state == STREAM_LINGERING && !stream->writing.data)
        close_now(stream);
    else if (stream->above_water && pyro_stream_unsent(stream) < stream->high_water)
        pyro_loop_post(stream->loop, &stream->news);
}

struct pyro_buffer *pyro_stream_output(struct pyro_stream *stream)
{
    struct pyro_loop *loop = stream->loop;
    PYRO_ASSERT(stream->state < STREAM_LINGERING); /* a closed one is its owner's no more */
    if (stream->output.length >= ENOUGH)
        flush(stream);
    pyro_loop_spare(loop, &stream->output);
    return &stream->output;
}

void pyro_stream_hurry(struct pyro_stream *stream)
{
    pyro_stream_changed(stream);
    if (stream->hurries < HURRIES) {
        stream->hurries++;
        flush(stream);
    }
}

static void stream_on_flush(struct pyro_flushable *dirty)
{
    struct pyro_stream *stream = PYRO_CONTAINER(dirty, struct pyro_stream, dirty);
    stream->hurries = 0;
    flush(stream);
    if (stream->state == STREAM_LINGERING && !stream->outlasting) {
        stream->outlasting = true;
        stream->loop->outlasting++;
    }
}

/* --- closing --- */

const char *pyro_stream_peer(const struct pyro_stream *stream)
{
    return stream->peer;
}

static void set_deadline(struct pyro_stream *stream, uint64_t now)
{
    struct pyro_loop *loop = stream->loop;
    PYRO_ASSERT(stream->state == STREAM_LINGERING);
    stream->deadline = now + LINGER_MS;
    stream->lingering_bytes = pyro_stream_unsent(stream);
    pyro_list_remove(&stream->lingering);
    pyro_list_push(&loop->lingering, &stream->lingering);
}

/* Waits for a reader that is slow but goes on, so that it gets all; not for one that hardly reads.
 */
static bool wait_for_reader(struct pyro_stream *stream, uint64_t now)
{
    PYRO_ASSERT(stream->layer || pyro_stream_unsent(stream) <= stream->lingering_bytes);
    if (stream->lingering_bytes < pyro_stream_unsent(stream) + PYRO_LINGER_LEAST)
        return false;
    set_deadline(stream, now);
    return true;
}

static void stream_on_linger_over(uv_timer_t *timer)
{
    struct pyro_loop *loop = timer->loop->data;
    uint64_t now = uv_now(timer->loop);
    while (!pyro_list_empty(&loop->lingering)) {
        struct pyro_stream *oldest =
            PYRO_CONTAINER(loop->lingering.next, struct pyro_stream, lingering);
        if (oldest->deadline > now) {
            uv_timer_start(timer, stream_on_linger_over, oldest->deadline - now, 0);
            return;
        }
        if (!wait_for_reader(oldest, now))
            close_now(oldest);
    }
}

static void linger(struct pyro_stream *stream)
{
    struct pyro_loop *loop = stream->loop;
    uv_update_time(&loop->uv);
    advance(stream, STREAM_LINGERING);
    set_deadline(stream, uv_now(&loop->uv));
    if (!uv_is_active((uv_handle_t *)&loop->linger))
        uv_timer_start(&loop->linger, stream_on_linger_over, LINGER_MS, 0);
    pyro_stream_changed(stream);
}

void pyro_stream_close(struct pyro_stream *stream)
{
    if (!stream || stream->state >= STREAM_LINGERING)
        return;
    stream->ops = NULL;
    stream->owner = NULL;
    pyro_completion_cancel(&stream->news);
    stop_reading(stream);
    if (stream->dial)
        stream->cancel(stream->dial);
    bool inherited = pyro_loop_inherited(stream->loop);
    bool unsent = pyro_stream_unsent(stream) > 0 || stream->layer;
    if (stream->writable && unsent && !inherited)
        linger(stream);
    else
        close_now(stream);
}
