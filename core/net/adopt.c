#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/internal.h"

/* The kind of a connected stream socket's addresses, or -1. */
static int family_of(int descriptor)
{
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    int type = 0;
    socklen_t size = sizeof(type), length = sizeof(peer);
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        getpeername(descriptor, (struct sockaddr *)&peer, &length) != 0)
        return -1;
    return peer.ss_family;
}

int pyro_stream_open(struct pyro_stream *stream, int descriptor)
{
    return stream->uv.handle.type == UV_TCP ? uv_tcp_open(&stream->uv.tcp, descriptor)
                                            : uv_pipe_open(&stream->uv.pipe, descriptor);
}

int pyro_stream_open_new(struct pyro_stream *stream, int family)
{
    int fd = pyro_socket_new(family, SOCK_STREAM);
    int status = fd < 0 ? fd : pyro_stream_open(stream, fd);
    if (status != 0 && fd >= 0)
        close(fd);
    return status;
}

struct pyro_stream *pyro_stream_adopt(struct pyro_loop *loop, int descriptor,
                                      struct pyro_error *err)
{
    int family = family_of(descriptor);
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
        pyro_error_set(err, PYRO_EVALUE, "descriptor %d is no connected stream socket", descriptor);
        return NULL;
    }
    struct pyro_stream *stream = pyro_stream_new(loop, family == AF_UNIX);
    if (!stream) {
        pyro_error_memory(err);
        return NULL;
    }
    int lifted = pyro_descriptor_lift(descriptor);
    int status = lifted < 0 ? uv_translate_sys_error(errno) : pyro_stream_open(stream, lifted);
    if (status != 0) {
        pyro_error_set(err, PYRO_EOS, "cannot use descriptor %d: %s", descriptor,
                       uv_strerror(status));
        pyro_stream_close(stream);
        return NULL;
    }
    pyro_stream_opened(stream);
    return stream;
}

void pyro_place_of(int descriptor, struct pyro_place *out)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof(own);
    *out = (struct pyro_place){.port = 0};
    if (getsockname(descriptor, (struct sockaddr *)&own, &length) != 0)
        return;
    if (own.ss_family == AF_UNIX) {
        const struct sockaddr_un *local = (const struct sockaddr_un *)&own;
        bool bound = length > offsetof(struct sockaddr_un, sun_path) && local->sun_path[0];
        snprintf(out->path, sizeof(out->path), "%s", bound ? local->sun_path : "<<not-bound>>");
    } else {
        pyro_address_text((struct sockaddr *)&own, out->host, sizeof(out->host), &out->port);
    }
}

enum pyro_code pyro_stream_pair(int descriptors[2], struct pyro_error *err)
{
    struct pyro_reserved reserved;
    pyro_descriptors_reserve(&reserved);
    int status = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors);
    int why = errno;
    pyro_descriptors_release(&reserved);
    if (status == 0)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EOS, "cannot make a pair of sockets: %s", strerror(why));
}
