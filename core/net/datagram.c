#include "net/datagram.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/memory.h"
#include "net/address.h"
#include "net/loop_private.h"
#include "net/socket.h"

#define QUEUE_LENGTH 64

struct received {
    struct pyro_address from;
    size_t length;
    char data[PYRO_DATAGRAM_SIZE];
};

struct pyro_datagram {
    uv_udp_t uv;
    pyro_datagram_fn *received;
    void *owner;
    struct pyro_completion arrived;
    size_t first, count; /* of the queue, a ring */
    struct received queue[QUEUE_LENGTH];
    char space[PYRO_DATAGRAM_SIZE];
    char address[64];
    uint16_t port;
};

static void datagram_on_space(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct pyro_datagram *datagram = PYRO_CONTAINER(handle, struct pyro_datagram, uv);
    (void)suggested;
    *out = uv_buf_init(datagram->space, sizeof(datagram->space));
}

static void datagram_on_received(uv_udp_t *uv, ssize_t size, const uv_buf_t *buffer,
                                 const struct sockaddr *from, unsigned flags)
{
    struct pyro_datagram *datagram = PYRO_CONTAINER(uv, struct pyro_datagram, uv);
    if (size < 0 || !from || (flags & UV_UDP_PARTIAL) || datagram->count == QUEUE_LENGTH)
        return;
    size_t slot = (datagram->first + datagram->count++) % QUEUE_LENGTH;
    struct received *entry = &datagram->queue[slot];
    pyro_address_text(from, entry->from.text, sizeof(entry->from.text), &entry->from.port);
    entry->length = (size_t)size;
    memcpy(entry->data, buffer->base, entry->length);
    pyro_loop_post(pyro_loop_of((uv_handle_t *)uv), &datagram->arrived);
}

/* Hands out one datagram: the owner may close the socket when it gets it. */
static void datagram_on_arrived(struct pyro_completion *done)
{
    struct pyro_datagram *datagram = PYRO_CONTAINER(done, struct pyro_datagram, arrived);
    PYRO_ASSERT(datagram->count > 0 && datagram->count <= QUEUE_LENGTH);
    struct received entry = datagram->queue[datagram->first];
    datagram->first = (datagram->first + 1) % QUEUE_LENGTH;
    datagram->count--;
    if (datagram->count > 0)
        pyro_loop_post(pyro_loop_of((uv_handle_t *)&datagram->uv), &datagram->arrived);
    datagram->received(datagram->owner, pyro_slice(entry.data, entry.length), &entry.from);
}

/* Finds the IPv4 address of a host. Resolving a name blocks. */
static int find_address(uv_loop_t *loop, const char *host, uint16_t port, struct sockaddr_in *out)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    uv_getaddrinfo_t request;
    if (!host || !*host)
        host = "0.0.0.0";
    if (strcmp(host, "<broadcast>") == 0)
        host = "255.255.255.255";
    if (uv_ip4_addr(host, port, out) == 0)
        return 0;
    int status = uv_getaddrinfo(loop, &request, NULL, host, NULL, &hints);
    if (status != 0)
        return status;
    memcpy(out, request.addrinfo->ai_addr, sizeof(*out));
    out->sin_port = htons(port);
    uv_freeaddrinfo(request.addrinfo);
    return 0;
}

static int open_socket(struct pyro_datagram *datagram, const char *host, uint16_t port)
{
    struct sockaddr_in address;
    int length = sizeof(address);
    int status = find_address(datagram->uv.loop, host, port, &address);
    int fd = status == 0 ? pyro_socket_new(AF_INET, SOCK_DGRAM) : status;
    if (status == 0)
        status = fd < 0 ? fd : uv_udp_open(&datagram->uv, fd);
    if (status != 0 && fd >= 0)
        close(fd);
    if (status == 0)
        status = uv_udp_bind(&datagram->uv, (struct sockaddr *)&address, UV_UDP_REUSEADDR);
    if (status == 0)
        status = uv_udp_set_broadcast(&datagram->uv, 1);
    if (status == 0)
        status = uv_udp_getsockname(&datagram->uv, (struct sockaddr *)&address, &length);
    if (status == 0)
        status = uv_udp_recv_start(&datagram->uv, datagram_on_space, datagram_on_received);
    if (status == 0)
        pyro_address_text((struct sockaddr *)&address, datagram->address, sizeof(datagram->address),
                          &datagram->port);
    return status;
}

static void datagram_on_closed(uv_handle_t *handle)
{
    pyro_free(PYRO_CONTAINER(handle, struct pyro_datagram, uv));
}

static void datagram_close_handle(uv_handle_t *handle)
{
    pyro_close(handle, datagram_on_closed);
}

static const struct pyro_handle_kind datagram_kind = {.close = datagram_close_handle};

struct pyro_datagram *pyro_datagram_new(struct pyro_loop *loop, const char *host, uint16_t port,
                                        pyro_datagram_fn *received, void *owner,
                                        struct pyro_error *err)
{
    struct pyro_datagram *datagram = pyro_calloc(1, sizeof(*datagram));
    if (!datagram || uv_udp_init(&loop->uv, &datagram->uv) != 0) {
        pyro_free(datagram);
        pyro_error_memory(err);
        return NULL;
    }
    datagram->uv.data = (void *)&datagram_kind;
    datagram->received = received;
    datagram->owner = owner;
    pyro_completion_init(&datagram->arrived, datagram_on_arrived);
    int status = open_socket(datagram, host, port);
    if (status == 0)
        return datagram;
    pyro_error_set(err, PYRO_EOS, "cannot open a UDP socket on %s:%u: %s", host ? host : "",
                   (unsigned)port, uv_strerror(status));
    pyro_datagram_close(datagram);
    return NULL;
}

const char *pyro_datagram_address(const struct pyro_datagram *datagram)
{
    return datagram->address;
}

uint16_t pyro_datagram_port(const struct pyro_datagram *datagram)
{
    return datagram->port;
}

enum pyro_code pyro_datagram_send(struct pyro_datagram *datagram, const char *host, uint16_t port,
                                  struct pyro_slice data, struct pyro_error *err)
{
    char copy[PYRO_DATAGRAM_SIZE];
    struct sockaddr_in address;
    if (data.length > sizeof(copy))
        return pyro_error_set(err, PYRO_EOS, "a datagram of %zu bytes is too long", data.length);
    if (data.length > 0)
        memcpy(copy, data.data, data.length);
    uv_buf_t buffer = uv_buf_init(copy, (unsigned)data.length);
    int status = find_address(datagram->uv.loop, host, port, &address);
    if (status == 0)
        status = uv_udp_try_send(&datagram->uv, &buffer, 1, (struct sockaddr *)&address);
    if (status >= 0)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EOS, "cannot send to %s:%u: %s", host ? host : "",
                          (unsigned)port, uv_strerror(status));
}

void pyro_datagram_close(struct pyro_datagram *datagram)
{
    if (!datagram)
        return;
    pyro_completion_cancel(&datagram->arrived);
    datagram_close_handle((uv_handle_t *)&datagram->uv);
}

bool pyro_interface_address(const char *host, char out[64])
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && uv_ip4_addr(host, 53, &address) == 0 &&
                 connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                 getsockname(fd, (struct sockaddr *)&address, &length) == 0 &&
                 uv_ip4_name(&address, out, 64) == 0;
    if (fd >= 0)
        close(fd);
    return found;
}

/* Returns the name of the network interface that has an IPv4 address of this machine, or NULL. */
static const char *interface_of(const uv_interface_address_t *all, int count, const char *address)
{
    char text[64];
    for (int i = 0; i < count; i++)
        if (all[i].address.address4.sin_family == AF_INET &&
            uv_ip4_name(&all[i].address.address4, text, sizeof(text)) == 0 &&
            strcmp(text, address) == 0)
            return all[i].name;
    return NULL;
}

static bool share_interface(const char *one, const char *other)
{
    uv_interface_address_t *all;
    int count;
    if (uv_interface_addresses(&all, &count) != 0)
        return false;
    const char *first = interface_of(all, count, one), *second = interface_of(all, count, other);
    bool same = first && second && strcmp(first, second) == 0;
    uv_free_interface_addresses(all, count);
    return same;
}

bool pyro_interface_reaches(const char *address, const char *host)
{
    char local[64];
    return pyro_interface_address(host, local) &&
           (strcmp(local, host) == 0 || strcmp(local, address) == 0 ||
            share_interface(local, address));
}
