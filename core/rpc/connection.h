/** @file
 * The daemon's end of a client's connection. Who includes this from outside of rpc/ uses only the
 * functions at the end. */
#ifndef PYRO_RPC_CONNECTION_H
#define PYRO_RPC_CONNECTION_H

#include "net/stream.h"
#include "net/timer.h"
#include "net/tls.h"
#include "rpc/peer.h"
#include "rpc/registry.h"
#include "value/tree.h"

enum connection_state { CONNECTION_NEW, CONNECTION_READY, CONNECTION_CLOSED };

/** Receivers of a client's messages. */
struct pyro_connection_ops {
    /** Takes the first message, which is to be the client's handshake. */
    void (*handshake)(struct pyro_connection *connection, struct pyro_message *message);
    /** Takes an invoke message of a client that was accepted. */
    void (*request)(struct pyro_connection *connection, struct pyro_message *message);
    /** Hears that the client's first bytes are no message, and closes the connection. */
    void (*stranger)(struct pyro_connection *connection, const struct pyro_error *why);
    /** Hears, once, that the connection is closed; `accepted`: its handshake had gone well. */
    void (*closed)(struct pyro_registry *registry, struct pyro_connection *connection,
                   bool accepted);
};

/** Bytes of an id that a connection remembers. */
#define PYRO_REMEMBERED_ID 40

struct pyro_connection {
    struct pyro_list node; /**< in the daemon's list */
    struct pyro_runtime *runtime;
    struct pyro_registry *registry; /**< the daemon's; NULL once closed, and nothing is served */
    const struct pyro_connection_ops *ops;
    struct pyro_stream *stream; /**< NULL once closed */
    struct pyro_input input;
    enum connection_state state;
    bool typed;          /**< the client reads typed msgpack (wire/message.h) */
    bool busy;           /**< a request, or the handshake, is being served: the others wait */
    bool yielding;       /**< the others have their turn before its next message */
    bool draining;       /**< what is being served is the last */
    bool ended;          /**< by the client: it is closed when no request is considered any more */
    bool writing;        /**< a message is begun in the output, and neither ended nor aborted */
    uint64_t requests;   /**< that came in so far */
    unsigned oneways;    /**< oneway requests that are served concurrently */
    unsigned considered; /**< requests of which it is not decided yet whether they are served */
    unsigned refcount;   /**< of the daemon while open, and of each request */
    struct pyro_completion proceed;
    struct pyro_timer *timer; /**< handshake, then idle time, or that of a message */
    size_t expected;          /**< bytes of a message that is to come by then; 0: none is amidst */
    double deadline;          /**< of those, in the loop's seconds */
    struct pyro_completion expired;
    struct pyro_certificate *certificate; /**< the client's, once it was read */
    struct pyro_peer identity;  /**< who the client is, for those who decide what it may call */
    struct pyro_tree *greeting; /**< the client's handshake message, where hooks want it; or NULL */
    char peer[64];              /**< for the log, also after the stream has gone */
    /** The object that was found last, unless another was removed since: clients call one. */
    struct pyro_object *object;
    uint64_t removals; /**< of the registry by then */
    size_t id_length;
    char id[PYRO_REMEMBERED_ID];
};

/** Takes an accepted stream; NULL when out of memory (the stream is closed then). With `accepted`,
 * no handshake comes first. */
struct pyro_connection *pyro_connection_open(struct pyro_registry *registry,
                                             const struct pyro_connection_ops *ops,
                                             struct pyro_stream *stream, bool accepted);

/** Finds the object of that id in the connection's daemon; NULL where there is none, or the daemon
 * is closed. */
struct pyro_object *pyro_connection_find(struct pyro_connection *connection, struct pyro_slice id);

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

/** Cuts off a message that was begun. */
void pyro_connection_abort(struct pyro_connection *connection, struct pyro_draft *draft);

/** Gives others a turn before the connection's next message: what was served took long. */
void pyro_connection_yield(struct pyro_connection *connection);

/** Returns the codec of answers in a serializer; NULL where there is none. */
const struct pyro_codec *pyro_connection_codec(const struct pyro_connection *connection,
                                               enum pyro_serializer serializer);

/** Notes whether a message says that its client reads typed msgpack. Returns whether the answer is
 * to carry pyro_typed_annotation. */
bool pyro_connection_note_typed(struct pyro_connection *connection,
                                const struct pyro_message *message);

/** Returns the registry of the connection's daemon, also for what is served after the client has
 * gone; NULL once the daemon is closed. */
static inline struct pyro_registry *
pyro_connection_registry(const struct pyro_connection *connection)
{
    struct pyro_registry *registry = connection->registry;
    return registry && registry->open ? registry : NULL;
}

/** Says that it is decided whether a considered request is served. */
void pyro_connection_decided(struct pyro_connection *connection);

/** Serves what has come in meanwhile: a request was answered. */
void pyro_connection_proceed(struct pyro_connection *connection);

/** Closes the connection, at once or when what is being served is answered; serves nothing more. */
void pyro_connection_drain(struct pyro_connection *connection);

/** Accepts the client after its handshake: it may call. */
void pyro_connection_accept(struct pyro_connection *connection);

/** Returns the most bytes that a message of the client may have; 0 for any number. Before the
 * handshake they are few. */
size_t pyro_connection_limit(const struct pyro_connection *connection);

/** Counts the holders of a connection: it is kept as long as there is one, also when closed. */
void pyro_connection_retain(struct pyro_connection *connection);
void pyro_connection_release(struct pyro_connection *connection);

/** Closes the connection once its output has left. Requests in flight find nobody to answer. */
void pyro_connection_close(struct pyro_connection *connection);

bool pyro_connection_closed(const struct pyro_connection *connection);

/** Returns the certificate that the client showed, also after it has gone; NULL where it showed
 * none. Valid as long as the connection. */
const struct pyro_certificate *pyro_connection_certificate(struct pyro_connection *connection);

/** Returns the client's address ("127.0.0.1:4711", or "unix socket"), also after it has gone. */
const char *pyro_connection_peer(const struct pyro_connection *connection);

/** Returns what is known of the client; valid as long as the connection. */
const struct pyro_peer *pyro_connection_identity(struct pyro_connection *connection);

/** Returns the data that the client sent in its handshake; NULL where the daemon had no authorize()
 * when they came. */
const struct pyro_value *pyro_connection_greeting(const struct pyro_connection *connection);

#endif
