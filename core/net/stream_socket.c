#include "net/stream_socket.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/address.h"
#include "net/socket.h"
#include "net/stream_private.h"

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

void pyro_stream_name(struct pyro_stream *stream, const struct sockaddr *peer)
{
    char host[64];
    uint16_t port;
    if (peer->sa_family != AF_INET && peer->sa_family != AF_INET6)
        return;
    pyro_address_text(peer, host, sizeof(host), &port);
    snprintf(stream->peer, sizeof(stream->peer), peer->sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u",
             host, (unsigned)port);
}

void pyro_stream_find_peer(struct pyro_stream *stream)
{
    struct sockaddr_storage address;
    int length = sizeof(address);
    if (stream->uv.handle.type == UV_TCP &&
        uv_tcp_getpeername(&stream->uv.tcp, (struct sockaddr *)&address, &length) == 0)
        pyro_stream_name(stream, (struct sockaddr *)&address);
}
