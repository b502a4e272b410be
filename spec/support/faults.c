/* Stands for the C library's functions by their names: the dynamic linker takes a program's own
 * function first, for libuv as well. */
#include "support/faults.h"

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

static struct fault {
    unsigned nth; /* 0: none */
    bool all;
    int error;    /* 0: shortened */
    size_t bytes; /* then */
    unsigned count;
} faults[FAULT_CALLS];

static unsigned suspended;

static void set(enum fault_call call, struct fault fault)
{
    faults[call] = fault;
}

void fault_fail(enum fault_call call, unsigned nth, int error)
{
    set(call, (struct fault){.nth = nth, .error = error});
}

void fault_fail_all(enum fault_call call, int error)
{
    set(call, (struct fault){.all = true, .error = error});
}

void fault_shorten(enum fault_call call, unsigned nth, size_t bytes)
{
    set(call, (struct fault){.nth = nth, .bytes = bytes});
}

bool faults_pending(void)
{
    for (int call = 0; call < FAULT_CALLS; call++)
        if (faults[call].nth > 0)
            return true;
    return false;
}

unsigned fault_count(enum fault_call call)
{
    return faults[call].count;
}

void faults_clear(void)
{
    for (int call = 0; call < FAULT_CALLS; call++)
        faults[call] = (struct fault){.nth = 0};
}

void faults_suspend(void)
{
    suspended++;
}

void faults_resume(void)
{
    suspended--;
}

static bool is_socket(int fd)
{
    int type, why = errno;
    socklen_t size = sizeof(type);
    bool is = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
    errno = why;
    return is;
}

/* The fault that this call has; NULL for none. */
static const struct fault *next(enum fault_call call)
{
    struct fault *fault = &faults[call];
    if (suspended > 0)
        return NULL;
    fault->count++;
    if (fault->all)
        return fault;
    if (fault->nth == 0 || fault->count != fault->nth)
        return NULL;
    fault->nth = 0;
    return fault;
}

/* Takes the fault of a call that makes no bytes move. */
static bool fails(enum fault_call call)
{
    const struct fault *fault = next(call);
    if (fault && fault->error != 0)
        errno = fault->error;
    return fault && fault->error != 0;
}

/* Takes the fault of a call that moves bytes: it may shorten their number. */
static bool fails_on(enum fault_call call, int fd, size_t *bytes)
{
    const struct fault *fault = is_socket(fd) ? next(call) : NULL;
    if (!fault)
        return false;
    if (fault->error != 0)
        errno = fault->error;
    else if (*bytes > fault->bytes)
        *bytes = fault->bytes;
    return fault->error != 0;
}

int fault_socket(int family, int type, int protocol) __asm__("socket");
EXPORTED int fault_socket(int family, int type, int protocol)
{
    return fails(FAULT_SOCKET) ? -1 : (int)syscall(SYS_socket, family, type, protocol);
}

int fault_connect(int fd, const struct sockaddr *to, socklen_t size) __asm__("connect");
EXPORTED int fault_connect(int fd, const struct sockaddr *to, socklen_t size)
{
    return fails(FAULT_CONNECT) ? -1 : (int)syscall(SYS_connect, fd, to, size);
}

int fault_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags) __asm__("accept4");
EXPORTED int fault_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags)
{
    return fails(FAULT_ACCEPT) ? -1 : (int)syscall(SYS_accept4, fd, from, size, flags);
}

ssize_t fault_read(int fd, void *at, size_t size) __asm__("read");
EXPORTED ssize_t fault_read(int fd, void *at, size_t size)
{
    return fails_on(FAULT_READ, fd, &size) ? -1 : syscall(SYS_read, fd, at, size);
}

ssize_t fault_recvmsg(int fd, struct msghdr *message, int flags) __asm__("recvmsg");
EXPORTED ssize_t fault_recvmsg(int fd, struct msghdr *message, int flags)
{
    size_t whole = SIZE_MAX;
    return fails_on(FAULT_READ, fd, &whole) ? -1 : syscall(SYS_recvmsg, fd, message, flags);
}

ssize_t fault_write(int fd, const void *data, size_t size) __asm__("write");
EXPORTED ssize_t fault_write(int fd, const void *data, size_t size)
{
    return fails_on(FAULT_WRITE, fd, &size) ? -1 : syscall(SYS_write, fd, data, size);
}

ssize_t fault_send(int fd, const void *data, size_t size, int flags) __asm__("send");
EXPORTED ssize_t fault_send(int fd, const void *data, size_t size, int flags)
{
    return fails_on(FAULT_WRITE, fd, &size)
               ? -1
               : syscall(SYS_sendto, fd, data, size, flags, NULL, (socklen_t)0);
}

/* Of what is in parts, one that is to be short writes from the first part only. */
ssize_t fault_writev(int fd, const struct iovec *parts, int count) __asm__("writev");
EXPORTED ssize_t fault_writev(int fd, const struct iovec *parts, int count)
{
    size_t size = SIZE_MAX;
    if (fails_on(FAULT_WRITE, fd, &size))
        return -1;
    if (size == SIZE_MAX || count == 0)
        return syscall(SYS_writev, fd, parts, count);
    return syscall(SYS_write, fd, parts->iov_base, size < parts->iov_len ? size : parts->iov_len);
}

ssize_t fault_sendmsg(int fd, const struct msghdr *message, int flags) __asm__("sendmsg");
EXPORTED ssize_t fault_sendmsg(int fd, const struct msghdr *message, int flags)
{
    size_t whole = SIZE_MAX;
    return fails_on(FAULT_WRITE, fd, &whole) ? -1 : syscall(SYS_sendmsg, fd, message, flags);
}
