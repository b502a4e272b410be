#include "net/listener.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/internal.h"

#define BACKLOG 511
#define QUEUE_LENGTH 64 /* accepted connections that wait for their owner; more stay with libuv */
#define RETRY_MS 100

struct pyro_listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    pyro_accept_fn *accept;
    void *owner;
    struct pyro_done arrived;
    size_t first, count; /* of the queue, a ring */
    struct pyro_stream *queue[QUEUE_LENGTH];
    bool held;        /* libuv holds a connection that there was no room for */
    uv_timer_t retry; /* tries again where there was no memory */
    uint16_t port;
    char address[64];
};

static void on_retry(uv_timer_t *timer);

/* Accepts the connection that libuv has. As long as that does not happen, libuv polls for no more.
 */
static void collect(struct pyro_listener *listener)
{
    struct pyro_loop *loop = pyro_loop_of(&listener->uv.handle);
    listener->held = true;
    if (listener->count == QUEUE_LENGTH)
        return;
    struct pyro_stream *stream = pyro_stream_new(loop, listener->uv.handle.type == UV_NAMED_PIPE);
    if (!stream) {
        uv_timer_start(&listener->retry, on_retry, RETRY_MS, 0);
        return;
    }
    listener->held = false;
    if (uv_accept(&listener->uv.stream, &stream->uv.stream) != 0) {
        pyro_stream_close(stream);
        return;
    }
    pyro_stream_opened(stream);
    listener->queue[(listener->first + listener->count++) % QUEUE_LENGTH] = stream;
    pyro_loop_post(loop, &listener->arrived);
}

static void on_retry(uv_timer_t *timer)
{
    struct pyro_listener *listener = PYRO_CONTAINER(timer, struct pyro_listener, retry);
    if (listener->held)
        collect(listener);
}

static void on_connection(uv_stream_t *uv, int status)
{
    if (status == 0) /* else too many open files, or such: the next one may fare better */
        collect(PYRO_CONTAINER(uv, struct pyro_listener, uv.stream));
}

static struct pyro_stream *take_first(struct pyro_listener *listener)
{
    struct pyro_stream *stream = listener->queue[listener->first];
    listener->first = (listener->first + 1) % QUEUE_LENGTH;
    listener->count--;
    return stream;
}

/* Hands out one connection: the owner may close the listener when it gets it. */
static void on_arrived(struct pyro_done *done)
{
    struct pyro_listener *listener = PYRO_CONTAINER(done, struct pyro_listener, arrived);
    struct pyro_stream *stream = take_first(listener);
    if (listener->held)
        collect(listener);
    if (listener->count > 0)
        pyro_loop_post(pyro_loop_of(&listener->uv.handle), &listener->arrived);
    listener->accept(listener->owner, stream);
}

/* The address to bind to. Resolving a name blocks. */
static int find_address(uv_loop_t *loop, const struct pyro_listen_options *options,
                        struct sockaddr_storage *out)
{
    uv_getaddrinfo_t request;
    struct addrinfo hints = {.ai_family = pyro_address_family(options->ip_version),
                             .ai_socktype = SOCK_STREAM};
    char service[8];
    const char *host = options->host;
    if (!host || !*host)
        host = options->ip_version == 6 ? "::" : "0.0.0.0";
    if (pyro_address_known(host, options->port, options->ip_version, out))
        return 0;
    snprintf(service, sizeof(service), "%u", (unsigned)options->port);
    int status = uv_getaddrinfo(loop, &request, NULL, host, service, &hints);
    if (status != 0 && hints.ai_family != AF_UNSPEC) {
        hints.ai_family = AF_UNSPEC;
        status = uv_getaddrinfo(loop, &request, NULL, host, service, &hints);
    }
    if (status != 0)
        return status;
    memcpy(out, request.addrinfo->ai_addr, request.addrinfo->ai_addrlen);
    uv_freeaddrinfo(request.addrinfo);
    return 0;
}

/* As uv_tcp_bind(), which always sets SO_REUSEADDR. */
static int bind_exclusively(uv_tcp_t *tcp, const struct sockaddr_storage *address)
{
    socklen_t size =
        address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    int status = bind(fd, (const struct sockaddr *)address, size) == 0
                     ? uv_tcp_open(tcp, fd)
                     : uv_translate_sys_error(errno);
    if (status != 0)
        close(fd);
    return status;
}

static int listen_tcp(struct pyro_listener *listener, const struct pyro_listen_options *options)
{
    struct sockaddr_storage address;
    int length = sizeof(address);
    int status = find_address(listener->uv.handle.loop, options, &address);
    if (status == 0)
        status = options->exclusive
                     ? bind_exclusively(&listener->uv.tcp, &address)
                     : uv_tcp_bind(&listener->uv.tcp, (struct sockaddr *)&address, 0);
    if (status == 0)
        status = uv_listen(&listener->uv.stream, BACKLOG, on_connection);
    if (status == 0)
        status = uv_tcp_getsockname(&listener->uv.tcp, (struct sockaddr *)&address, &length);
    if (status == 0)
        pyro_address_text((struct sockaddr *)&address, listener->address, sizeof(listener->address),
                          &listener->port);
    return status;
}

/* Whether the socket file at `path`, which fits, was left behind: nobody listens on it. A queue
 * that is full (EAGAIN), a socket of another type, one that is not ours: all these are in use. */
static bool is_stale(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    memcpy(address.sun_path, path, strlen(path));
    bool stale =
        connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 && errno == ECONNREFUSED;
    close(fd);
    return stale;
}

static int listen_unix(struct pyro_listener *listener, const char *path)
{
    struct stat there;
    int status = pyro_path_status(path);
    if (status != 0)
        return status;
    if (lstat(path, &there) == 0 && S_ISSOCK(there.st_mode) && is_stale(path))
        unlink(path); /* where that fails, binding does, too */
    status = uv_pipe_bind(&listener->uv.pipe, path);
    if (status != 0)
        return status;
    return uv_listen(&listener->uv.stream, BACKLOG, on_connection);
}

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

static void on_retry_closed(uv_handle_t *handle)
{
    pyro_free(PYRO_CONTAINER(handle, struct pyro_listener, retry));
}

static void on_closed(uv_handle_t *handle)
{
    struct pyro_listener *listener = PYRO_CONTAINER(handle, struct pyro_listener, uv.handle);
    uv_close((uv_handle_t *)&listener->retry, on_retry_closed);
}

static void close_handle(uv_handle_t *handle)
{
    pyro_listener_close(PYRO_CONTAINER(handle, struct pyro_listener, uv.handle));
}

static const struct pyro_handle_kind listener_kind = {close_handle};

/* A listener of either kind that does not listen yet. */
static struct pyro_listener *create(struct pyro_loop *loop, bool unix_socket,
                                    pyro_accept_fn *accept, void *owner, struct pyro_error *err)
{
    struct pyro_listener *listener = pyro_calloc(1, sizeof(*listener));
    if (!listener) {
        pyro_error_memory(err);
        return NULL;
    }
    listener->accept = accept;
    listener->owner = owner;
    pyro_done_init(&listener->arrived, on_arrived);
    uv_timer_init(&loop->uv, &listener->retry); /* these never fail */
    if (unix_socket)
        uv_pipe_init(&loop->uv, &listener->uv.pipe, 0);
    else
        uv_tcp_init(&loop->uv, &listener->uv.tcp);
    listener->uv.handle.data = (void *)&listener_kind;
    return listener;
}

struct pyro_listener *pyro_listener_new(struct pyro_loop *loop,
                                        const struct pyro_listen_options *options,
                                        pyro_accept_fn *accept, void *owner, struct pyro_error *err)
{
    struct pyro_listener *listener = create(loop, options->unixsocket != NULL, accept, owner, err);
    if (!listener)
        return NULL;
    int status = options->unixsocket ? listen_unix(listener, options->unixsocket)
                                     : listen_tcp(listener, options);
    if (status == 0)
        return listener;
    fail(options, status, err);
    pyro_listener_close(listener);
    return NULL;
}

/* The kind of address of a stream socket that listens, or -1; with the address. */
static int listening_family(int descriptor, struct sockaddr_storage *own)
{
    int type = 0, listens = 0;
    socklen_t size = sizeof(type), length = sizeof(*own);
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens ||
        getsockname(descriptor, (struct sockaddr *)own, &length) != 0)
        return -1;
    return own->ss_family;
}

struct pyro_listener *pyro_listener_adopt(struct pyro_loop *loop, int descriptor,
                                          pyro_accept_fn *accept, void *owner,
                                          struct pyro_error *err)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    int family = listening_family(descriptor, &own);
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
        pyro_error_set(err, PYRO_EVALUE, "descriptor %d is no listening stream socket", descriptor);
        return NULL;
    }
    struct pyro_listener *listener = create(loop, family == AF_UNIX, accept, owner, err);
    if (!listener)
        return NULL;
    if (family != AF_UNIX)
        pyro_address_text((struct sockaddr *)&own, listener->address, sizeof(listener->address),
                          &listener->port);
    int status = family == AF_UNIX ? uv_pipe_open(&listener->uv.pipe, descriptor)
                                   : uv_tcp_open(&listener->uv.tcp, descriptor);
    if (status == 0)
        status = uv_listen(&listener->uv.stream, BACKLOG, on_connection);
    if (status == 0)
        return listener;
    pyro_error_set(err, PYRO_EOS, "cannot listen on descriptor %d: %s", descriptor,
                   uv_strerror(status));
    pyro_listener_close(listener);
    return NULL;
}

uint16_t pyro_listener_port(const struct pyro_listener *listener)
{
    return listener->port;
}

const char *pyro_listener_address(const struct pyro_listener *listener)
{
    return listener->address;
}

void pyro_listener_close(struct pyro_listener *listener)
{
    if (!listener)
        return;
    pyro_done_cancel(&listener->arrived);
    while (listener->count > 0)
        pyro_stream_close(take_first(listener));
    uv_timer_stop(&listener->retry);
    uv_close(&listener->uv.handle, on_closed); /* libuv removes the socket file that it made */
}
