#include "net/service.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_DESCRIPTOR 3 /* of those that are handed over; the others follow it */

/* Returns a number in the environment; 0 where there is none. */
static long number_in(const char *variable)
{
    const char *text = getenv(variable);
    char *end;
    long number = text ? strtol(text, &end, 10) : 0;
    return text && *text && !*end ? number : 0;
}

enum pyro_code pyro_service_socket(int *descriptor, struct pyro_error *err)
{
    *descriptor = -1;
    if (number_in("LISTEN_PID") != getpid()) /* these are for another program */
        return PYRO_OK;
    long count = number_in("LISTEN_FDS");
    if (count == 0)
        return PYRO_OK;
    if (count != 1)
        return pyro_error_set(err, PYRO_EVALUE, "LISTEN_FDS=%ld: one socket is what is served",
                              count);
    if (fcntl(FIRST_DESCRIPTOR, F_SETFD, FD_CLOEXEC) != 0)
        return pyro_error_set(err, PYRO_EOS, "LISTEN_FDS=1: %s", strerror(errno));
    *descriptor = FIRST_DESCRIPTOR;
    return PYRO_OK;
}

/* Returns where the manager wants to be told; NULL: nowhere. */
static const char *manager_path(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    return path && *path ? path : NULL;
}

bool pyro_service_is_managed(void)
{
    return manager_path() != NULL;
}

double pyro_service_watchdog(void)
{
    long microseconds = number_in("WATCHDOG_USEC");
    bool ours = !getenv("WATCHDOG_PID") || number_in("WATCHDOG_PID") == getpid();
    return pyro_service_is_managed() && ours && microseconds > 0 ? (double)microseconds / 1e6 : 0;
}

/* Makes the address of a Unix socket; the length 0 where it can be none. A name after '@' is
 * abstract. */
static socklen_t address_of(const char *path, struct sockaddr_un *out)
{
    size_t length = strlen(path);
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((*path != '/' && *path != '@') || length >= sizeof(out->sun_path))
        return 0;
    memcpy(out->sun_path, path, length);
    if (*path == '@')
        out->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

enum pyro_code pyro_service_notify(const char *state, struct pyro_error *err)
{
    const char *path = manager_path();
    struct sockaddr_un manager;
    if (!path)
        return PYRO_OK;
    socklen_t length = address_of(path, &manager);
    if (length == 0)
        return pyro_error_set(err, PYRO_EVALUE, "NOTIFY_SOCKET=%s is no socket's address", path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t sent = fd < 0 ? -1
                          : sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                                   (struct sockaddr *)&manager, length);
    enum pyro_code code =
        sent < 0 ? pyro_error_set(err, PYRO_EOS, "NOTIFY_SOCKET=%s: %s", path, strerror(errno))
                 : PYRO_OK;
    if (fd >= 0)
        close(fd);
    return code;
}
