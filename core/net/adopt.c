#include "net/adopt.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/descriptor.h"
#include "net/stream_private.h"
#include "net/stream_socket.h"

/* Finds out where the peer of a connected stream socket is. Returns the kind of its address, or -1.
 */
static int find_peer(int descriptor, struct sockaddr_storage *peer)
{
    int type = 0;
    socklen_t size = sizeof(type), length = sizeof(*peer);
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        getpeername(descriptor, (struct sockaddr *)peer, &length) != 0)
        return -1;
    return peer->ss_family;
}

struct pyro_stream *pyro_stream_adopt(struct pyro_loop *loop, int descriptor,
                                      struct pyro_error *err)
{
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    int family = find_peer(descriptor, &peer);
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
    pyro_stream_name(stream, (struct sockaddr *)&peer);
    pyro_stream_opened(stream);
    return stream;
}
