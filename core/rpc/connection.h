/** @file
 * The daemon's end of a client's connection. Private to rpc/. */
#ifndef PYRO_RPC_CONNECTION_H
#define PYRO_RPC_CONNECTION_H

#include "net/stream.h"
#include "net/timer.h"
#include "rpc/daemon.h"
#include "rpc/handshake.h"
#include "rpc/refusals.h"

enum connection_state { CONNECTION_NEW, CONNECTION_READY, CONNECTION_CLOSED };

struct pyro_connection {
    struct pyro_list node; /**< in the daemon's list */
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon; /**< NULL once it or the daemon closed */
    struct pyro_stream *stream; /**< NULL once closed */
    struct pyro_input input;
    enum connection_state state;
    bool typed;       /**< the client reads typed msgpack (wire/message.h) */
    bool busy;        /**< a request, or the handshake, is being served: the others wait */
    bool yielding;    /**< the others have their turn before its next request */
    bool leaving;     /**< what is being served is the last */
    unsigned oneways; /**< oneway calls being served beside */
    unsigned holders; /**< the daemon while open, and each request */
    struct pyro_completion proceed;
    struct pyro_timer *timer; /**< handshake, then idle time, or that of a message */
    size_t expected;          /**< bytes of a message that is to come by then; 0: none is amidst */
    double deadline;          /**< of those, in the loop's seconds */
    struct pyro_completion expired;
    char peer[64]; /**< for the log, also after the stream has gone */
};

/** Takes an accepted stream; false when out of memory (the stream is closed then). With
 * `introduced`, no handshake comes first. */
bool pyro_connection_open(struct pyro_daemon *daemon, struct pyro_runtime *runtime,
                          struct pyro_stream *stream, bool introduced);

/** Starts a message to the client, with the annotations that the daemon adds to all. That may do
 * anything, even step the loop: PYRO_ECLOSED when the client is gone. */
enum pyro_code pyro_connection_begin(struct pyro_connection *connection, struct pyro_draft *draft,
                                     const struct pyro_protocol *protocol,
                                     const struct pyro_header *header,
                                     const struct pyro_annotation *annotations, size_t count,
                                     struct pyro_error *err);

/** Ends a message: it leaves. With an error there is nothing to abort. */
enum pyro_code pyro_connection_end(struct pyro_connection *connection, struct pyro_draft *draft,
                                   size_t limit, bool compress, struct pyro_error *err);

/** What was served took long: others have their turn before the connection's next request. */
void pyro_connection_yield(struct pyro_connection *connection);

/** The codec of answers in a serializer; NULL where there is none. */
const struct pyro_codec *pyro_connection_codec(const struct pyro_connection *connection,
                                               enum pyro_serializer serializer);

/** Notes what a client's message says of it. Where that is to be answered in kind, returns true,
 * and the answer carries pyro_typed_annotation. */
bool pyro_connection_learn(struct pyro_connection *connection, const struct pyro_message *message);

/** A request was served: others that have come in have their turn. */
void pyro_connection_proceed(struct pyro_connection *connection);

/** Serves nothing more: closes the connection, at once or when what is being served is answered. */
void pyro_connection_leave(struct pyro_connection *connection);

/** The client was welcomed: it may call. */
void pyro_connection_welcome(struct pyro_connection *connection);

/** The most bytes of a message of the client's, as far as the handshake has come; 0 for any number.
 */
size_t pyro_connection_limit(const struct pyro_connection *connection);

/** The daemon's side: the connection enters its list, and leaves it. */
void pyro_daemon_adopt(struct pyro_daemon *daemon, struct pyro_connection *connection);
void pyro_daemon_forget(struct pyro_daemon *daemon, struct pyro_connection *connection,
                        bool welcomed);

/** Logs that a connection is refused, or counts it. `daemon` may be NULL: then nobody is to know.
 */
void pyro_daemon_log_refusal(struct pyro_daemon *daemon, enum pyro_refusal kind, const char *format,
                             ...) PYRO_PRINTF(3, 4);

/** Passes a handshake on to whoever validates handshakes; false where nobody does. */
bool pyro_daemon_validates(struct pyro_daemon *daemon, struct pyro_handshake *handshake);

/** Whether the daemon's owner wants to hear of methods that fail; and then tells of one. */
bool pyro_daemon_heeds_failures(const struct pyro_daemon *daemon);
void pyro_daemon_failed(struct pyro_daemon *daemon, struct pyro_request *request, void *failure);

/** The annotations of a message, replaced by those and the daemon's. */
void pyro_daemon_annotate(struct pyro_daemon *daemon, const struct pyro_annotation **annotations,
                          size_t *count);

/** The daemon's batches of calls of objects in C (rpc/native.h), as far as they are not done. */
struct pyro_list *pyro_daemon_batches(struct pyro_daemon *daemon);

/** Keeps a stream of a client's among the daemon's, as pyro_streams_add() does. */
enum pyro_code pyro_daemon_keep_items(struct pyro_daemon *daemon, struct pyro_items *items,
                                      const struct pyro_connection *client, struct pyro_error *err);

/** The daemon's item streams. */
struct pyro_streams *pyro_daemon_streams(struct pyro_daemon *daemon);

/** Answers a connect message, now or later: takes it. */
void pyro_handshake_receive(struct pyro_connection *connection, struct pyro_message *message);

/** Tells a stranger, whose first bytes are no message, why it is refused, and closes. */
void pyro_handshake_refuse(struct pyro_connection *connection, const struct pyro_error *why);

/** Serves one invoke message: takes it. */
void pyro_serve(struct pyro_connection *connection, struct pyro_message *message);

#endif
