#include "net/listener.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/internal.h"

#define BACKLOG 511

struct pyro_listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    pyro_accept_fn *accept;
    void *owner;
    struct pyro_done waiting; /* a connection waits to be accepted */
    char *path; /* of the socket file that is ours to remove */
    uint16_t port;
    char address[64];
};

/* Accepts one connection and hands it out; libuv holds the next back until then. The owner may
 * close the listener when it gets it, so the next one is a completion of its own. */
static void on_waiting(struct pyro_done *done)
{
    struct pyro_listener *listener = PYRO_CONTAINER(done, struct pyro_listener, waiting);
    struct pyro_loop *loop = pyro_loop_of(&listener->uv.handle);
    struct pyro_stream *stream = pyro_stream_new(loop, listener->uv.handle.type == UV_NAMED_PIPE);
    if (!stream)
        return;
    if (uv_accept(&listener->uv.stream, pyro_stream_handle(stream)) != 0) {
        pyro_stream_close(stream);
        return;
    }
    pyro_stream_accepted(stream);
    listener->accept(listener->owner, stream);
}

static void on_connection(uv_stream_t *uv, int status)
{
    struct pyro_listener *listener = uv->data;
    if (status != 0) /* such as too many open files: the next one may fare better */
        return;
    pyro_loop_post(pyro_loop_of(&listener->uv.handle), &listener->waiting);
}

static int bind_tcp(struct pyro_listener *listener, const struct sockaddr *address)
{
    struct sockaddr_storage bound;
    int length = sizeof(bound);
    int status = uv_tcp_bind(&listener->uv.tcp, address, 0);
    if (status == 0)
        status = uv_listen(&listener->uv.stream, BACKLOG, on_connection);
    if (status == 0)
        status = uv_tcp_getsockname(&listener->uv.tcp, (struct sockaddr *)&bound, &length);
    if (status == 0)
        pyro_address_text((struct sockaddr *)&bound, listener->address, sizeof(listener->address),
                          &listener->port);
    return status;
}

static int resolve(uv_loop_t *loop, const struct pyro_listen_options *options, int family,
                   uv_getaddrinfo_t *request)
{
    char service[8];
    struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    bool everywhere = !options->host || !*options->host;
    snprintf(service, sizeof(service), "%u", (unsigned)options->port);
    return uv_getaddrinfo(loop, request, NULL, everywhere ? NULL : options->host, service, &hints);
}

static int listen_tcp(struct pyro_listener *listener, uv_loop_t *loop,
                      const struct pyro_listen_options *options)
{
    uv_getaddrinfo_t request;
    struct sockaddr_in6 six;
    int family = options->ip_version == 6   ? AF_INET6
                 : options->ip_version == 4 ? AF_INET
                                            : AF_UNSPEC;
    if (options->host && uv_ip6_addr(options->host, options->port, &six) == 0)
        return bind_tcp(listener, (struct sockaddr *)&six);
    int status = resolve(loop, options, family, &request);
    if (status != 0 && family != AF_UNSPEC)
        status = resolve(loop, options, AF_UNSPEC, &request);
    if (status != 0)
        return status;
    status = bind_tcp(listener, request.addrinfo->ai_addr);
    uv_freeaddrinfo(request.addrinfo);
    return status;
}

/* Whether somebody listens on the socket file. */
static bool is_live(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return true;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    bool live = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return live;
}

static int listen_unix(struct pyro_listener *listener, const char *path)
{
    struct stat there;
    if (!pyro_path_fits(path))
        return UV_ENAMETOOLONG;
    if (lstat(path, &there) == 0) {
        if (!S_ISSOCK(there.st_mode) || is_live(path))
            return UV_EADDRINUSE;
        unlink(path); /* left behind by a server that died */
    }
    int status = uv_pipe_bind(&listener->uv.pipe, path);
    if (status != 0)
        return status;
    listener->path = pyro_copy_text(path, strlen(path));
    if (!listener->path)
        return UV_ENOMEM;
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

struct pyro_listener *pyro_listener_new(struct pyro_loop *loop,
                                        const struct pyro_listen_options *options,
                                        pyro_accept_fn *accept, void *owner,
                                        struct pyro_error *err)
{
    struct pyro_listener *listener = pyro_calloc(1, sizeof(*listener));
    if (!listener) {
        pyro_error_memory(err);
        return NULL;
    }
    listener->accept = accept;
    listener->owner = owner;
    pyro_done_init(&listener->waiting, on_waiting);
    int status = options->unixsocket ? uv_pipe_init(&loop->uv, &listener->uv.pipe, 0)
                                     : uv_tcp_init(&loop->uv, &listener->uv.tcp);
    if (status != 0) {
        fail(options, status, err);
        pyro_free(listener);
        return NULL;
    }
    listener->uv.handle.data = listener;
    status = options->unixsocket ? listen_unix(listener, options->unixsocket)
                                 : listen_tcp(listener, &loop->uv, options);
    if (status == 0)
        return listener;
    fail(options, status, err);
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

static void on_closed(uv_handle_t *handle)
{
    pyro_free(handle->data);
}

void pyro_listener_close(struct pyro_listener *listener)
{
    if (!listener)
        return;
    pyro_done_cancel(&listener->waiting);
    if (listener->path)
        unlink(listener->path);
    pyro_free(listener->path);
    listener->path = NULL;
    uv_close(&listener->uv.handle, on_closed);
}
