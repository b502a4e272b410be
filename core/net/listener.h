/** @file
 * Listening sockets, TCP and Unix. */
#ifndef PYRO_NET_LISTENER_H
#define PYRO_NET_LISTENER_H

#include "net/stream.h"

struct pyro_listener;

struct pyro_listen_options {
    const char *host;       /**< address, or name: each of its addresses that this machine has; ""
                               and "0.0.0.0" are all interfaces */
    uint16_t port;          /**< 0: any */
    const char *unixsocket; /**< path; then host and port mean nothing. An existing socket file is
                               an error unless nobody listens on it (then it is replaced). */
    int ip_version;         /**< 4, 6 or 0: which of a name's addresses come first */
    bool exclusive;         /**< not where connections of an earlier listener still die away */
};

/** Called, as a completion, with each new connection: takes `stream`. */
typedef void pyro_accept_fn(void *owner, struct pyro_stream *stream);

/** Binds and listens. NULL with the error (PYRO_EOS: "cannot listen on localhost:9090: address
 * already in use"). Resolving the host blocks. */
struct pyro_listener *pyro_listener_new(struct pyro_loop *loop,
                                        const struct pyro_listen_options *options,
                                        pyro_accept_fn *accept, void *owner,
                                        struct pyro_error *err);

/** Listens on a stream socket, TCP or Unix, that somebody else bound and let listen. Takes the
 * descriptor, unless it is no such socket (PYRO_EVALUE). A Unix socket's file stays when it is
 * closed. */
struct pyro_listener *pyro_listener_adopt(struct pyro_loop *loop, int descriptor,
                                          pyro_accept_fn *accept, void *owner,
                                          struct pyro_error *err);

/** Called, as a completion, when that many connections found no descriptor for them: they were
 * refused, or wait. */
typedef void pyro_scarce_fn(void *owner, size_t connections);

/** Sets who hears of that; nobody does at first. */
void pyro_listener_on_scarce(struct pyro_listener *listener, pyro_scarce_fn *scarce);

/** Returns the port that the listener is bound to; 0 for a Unix socket. */
uint16_t pyro_listener_port(const struct pyro_listener *listener);

/** Returns the first address that the listener is bound to, numeric ("127.0.0.1", "::1"); "" for a
 * Unix socket. */
const char *pyro_listener_address(const struct pyro_listener *listener);

/** Stops listening (a Unix socket's file is removed). Accepts NULL. */
void pyro_listener_close(struct pyro_listener *listener);

#endif
