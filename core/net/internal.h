/** @file
 * What the parts of net/ share. */
#ifndef PYRO_NET_INTERNAL_H
#define PYRO_NET_INTERNAL_H

#include <uv.h>

#include "net/loop.h"
#include "net/stream.h"

struct pyro_loop {
    uv_loop_t uv;
    bool in_uv;
    struct pyro_list done;  /* posted completions */
    struct pyro_list dirty; /* streams with output that is to leave */
    uv_timer_t patience;    /* bounds a step */
    size_t lingering;       /* closed streams whose output is still leaving */
};

static inline struct pyro_loop *pyro_loop_of(const uv_handle_t *handle)
{
    return handle->loop->data;
}

/** Writes what streams have collected. */
void pyro_streams_flush(struct pyro_loop *loop);

/** Whether a closed stream still has output that is leaving. */
bool pyro_streams_linger(const struct pyro_loop *loop);

/** A stream of either kind, not connected, or NULL (out of memory). */
struct pyro_stream *pyro_stream_new(struct pyro_loop *loop, bool unix_socket);

/** The libuv handle to accept or connect with. */
uv_stream_t *pyro_stream_handle(struct pyro_stream *stream);

/** After accepting: names the peer, sets options. */
void pyro_stream_accepted(struct pyro_stream *stream);

/** Whether a Unix socket's path fits: libuv cuts longer ones silently. */
bool pyro_path_fits(const char *path);

/** Numeric address and port of a socket address. */
void pyro_address_text(const struct sockaddr *address, char *out, size_t size, uint16_t *port);

#endif
