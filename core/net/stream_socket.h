/** @file
 * The socket of a stream. Private to net/. */
#ifndef PYRO_NET_STREAM_SOCKET_H
#define PYRO_NET_STREAM_SOCKET_H

struct pyro_stream;

/** Opens the stream's handle with a socket, which it takes; not on failure. Returns 0, or libuv's
 * code of the error. */
int pyro_stream_open(struct pyro_stream *stream, int descriptor);

/** Opens the stream's handle with a new socket. Returns 0, or libuv's code of the error. */
int pyro_stream_open_new(struct pyro_stream *stream, int family);

/** Sets the options of a connected TCP socket, and names its peer. */
void pyro_stream_prepare(struct pyro_stream *stream);

#endif
