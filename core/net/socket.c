#include "net/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/descriptor.h"

int pyro_socket_new(int family, int type)
{
    int fd = pyro_descriptor_lift(socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return fd >= 0 ? fd : uv_translate_sys_error(errno);
}

enum pyro_code pyro_socket_pair(int descriptors[2], struct pyro_error *err)
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
