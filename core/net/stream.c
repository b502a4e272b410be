#include "net/stream.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/memory.h"
#include "net/internal.h"

/* An output buffer larger than this is not kept for reuse. */
#define BUFFER_KEPT (16 * 1024)
#define HIGH_WATER (4 * 1024 * 1024)
#define LINGER_MS 1000

enum stream_state { STREAM_NEW, STREAM_OPEN, STREAM_ENDED, STREAM_LINGERING, STREAM_CLOSING };

struct pyro_stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct pyro_loop *loop;
    const struct pyro_stream_ops *ops; /* NULL once the owner closed it */
    void *owner;
    enum stream_state state;
    bool unix_socket, reading, got_input, connected, above_water;
    struct pyro_error why; /* why it ended */
    struct pyro_done news; /* tells the owner what the callbacks recorded */
    struct pyro_list dirty;
    struct pyro_buffer output;  /* not given to libuv yet */
    struct pyro_buffer writing; /* libuv is writing it */
    size_t written;             /* bytes of `writing` that had left when it was handed over */
    uv_write_t write;
    uv_timer_t *linger;
    size_t high_water;
    unsigned callers; /* functions on the stack that still look at it */
    bool freed;       /* its handle is closed: the last caller frees it */
    struct dial *dial;
    char peer[80];
};

/* --- life --- */

static void release(struct pyro_stream *stream)
{
    if (stream->callers > 0 || !stream->freed)
        return;
    pyro_buffer_free(&stream->output);
    pyro_buffer_free(&stream->writing);
    pyro_free(stream);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct pyro_stream *stream = handle->data;
    stream->freed = true;
    release(stream);
}

static void on_linger_closed(uv_handle_t *handle)
{
    pyro_free(handle);
}

static void close_now(struct pyro_stream *stream)
{
    if (stream->state == STREAM_CLOSING)
        return;
    if (stream->state == STREAM_LINGERING)
        stream->loop->lingering--;
    stream->state = STREAM_CLOSING;
    pyro_list_remove(&stream->dirty);
    pyro_done_cancel(&stream->news);
    if (stream->linger)
        uv_close((uv_handle_t *)stream->linger, on_linger_closed);
    stream->linger = NULL;
    if (!uv_is_closing(&stream->uv.handle)) /* between two addresses: on_replaced() sees to it */
        uv_close(&stream->uv.handle, on_handle_closed);
}

bool pyro_streams_linger(const struct pyro_loop *loop)
{
    return loop->lingering > 0;
}

static void end_stream(struct pyro_stream *stream, enum pyro_code code, const char *text)
{
    if (stream->state >= STREAM_ENDED) {
        if (stream->state == STREAM_LINGERING)
            close_now(stream);
        return;
    }
    stream->state = STREAM_ENDED;
    if (stream->reading)
        uv_read_stop(&stream->uv.stream);
    stream->reading = false;
    pyro_error_set(&stream->why, code, "%s", text);
    pyro_loop_post(stream->loop, &stream->news);
}

static void lost(struct pyro_stream *stream, int status)
{
    char text[160];
    snprintf(text, sizeof(text), "connection lost: %s", uv_strerror(status));
    end_stream(stream, PYRO_ECLOSED, text);
}

/* Tells the owner, outside of uv_run. It may close the stream in any of these. */
static void on_news(struct pyro_done *done)
{
    struct pyro_stream *stream = PYRO_CONTAINER(done, struct pyro_stream, news);
    stream->callers++;
    if (stream->connected && stream->ops) {
        stream->connected = false;
        stream->ops->connected(stream->owner);
    }
    if (stream->got_input && stream->ops) {
        stream->got_input = false;
        stream->ops->input(stream->owner);
    }
    if (stream->above_water && stream->ops && pyro_stream_unsent(stream) < stream->high_water) {
        stream->above_water = false;
        stream->ops->drained(stream->owner);
    }
    if (stream->state == STREAM_ENDED && stream->ops)
        stream->ops->ended(stream->owner, &stream->why);
    stream->callers--;
    release(stream);
}

struct pyro_stream *pyro_stream_new(struct pyro_loop *loop, bool unix_socket)
{
    struct pyro_stream *stream = pyro_calloc(1, sizeof(*stream));
    if (!stream)
        return NULL;
    int status = unix_socket ? uv_pipe_init(&loop->uv, &stream->uv.pipe, 0)
                             : uv_tcp_init(&loop->uv, &stream->uv.tcp);
    if (status != 0) {
        pyro_free(stream);
        return NULL;
    }
    stream->uv.handle.data = stream;
    stream->loop = loop;
    stream->unix_socket = unix_socket;
    stream->high_water = HIGH_WATER;
    pyro_list_init(&stream->dirty);
    pyro_done_init(&stream->news, on_news);
    snprintf(stream->peer, sizeof(stream->peer), "unix socket");
    return stream;
}

uv_stream_t *pyro_stream_handle(struct pyro_stream *stream)
{
    return &stream->uv.stream;
}

void pyro_address_text(const struct sockaddr *address, char *out, size_t size, uint16_t *port)
{
    bool six = address->sa_family == AF_INET6;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
    *port = ntohs(six ? v6->sin6_port : v4->sin_port);
    if ((six ? uv_ip6_name(v6, out, size) : uv_ip4_name(v4, out, size)) != 0)
        *out = '\0';
}

void pyro_stream_accepted(struct pyro_stream *stream)
{
    struct sockaddr_storage address;
    int length = sizeof(address);
    char host[64];
    uint16_t port;
    if (stream->unix_socket)
        return;
    uv_tcp_nodelay(&stream->uv.tcp, 1); /* best effort: messages leave whole anyway */
    if (uv_tcp_getpeername(&stream->uv.tcp, (struct sockaddr *)&address, &length) != 0)
        return;
    pyro_address_text((struct sockaddr *)&address, host, sizeof(host), &port);
    snprintf(stream->peer, sizeof(stream->peer), "%s:%u", host, (unsigned)port);
}

bool pyro_path_fits(const char *path)
{
    return strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}

/* --- reading --- */

static void on_space(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct pyro_stream *stream = handle->data;
    char *at = NULL;
    size_t size = 0;
    (void)suggested;
    if (stream->ops)
        stream->ops->space(stream->owner, &at, &size);
    *out = uv_buf_init(at, (unsigned)(size > INT32_MAX ? INT32_MAX : size));
}

static void on_read(uv_stream_t *uv, ssize_t size, const uv_buf_t *buffer)
{
    struct pyro_stream *stream = uv->data;
    (void)buffer;
    if (!stream->ops || size == 0)
        return;
    if (size == UV_EOF) {
        end_stream(stream, PYRO_ECLOSED, "connection closed by peer");
    } else if (size == UV_ENOBUFS) {
        end_stream(stream, PYRO_EMEMORY, "out of memory");
    } else if (size < 0) {
        lost(stream, (int)size);
    } else {
        if (!stream->ops->filled(stream->owner, (size_t)size)) {
            uv_read_stop(uv);
            stream->reading = false;
        }
        stream->got_input = true;
        pyro_loop_post(stream->loop, &stream->news);
    }
}

void pyro_stream_resume(struct pyro_stream *stream)
{
    if (stream->reading || stream->state != STREAM_OPEN)
        return;
    int status = uv_read_start(&stream->uv.stream, on_space, on_read);
    if (status == 0)
        stream->reading = true;
    else
        lost(stream, status);
}

void pyro_stream_start(struct pyro_stream *stream, const struct pyro_stream_ops *ops, void *owner)
{
    stream->ops = ops;
    stream->owner = owner;
    stream->state = STREAM_OPEN;
    pyro_stream_resume(stream);
}

/* --- writing --- */

struct pyro_buffer *pyro_stream_output(struct pyro_stream *stream)
{
    return &stream->output;
}

size_t pyro_stream_unsent(const struct pyro_stream *stream)
{
    return stream->output.length + stream->writing.length - stream->written;
}

void pyro_stream_changed(struct pyro_stream *stream)
{
    if (pyro_list_empty(&stream->dirty))
        pyro_list_push(&stream->loop->dirty, &stream->dirty);
    if (pyro_stream_unsent(stream) >= stream->high_water)
        stream->above_water = true;
}

void pyro_stream_high_water(struct pyro_stream *stream, size_t bytes)
{
    stream->high_water = bytes > 0 ? bytes : 1;
}

static void flush(struct pyro_stream *stream);

static void on_written(uv_write_t *write, int status)
{
    struct pyro_stream *stream = write->data;
    pyro_buffer_free(&stream->writing);
    stream->written = 0;
    if (stream->state == STREAM_CLOSING)
        return;
    if (status != 0) {
        lost(stream, status);
        return;
    }
    if (stream->above_water)
        pyro_loop_post(stream->loop, &stream->news);
    flush(stream);
}

/* What the kernel did not take goes to libuv, with its buffer; new output collects in another. */
static void hand_over(struct pyro_stream *stream, size_t sent)
{
    stream->writing = stream->output;
    stream->written = sent;
    stream->output = (struct pyro_buffer){.data = NULL};
    uv_buf_t rest = uv_buf_init(stream->writing.data + sent, 0);
    rest.len = stream->writing.length - sent;
    stream->write.data = stream;
    int status = uv_write(&stream->write, &stream->uv.stream, &rest, 1, on_written);
    if (status != 0) {
        pyro_buffer_free(&stream->writing);
        stream->written = 0;
        lost(stream, status);
    }
}

static void output_left(struct pyro_stream *stream)
{
    stream->output.length = 0;
    if (stream->output.capacity > BUFFER_KEPT)
        pyro_buffer_free(&stream->output);
    if (stream->above_water)
        pyro_loop_post(stream->loop, &stream->news);
    if (stream->state == STREAM_LINGERING)
        close_now(stream);
}

static void flush(struct pyro_stream *stream)
{
    if (stream->writing.data || (stream->state != STREAM_OPEN && stream->state != STREAM_LINGERING))
        return;
    if (stream->output.length > 0) {
        uv_buf_t all = uv_buf_init(stream->output.data, 0);
        all.len = stream->output.length;
        int sent = uv_try_write(&stream->uv.stream, &all, 1);
        if (sent < 0 && sent != UV_EAGAIN) {
            stream->output.length = 0;
            lost(stream, sent);
            return;
        }
        if (sent < 0 || (size_t)sent < all.len) {
            hand_over(stream, sent < 0 ? 0 : (size_t)sent);
            return;
        }
    }
    output_left(stream);
}

void pyro_streams_flush(struct pyro_loop *loop)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&loop->dirty)) != NULL)
        flush(PYRO_CONTAINER(node, struct pyro_stream, dirty));
}

/* --- closing --- */

static void on_linger_over(uv_timer_t *timer)
{
    close_now(timer->data);
}

const char *pyro_stream_peer(const struct pyro_stream *stream)
{
    return stream->peer;
}

/* Output that was appended leaves first; false where there is none, or no way. */
static bool linger(struct pyro_stream *stream)
{
    if (stream->state != STREAM_OPEN || pyro_stream_unsent(stream) == 0)
        return false;
    uv_timer_t *timer = pyro_malloc(sizeof(*timer));
    if (!timer)
        return false;
    uv_timer_init(&stream->loop->uv, timer);
    timer->data = stream;
    uv_timer_start(timer, on_linger_over, LINGER_MS, 0);
    stream->linger = timer;
    stream->state = STREAM_LINGERING;
    stream->loop->lingering++;
    pyro_stream_changed(stream);
    return true;
}

static void cancel_dial(struct pyro_stream *stream);

void pyro_stream_close(struct pyro_stream *stream)
{
    if (!stream)
        return;
    stream->ops = NULL;
    stream->owner = NULL;
    pyro_done_cancel(&stream->news);
    if (stream->reading)
        uv_read_stop(&stream->uv.stream);
    stream->reading = false;
    cancel_dial(stream);
    if (!linger(stream))
        close_now(stream);
}

/* --- connecting --- */

/* An attempt to connect: its addresses are tried in turn. */
struct dial {
    struct pyro_stream *stream; /* NULL: cancelled */
    uv_getaddrinfo_t resolve;
    uv_connect_t connect;
    struct addrinfo *addresses, *next;
    struct addrinfo numeric; /* stands for `addresses` where the host is one */
    struct sockaddr_storage numeric_address;
    bool any_family; /* nothing more general is left to ask for */
    bool retrying;   /* the handle of the last attempt is being replaced */
    char service[8];
    char place[200];
    char host[256];
};

static void free_dial(struct dial *dial)
{
    if (dial->addresses && dial->addresses != &dial->numeric)
        uv_freeaddrinfo(dial->addresses);
    pyro_free(dial);
}

static void cancel_dial(struct pyro_stream *stream)
{
    struct dial *dial = stream->dial;
    if (!dial)
        return;
    dial->stream = NULL; /* its callback frees it */
    stream->dial = NULL;
    uv_cancel((uv_req_t *)&dial->resolve); /* fails where it is connecting: then closing cancels */
    if (dial->retrying)
        free_dial(dial);
}

static void dial_failed(struct dial *dial, int status)
{
    struct pyro_stream *stream = dial->stream;
    char text[400];
    snprintf(text, sizeof(text), "cannot connect to %s: %s", dial->place, uv_strerror(status));
    stream->dial = NULL;
    free_dial(dial);
    end_stream(stream, PYRO_ECOMMUNICATION, text);
}

static void try_next(struct dial *dial, int status);

/* A TCP handle cannot connect twice: the next address gets a fresh one. */
static void on_replaced(uv_handle_t *handle)
{
    struct pyro_stream *stream = handle->data;
    struct dial *dial = stream->dial;
    if (stream->state == STREAM_CLOSING) {
        on_handle_closed(handle);
        return;
    }
    dial->retrying = false;
    int status = uv_tcp_init(&stream->loop->uv, &stream->uv.tcp);
    stream->uv.handle.data = stream;
    try_next(dial, status);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct dial *dial = request->data;
    struct pyro_stream *stream = dial->stream;
    if (!stream) {
        free_dial(dial);
    } else if (status == 0) {
        stream->dial = NULL;
        free_dial(dial);
        stream->state = STREAM_OPEN;
        pyro_stream_accepted(stream);
        stream->connected = true;
        pyro_loop_post(stream->loop, &stream->news);
        pyro_stream_resume(stream);
    } else if (dial->next) {
        dial->retrying = true;
        uv_close(&stream->uv.handle, on_replaced);
    } else {
        dial_failed(dial, status);
    }
}

static void try_next(struct dial *dial, int status)
{
    while (status == 0 && dial->next) {
        struct addrinfo *address = dial->next;
        dial->next = address->ai_next;
        status =
            uv_tcp_connect(&dial->connect, &dial->stream->uv.tcp, address->ai_addr, on_connected);
        if (status == 0)
            return;
        if (dial->next)
            status = 0;
    }
    dial_failed(dial, status);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses);

static int resolve(struct dial *dial, uv_loop_t *loop, int family)
{
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    dial->any_family = family == AF_UNSPEC;
    dial->resolve.data = dial;
    return uv_getaddrinfo(loop, &dial->resolve, on_resolved, dial->host, dial->service, &hints);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct dial *dial = request->data;
    dial->addresses = dial->next = addresses;
    if (!dial->stream) {
        free_dial(dial);
        return;
    }
    if (status != 0 && !dial->any_family) /* as Pyro: no address of that kind, so any */
        status = resolve(dial, &dial->stream->loop->uv, AF_UNSPEC);
    else if (status == 0) {
        try_next(dial, 0);
        return;
    }
    if (status != 0)
        dial_failed(dial, status);
}

static bool is_numeric(struct dial *dial, uint16_t port)
{
    struct sockaddr_storage *address = &dial->numeric_address;
    if (uv_ip4_addr(dial->host, port, (struct sockaddr_in *)address) != 0 &&
        uv_ip6_addr(dial->host, port, (struct sockaddr_in6 *)address) != 0)
        return false;
    dial->numeric = (struct addrinfo){.ai_addr = (struct sockaddr *)address};
    dial->addresses = dial->next = &dial->numeric;
    return true;
}

static int dial_tcp(struct dial *dial, const struct pyro_uri *uri, int ip_version)
{
    struct pyro_stream *stream = dial->stream;
    int family = ip_version == 6 ? AF_INET6 : ip_version == 4 ? AF_INET : AF_UNSPEC;
    if (strlen(uri->host) >= sizeof(dial->host))
        return UV_ENAMETOOLONG;
    snprintf(dial->host, sizeof(dial->host), "%s", uri->host);
    snprintf(dial->service, sizeof(dial->service), "%u", (unsigned)uri->port);
    if (!is_numeric(dial, uri->port))
        return resolve(dial, &stream->loop->uv, family);
    dial->next = NULL;
    return uv_tcp_connect(&dial->connect, &stream->uv.tcp, dial->numeric.ai_addr, on_connected);
}

struct pyro_stream *pyro_stream_connect(struct pyro_loop *loop, const struct pyro_uri *uri,
                                        int ip_version, const struct pyro_stream_ops *ops,
                                        void *owner, struct pyro_error *err)
{
    struct pyro_stream *stream = pyro_stream_new(loop, uri->sockname != NULL);
    struct dial *dial = stream ? pyro_calloc(1, sizeof(*dial)) : NULL;
    int status = 0;
    if (!dial) {
        pyro_stream_close(stream);
        pyro_error_memory(err);
        return NULL;
    }
    stream->ops = ops;
    stream->owner = owner;
    stream->dial = dial;
    dial->stream = stream;
    dial->connect.data = dial;
    if (uri->sockname)
        snprintf(dial->place, sizeof(dial->place), "%s", uri->sockname);
    else
        snprintf(dial->place, sizeof(dial->place), "('%s', %u)", uri->host, (unsigned)uri->port);
    if (!uri->sockname)
        status = dial_tcp(dial, uri, ip_version);
    else if (pyro_path_fits(uri->sockname))
        uv_pipe_connect(&dial->connect, &stream->uv.pipe, uri->sockname, on_connected);
    else
        status = UV_ENAMETOOLONG;
    if (status != 0)
        dial_failed(dial, status);
    return stream;
}
