/* The floor: what a client and a server on bare libuv pay for the same bytes on a wire, with as few
 * system calls as pyrolua makes. */
#ifndef SPEC_BENCH_FLOOR_H
#define SPEC_BENCH_FLOOR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static inline void demand(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", what, uv_strerror(result));
        exit(1);
    }
}

static inline char *allocate(size_t size)
{
    char *memory = malloc(size);
    if (!memory)
        demand(UV_ENOMEM, "malloc");
    return memory;
}

static inline size_t number(const char *text)
{
    return (size_t)strtoull(text, NULL, 10);
}

static inline void on_written(uv_write_t *write, int status)
{
    (void)status; /* a peer that is gone is seen by reading */
    free(write);
}

/* Sends bytes that stay in place: what the kernel takes goes at once, without libuv's queue, which
 * costs an epoll_ctl for each message. */
static inline void send_bytes(uv_stream_t *stream, char *bytes, size_t size)
{
    uv_buf_t buf = uv_buf_init(bytes, (unsigned)size);
    int sent = uv_try_write(stream, &buf, 1);
    if (sent == UV_EAGAIN)
        sent = 0;
    if (sent < 0 || (size_t)sent == size)
        return;
    buf = uv_buf_init(bytes + sent, (unsigned)(size - (size_t)sent));
    uv_write_t *write = (uv_write_t *)(void *)allocate(sizeof(*write));
    demand(uv_write(write, stream, &buf, 1, on_written), "write");
}

static inline void accept_peer(uv_stream_t *listener, uv_tcp_t *tcp)
{
    demand(uv_tcp_init(listener->loop, tcp), "tcp");
    demand(uv_accept(listener, (uv_stream_t *)tcp), "accept");
    demand(uv_tcp_nodelay(tcp, 1), "nodelay");
}

/* Listens on localhost, says where, and serves who connects. */
static inline int serve(uv_connection_cb on_connection)
{
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t listener;
    struct sockaddr_storage address;
    int length = sizeof(address);
    demand(uv_ip4_addr("127.0.0.1", 0, (struct sockaddr_in *)&address), "address");
    demand(uv_tcp_init(loop, &listener), "tcp");
    demand(uv_tcp_bind(&listener, (struct sockaddr *)&address, 0), "bind");
    demand(uv_listen((uv_stream_t *)&listener, 1024, on_connection), "listen");
    demand(uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &length), "name");
    printf("at 127.0.0.1:%d\n", ntohs(((struct sockaddr_in *)&address)->sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}

#endif
