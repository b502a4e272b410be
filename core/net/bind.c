/* Sockets that listen: what to bind them to, and that. */
#include "net/bind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "net/address.h"
#include "net/place.h"
#include "net/socket.h"

#define BACKLOG 511
#define TRIES 64           /* to find a port that is free on all addresses */
#define LOCK_PATIENCE 100  /* times that a locked folder is looked at again */
#define LOCK_WAIT 10000000 /* nanoseconds between them */

/* --- TCP --- */

struct addresses {
    struct sockaddr_storage list[PYRO_LISTEN_ADDRESSES];
    int count;
};

static socklen_t size_of(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)address)->sin_port = htons(port);
}

/* Adds an address, whose storage is zero behind it, unless it is there. */
static void add_address(struct addresses *to, const struct sockaddr_storage *added)
{
    for (int i = 0; i < to->count; i++)
        if (memcmp(&to->list[i], added, sizeof(*added)) == 0)
            return;
    if (to->count < PYRO_LISTEN_ADDRESSES)
        to->list[to->count++] = *added;
}

static void add_found(struct addresses *to, const struct addrinfo *found)
{
    struct sockaddr_storage added = {.ss_family = AF_UNSPEC};
    memcpy(&added, found->ai_addr, found->ai_addrlen);
    add_address(to, &added);
}

/* Adds the addresses that a name has, those of the preferred kind first. Resolving it blocks. It is
 * asked for all kinds at once: one kind that a hosts file does not have would be asked of a name
 * server, which may be far or dead. */
static int add_resolved(uv_loop_t *loop, const char *host, int preferred, struct addresses *to)
{
    uv_getaddrinfo_t request;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int status = uv_getaddrinfo(loop, &request, NULL, host, NULL, &hints);
    if (status != 0)
        return status;
    for (const struct addrinfo *info = request.addrinfo; info; info = info->ai_next)
        if (info->ai_family == preferred)
            add_found(to, info);
    for (const struct addrinfo *info = request.addrinfo; info; info = info->ai_next)
        add_found(to, info); /* once each */
    uv_freeaddrinfo(request.addrinfo);
    return 0;
}

static int resolve(uv_loop_t *loop, const struct pyro_listen_options *options, struct addresses *to)
{
    int preferred = pyro_address_family(options->ip_version);
    struct sockaddr_storage known = {.ss_family = AF_UNSPEC};
    bool is_known = pyro_address_fallback(options->host, 0, &known);
    if (is_known && preferred != AF_INET6)
        add_address(to, &known);
    int status = add_resolved(loop, options->host, preferred, to);
    if (is_known)
        add_address(to, &known);
    return to->count > 0 ? 0 : status;
}

static int find_addresses(uv_loop_t *loop, const struct pyro_listen_options *options,
                          struct addresses *to)
{
    const char *host = options->host;
    *to = (struct addresses){.count = 0};
    if (!host || !*host)
        host = options->ip_version == 6 ? "::" : "0.0.0.0";
    if (!pyro_address_numeric(host, 0, &to->list[0]))
        return resolve(loop, options, to);
    to->count = 1;
    return 0;
}

/* Makes a socket that listens on an address, or returns what is wrong. An IPv6 one that is not
 * alone leaves IPv4 to the others. */
static int listen_at(const struct sockaddr_storage *address, bool exclusive, bool alone)
{
    const int yes = 1, only_6 = !alone;
    int fd = pyro_socket_new(address->ss_family, SOCK_STREAM);
    if (fd < 0)
        return fd;
    if (!exclusive)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (address->ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_6, sizeof(only_6));
    if (bind(fd, (const struct sockaddr *)address, size_of(address)) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    int status = uv_translate_sys_error(errno);
    close(fd);
    return status;
}

static uint16_t port_of(int fd)
{
    struct pyro_place place;
    pyro_place_of(fd, &place);
    return place.port;
}

static void close_all(int *fds, int count)
{
    for (int i = 0; i < count; i++)
        close(fds[i]);
}

/* Listens on all addresses that this machine has, at one port. Returns how many sockets do, or what
 * is wrong. */
static int listen_at_all(struct addresses *addresses, uint16_t port, bool exclusive, int *fds)
{
    int count = 0, status = UV_EADDRNOTAVAIL;
    for (int i = 0; i < addresses->count; i++) {
        set_port(&addresses->list[i], port);
        int fd = listen_at(&addresses->list[i], exclusive, addresses->count == 1);
        if (fd >= 0) {
            fds[count++] = fd;
            port = port_of(fd);
        } else if (fd != UV_EADDRNOTAVAIL && fd != UV_EAFNOSUPPORT) {
            close_all(fds, count);
            return fd;
        }
    }
    return count > 0 ? count : status;
}

int pyro_listen_tcp(uv_loop_t *loop, const struct pyro_listen_options *options,
                    int fds[PYRO_LISTEN_ADDRESSES])
{
    struct addresses addresses;
    int count = find_addresses(loop, options, &addresses);
    if (count != 0)
        return count;
    int tries = options->port == 0 ? TRIES : 1;
    do
        count = listen_at_all(&addresses, options->port, options->exclusive, fds);
    while (count == UV_EADDRINUSE && --tries > 0);
    return count;
}

/* --- Unix sockets --- */

/* Returns whether the socket file at an address was left behind: nobody listens on it. A queue that
 * is full (EAGAIN), a socket of another type, one that is not ours: all these are in use. */
static bool is_stale(const struct sockaddr_un *address)
{
    struct stat there;
    if (lstat(address->sun_path, &there) != 0 || !S_ISSOCK(there.st_mode))
        return false;
    int fd = pyro_socket_new(AF_UNIX, SOCK_STREAM);
    if (fd < 0)
        return false;
    bool stale = connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
                 errno == ECONNREFUSED;
    close(fd);
    return stale;
}

/* Locks the folder of a path: of two programs that find the same file left behind, one must not
 * remove what the other has just made. Whoever holds the lock for long, or where there can be none,
 * is not waited for. Returns a descriptor whose end unlocks it, or -1. */
static int lock_folder(const char *path)
{
    char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    const char *slash = strrchr(path, '/');
    size_t length = slash > path ? (size_t)(slash - path) : slash ? 1 : 0;
    memcpy(folder, path, length);
    folder[length] = '\0';
    int fd = open(length > 0 ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && i < LOCK_PATIENCE; i++)
        nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT}, NULL);
    return fd;
}

static int listen_at_path(const struct sockaddr_un *address)
{
    int fd = pyro_socket_new(AF_UNIX, SOCK_STREAM);
    if (fd < 0)
        return fd;
    if (is_stale(address))
        unlink(address->sun_path); /* where that fails, binding does, too */
    bool bound = bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
    if (bound && listen(fd, BACKLOG) == 0)
        return fd;
    int status = uv_translate_sys_error(errno);
    if (bound)
        unlink(address->sun_path);
    close(fd);
    return status;
}

int pyro_listen_unix(const char *path, struct pyro_socket_file *file)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat made;
    int status = pyro_path_status(path);
    if (status != 0)
        return status;
    memcpy(address.sun_path, path, strlen(path));
    int lock = lock_folder(path);
    int fd = listen_at_path(&address);
    if (fd >= 0 && lstat(path, &made) == 0) {
        snprintf(file->path, sizeof(file->path), "%s", path);
        file->device = made.st_dev;
        file->number = made.st_ino;
    }
    if (lock >= 0)
        close(lock);
    return fd;
}

void pyro_socket_file_remove(const struct pyro_socket_file *file)
{
    struct stat there;
    if (*file->path && lstat(file->path, &there) == 0 && there.st_dev == file->device &&
        there.st_ino == file->number)
        unlink(file->path);
}
