/* Listening sockets, and connections that wait for their owner.
 *
 * A listener watches its sockets (inlets), and accepts what comes into a queue.
 * listener_on_arrived() hands out one connection at a time, as a completion, where the owner may do
 * anything, also close the listener. A listener pauses, so that more stay outside, while the queue
 * is full, while one connection is held for lack of memory, and while there is no descriptor for
 * one: the `retry` timer looks again.
 *
 * Callbacks of libuv (listener_on_readable, listener_on_retry) accept and post; they call no owner.
 * The listener is freed when the last of its handles is closed. */
#include "net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/descriptor.h"
#include "base/memory.h"
#include "net/bind.h"
#include "net/place.h"
#include "net/stream_private.h"
#include "net/stream_socket.h"

#define QUEUE_LENGTH 64 /* accepted connections that wait for their owner; more stay outside */
#define RETRY_MS 100

/* One of its sockets. libuv only tells when there is something to be accepted: it would let a
 * connection stand for a standard stream that is closed. */
struct inlet {
    uv_poll_t poll;
    struct pyro_listener *listener;
    int fd;
};

/* A connection that was accepted. */
struct arrival {
    int fd; /* -1: none */
    struct sockaddr_storage
        peer; /* which the system tells later only while the connection stands */
};

struct pyro_listener {
    struct pyro_loop *loop;
    pyro_accept_fn *accept;
    void *owner;
    struct pyro_completion arrived;
    pyro_scarce_fn *scarce; /* NULL: nobody wants to know */
    struct pyro_completion lacking;
    size_t lacked;       /* descriptors, for so many connections */
    size_t first, count; /* of the queue, a ring */
    struct pyro_stream *queue[QUEUE_LENGTH];
    bool paused;         /* it does not look at its sockets */
    struct arrival held; /* a connection that there was no memory for */
    uv_timer_t retry;    /* tries again then */
    struct inlet inlets[PYRO_LISTEN_ADDRESSES];
    int inlet_count;
    int handles; /* that libuv has not closed yet: the last one frees the listener */
    bool unix_socket;
    struct pyro_socket_file file;
    struct pyro_place place; /* of the first socket */
};

/* --- accepting --- */

static void listener_on_retry(uv_timer_t *timer);
static void listener_on_readable(uv_poll_t *poll, int status, int events);

static void pause_polling(struct pyro_listener *listener)
{
    listener->paused = true;
    for (int i = 0; i < listener->inlet_count; i++)
        uv_poll_stop(&listener->inlets[i].poll);
}

static void resume_polling(struct pyro_listener *listener)
{
    listener->paused = false;
    for (int i = 0; i < listener->inlet_count; i++) /* fails only for a closing handle */
        uv_poll_start(&listener->inlets[i].poll, UV_READABLE, listener_on_readable);
}

/* Lets a connection wait for its owner. */
static void enqueue(struct pyro_listener *listener, const struct arrival *arrival)
{
    struct pyro_stream *stream = pyro_stream_new(listener->loop, listener->unix_socket);
    PYRO_ASSERT(listener->held.fd < 0 && listener->count < QUEUE_LENGTH);
    if (!stream) {
        listener->held = *arrival;
        pause_polling(listener);
        uv_timer_start(&listener->retry, listener_on_retry, RETRY_MS, 0);
        return;
    }
    if (pyro_stream_open(stream, arrival->fd) !=
        0) { /* no socket of the kind that was listened with */
        close(arrival->fd);
        pyro_stream_close(stream);
        return;
    }
    pyro_stream_name(stream, (const struct sockaddr *)&arrival->peer);
    pyro_stream_opened(stream);
    listener->queue[(listener->first + listener->count++) % QUEUE_LENGTH] = stream;
    pyro_loop_post(listener->loop, &listener->arrived);
}

static bool lacks_descriptors(int error)
{
    return error == EMFILE || error == ENFILE;
}

/* Refuses a connection with the help of the descriptor that is kept for that. 0, or what is wrong.
 */
static int refuse(struct pyro_loop *loop, int listening)
{
    pyro_loop_yield_descriptor(loop);
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    pyro_loop_regain_descriptor(loop);
    return error;
}

/* Refuses a connection, if there is one, for which there is no descriptor; where others had the
 * reserve first, it has to wait. Returns whether to go on. */
static bool do_without(struct pyro_listener *listener, int listening)
{
    int error = refuse(listener->loop, listening);
    if (error != 0 && !lacks_descriptors(error))
        return false;
    listener->lacked++;
    pyro_loop_post(listener->loop, &listener->lacking);
    if (error == 0)
        return true;
    pause_polling(listener);
    uv_timer_start(&listener->retry, listener_on_retry, RETRY_MS, 0);
    return false;
}

static bool accept_one(int listening, struct arrival *arrival)
{
    socklen_t length = sizeof(arrival->peer);
    arrival->peer.ss_family = AF_UNSPEC;
    arrival->fd = pyro_descriptor_lift(accept4(listening, (struct sockaddr *)&arrival->peer,
                                               &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
    return arrival->fd >= 0;
}

/* Accepts what there is, and room for. */
static void collect(struct pyro_listener *listener, int listening)
{
    while (!listener->paused && listener->count < QUEUE_LENGTH) {
        struct arrival arrival;
        if (accept_one(listening, &arrival))
            enqueue(listener, &arrival);
        else if (lacks_descriptors(errno) ? !do_without(listener, listening)
                                          : errno != EINTR && errno != ECONNABORTED)
            return; /* none is left, or the next one may fare better */
    }
    if (!listener->paused)
        pause_polling(listener);
}

static void listener_on_readable(uv_poll_t *poll, int status, int events)
{
    struct inlet *inlet = PYRO_CONTAINER(poll, struct inlet, poll);
    (void)events;
    if (status == 0)
        collect(inlet->listener, inlet->fd);
}

static void listener_on_retry(uv_timer_t *timer)
{
    struct pyro_listener *listener = PYRO_CONTAINER(timer, struct pyro_listener, retry);
    struct arrival held = listener->held;
    PYRO_ASSERT(listener->paused);
    listener->held.fd = -1;
    resume_polling(listener);
    if (held.fd >= 0)
        enqueue(listener, &held);
}

static void listener_on_lacking(struct pyro_completion *done)
{
    struct pyro_listener *listener = PYRO_CONTAINER(done, struct pyro_listener, lacking);
    size_t connections = listener->lacked;
    listener->lacked = 0;
    if (listener->scarce)
        listener->scarce(listener->owner, connections);
}

static struct pyro_stream *take_first(struct pyro_listener *listener)
{
    PYRO_ASSERT(listener->count > 0);
    struct pyro_stream *stream = listener->queue[listener->first];
    listener->first = (listener->first + 1) % QUEUE_LENGTH;
    listener->count--;
    return stream;
}

/* Hands out one connection: the owner may close the listener when it gets it. */
static void listener_on_arrived(struct pyro_completion *done)
{
    struct pyro_listener *listener = PYRO_CONTAINER(done, struct pyro_listener, arrived);
    struct pyro_stream *stream = take_first(listener);
    if (listener->count > 0)
        pyro_loop_post(listener->loop, &listener->arrived);
    else if (listener->paused && listener->held.fd < 0)
        resume_polling(listener);
    listener->accept(listener->owner, stream);
}

/* --- opening and closing --- */

static void fail(const struct pyro_listen_options *options, int status, struct pyro_error *err)
{
    if (options->unixsocket)
        pyro_error_set(err, PYRO_EOS, "cannot listen on %s: %s", options->unixsocket,
                       uv_strerror(status));
    else
        pyro_error_set(err, PYRO_EOS, "cannot listen on %s:%u: %s",
                       options->host ? options->host : "", (unsigned)options->port,
                       uv_strerror(status));
}

static void release(struct pyro_listener *listener)
{
    PYRO_ASSERT(listener->handles > 0);
    if (--listener->handles == 0)
        pyro_free(listener);
}

static void listener_on_inlet_closed(uv_handle_t *handle)
{
    release(PYRO_CONTAINER(handle, struct inlet, poll)->listener);
}

static void listener_on_retry_closed(uv_handle_t *handle)
{
    release(PYRO_CONTAINER(handle, struct pyro_listener, retry));
}

static void listener_close_handle(uv_handle_t *handle)
{
    pyro_listener_close(PYRO_CONTAINER(handle, struct pyro_listener, retry));
}

static const struct pyro_handle_kind listener_kind = {.close = listener_close_handle};

/* Makes a listener of either kind that does not listen yet. */
static struct pyro_listener *create(struct pyro_loop *loop, bool unix_socket,
                                    pyro_accept_fn *accept, void *owner, struct pyro_error *err)
{
    struct pyro_listener *listener = pyro_calloc(1, sizeof(*listener));
    if (!listener) {
        pyro_error_memory(err);
        return NULL;
    }
    listener->loop = loop;
    listener->accept = accept;
    listener->owner = owner;
    listener->unix_socket = unix_socket;
    listener->held.fd = -1;
    listener->handles = 1;
    pyro_completion_init(&listener->arrived, listener_on_arrived);
    pyro_completion_init(&listener->lacking, listener_on_lacking);
    uv_timer_init(&loop->uv, &listener->retry); /* never fails */
    listener->retry.data = (void *)&listener_kind;
    return listener;
}

/* Takes a socket that listens. */
static int add_inlet(struct pyro_listener *listener, int fd)
{
    struct inlet *inlet = &listener->inlets[listener->inlet_count];
    int status = uv_poll_init(&listener->loop->uv, &inlet->poll, fd);
    if (status != 0) {
        close(fd);
        return status;
    }
    inlet->poll.data = NULL;
    inlet->listener = listener;
    inlet->fd = fd;
    listener->handles++;
    if (listener->inlet_count++ == 0)
        pyro_place_of(fd, &listener->place);
    return 0;
}

/* Takes sockets that listen, as many as there are; negative: what is wrong. */
static int take_inlets(struct pyro_listener *listener, const int *fds, int count)
{
    int status = count < 0 ? count : 0;
    for (int i = 0; i < count; i++) {
        if (status == 0)
            status = add_inlet(listener, fds[i]);
        else
            close(fds[i]);
    }
    if (status == 0)
        resume_polling(listener);
    return status;
}

struct pyro_listener *pyro_listener_new(struct pyro_loop *loop,
                                        const struct pyro_listen_options *options,
                                        pyro_accept_fn *accept, void *owner, struct pyro_error *err)
{
    int fds[PYRO_LISTEN_ADDRESSES];
    int count;
    struct pyro_listener *listener = create(loop, options->unixsocket != NULL, accept, owner, err);
    if (!listener)
        return NULL;
    if (options->unixsocket) {
        fds[0] = pyro_listen_unix(options->unixsocket, &listener->file);
        count = fds[0] < 0 ? fds[0] : 1;
    } else {
        count = pyro_listen_tcp(&loop->uv, options, fds);
    }
    int status = take_inlets(listener, fds, count);
    if (status == 0)
        return listener;
    fail(options, status, err);
    pyro_listener_close(listener);
    return NULL;
}

/* Returns the kind of address of a stream socket that listens, or -1. */
static int listening_family(int descriptor)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    int type = 0, listens = 0;
    socklen_t size = sizeof(type), length = sizeof(own);
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens ||
        getsockname(descriptor, (struct sockaddr *)&own, &length) != 0)
        return -1;
    return own.ss_family;
}

struct pyro_listener *pyro_listener_adopt(struct pyro_loop *loop, int descriptor,
                                          pyro_accept_fn *accept, void *owner,
                                          struct pyro_error *err)
{
    int family = listening_family(descriptor);
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
        pyro_error_set(err, PYRO_EVALUE, "descriptor %d is no listening stream socket", descriptor);
        return NULL;
    }
    struct pyro_listener *listener = create(loop, family == AF_UNIX, accept, owner, err);
    if (!listener)
        return NULL;
    int lifted = pyro_descriptor_lift(descriptor);
    int count = lifted < 0 ? uv_translate_sys_error(errno) : 1;
    int status = take_inlets(listener, &lifted, count);
    if (status == 0)
        return listener;
    pyro_error_set(err, PYRO_EOS, "cannot listen on descriptor %d: %s", descriptor,
                   uv_strerror(status));
    pyro_listener_close(listener);
    return NULL;
}

void pyro_listener_on_scarce(struct pyro_listener *listener, pyro_scarce_fn *scarce)
{
    listener->scarce = scarce;
}

uint16_t pyro_listener_port(const struct pyro_listener *listener)
{
    return listener->place.port;
}

const char *pyro_listener_address(const struct pyro_listener *listener)
{
    return listener->place.host;
}

void pyro_listener_close(struct pyro_listener *listener)
{
    if (!listener)
        return;
    pyro_completion_cancel(&listener->arrived);
    pyro_completion_cancel(&listener->lacking);
    while (listener->count > 0)
        pyro_stream_close(take_first(listener));
    if (listener->held.fd >= 0)
        close(listener->held.fd);
    if (!pyro_loop_inherited(listener->loop))
        pyro_socket_file_remove(&listener->file); /* while it is in use: nobody takes it over yet */
    for (int i = 0; i < listener->inlet_count; i++) {
        pyro_close((uv_handle_t *)&listener->inlets[i].poll, listener_on_inlet_closed);
        close(listener->inlets[i].fd);
    }
    pyro_close((uv_handle_t *)&listener->retry, listener_on_retry_closed);
}
