/** @file
 * The daemon's end of a client's connection. Private to rpc/. */
#ifndef PYRO_RPC_CONNECTION_H
#define PYRO_RPC_CONNECTION_H

#include "net/stream.h"
#include "net/timer.h"
#include "rpc/daemon.h"

enum connection_state { CONNECTION_NEW, CONNECTION_READY, CONNECTION_CLOSED };

struct pyro_connection {
    struct pyro_list node; /**< in the daemon's list */
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon; /**< NULL once it or the daemon closed */
    struct pyro_stream *stream; /**< NULL once closed */
    struct pyro_input input;
    enum connection_state state;
    bool busy;        /**< a request is being served: later ones wait, in order */
    unsigned oneways; /**< oneway calls being served beside */
    unsigned holders; /**< the daemon while open, and each request */
    struct pyro_done proceed;
    struct pyro_timer *timer; /**< handshake, then idle time */
    struct pyro_done expired;
    char peer[64]; /**< for the log, also after the stream has gone */
};

/** Takes an accepted stream; false when out of memory (the stream is closed then). */
bool pyro_connection_open(struct pyro_daemon *daemon, struct pyro_runtime *runtime,
                          struct pyro_stream *stream);

/** The daemon's side: the connection enters its list, and leaves it. */
void pyro_daemon_adopt(struct pyro_daemon *daemon, struct pyro_connection *connection);
void pyro_daemon_forget(struct pyro_daemon *daemon, struct pyro_connection *connection);

/** Answers a connect message; PYRO_OK when the client may go on, else the connection is refused and
 * must be closed. */
enum pyro_code pyro_handshake(struct pyro_connection *connection, struct pyro_message *message);

/** Tells a stranger, whose first bytes are no message, why it is refused. */
void pyro_handshake_refuse(struct pyro_connection *connection, const struct pyro_error *why);

/** Serves one invoke message: takes it. */
void pyro_serve(struct pyro_connection *connection, struct pyro_message *message);

#endif
