/** @file
 * Relays between a stream with TLS and the daemon, which reads and writes a socket: one end of a
 * pair. Private to http/. */
#ifndef PYRO_HTTP_RELAY_H
#define PYRO_HTTP_RELAY_H

#include "http/server_private.h"
#include "net/stream.h"

/** Starts TLS on an accepted stream, which is taken, and relays between it and a socket, whose
 * other end is returned; -1 with the error. The relay is gone when either end closes. */
int http_relay_open(struct pyro_http_server *server, struct pyro_stream *stream,
                    struct pyro_error *err);

/** Ends all relays, as the daemon has: what that sent still leaves. */
void http_relays_stop(struct pyro_http_server *server);

#endif
