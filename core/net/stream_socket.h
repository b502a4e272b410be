/** @file
 * The socket of a stream. Private to net/. */
#ifndef PYRO_NET_STREAM_SOCKET_H
#define PYRO_NET_STREAM_SOCKET_H

struct pyro_stream;
struct sockaddr;

/** Opens the stream's handle with a socket, which it takes; not on failure. Returns 0, or libuv's
 * code of the error. */
int pyro_stream_open(struct pyro_stream *stream, int descriptor);

/** Opens the stream's handle with a new socket. Returns 0, or libuv's code of the error. */
int pyro_stream_open_new(struct pyro_stream *stream, int family);

/** Names the stream's peer by its address, unless it is at a Unix socket. */
void pyro_stream_name(struct pyro_stream *stream, const struct sockaddr *peer);

/** Asks the system for the address of a connected TCP socket's peer, which it tells only while the
 * connection stands, and names it. */
void pyro_stream_find_peer(struct pyro_stream *stream);

#endif
