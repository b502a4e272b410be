/** @file
 * A stream as those files see it that make one: by connecting, accepting, adopting. */
#ifndef PYRO_NET_STREAM_PRIVATE_H
#define PYRO_NET_STREAM_PRIVATE_H

#include "net/loop_private.h"
#include "net/stream.h"

/** The states of a stream, in the order in which it may pass them. */
enum pyro_stream_state {
    STREAM_NEW,       /**< not connected yet */
    STREAM_OPEN,      /**< connected */
    STREAM_ENDED,     /**< by the other side or an error; its owner closes it */
    STREAM_LINGERING, /**< closed by its owner; output is still leaving */
    STREAM_CLOSING,   /**< the handle is being closed */
};

struct pyro_dial;

/** A layer between a stream's socket and its owner, which changes the bytes. It is the owner that
 * the stream calls, and calls the real one. */
struct pyro_layer_ops {
    /** Puts a piece of what is to leave into `wire`, also inside uv_run; nothing where there is
     * nothing left. Returns false when it cannot: the connection is lost. */
    bool (*seal)(struct pyro_stream *stream);
    /** Returns whether more is to be read from the socket; else posts what came in before. */
    bool (*resume)(struct pyro_stream *stream);
    /** Frees the layer. */
    void (*free)(struct pyro_stream *stream);
};

struct pyro_layer {
    const struct pyro_layer_ops *ops;
    struct pyro_buffer wire; /**< made of the output, and to be written as it is */
};

struct pyro_stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct pyro_loop *loop;
    const struct pyro_stream_ops *ops; /**< NULL once the owner closed it or knows that it ended */
    void *owner;
    enum pyro_stream_state state;
    bool writable; /**< also after the other side ended: it may still read */
    bool reading;
    bool paused;                            /**< by the owner: hears no end either */
    bool delay;                             /**< no TCP_NODELAY */
    bool connected, got_input, above_water; /**< what the owner is to be told */
    struct pyro_error why;                  /**< why it ended */
    struct pyro_completion news;            /**< tells the owner what the callbacks recorded */
    struct pyro_flushable dirty;            /**< in the loop's list while output is to leave */
    struct pyro_list lingering;             /**< in the loop's list */
    uint64_t deadline;                      /**< of lingering */
    bool outlasting;                        /**< its output did not leave at once */
    size_t lingering_bytes;                 /**< unsent when that was set */
    struct pyro_buffer output;              /**< not given to libuv yet */
    size_t held;                            /**< unsent bytes that the layer has */
    struct pyro_buffer writing;             /**< libuv is writing it */
    uv_write_t write;
    size_t high_water;
    unsigned hurries;  /**< since the last step */
    unsigned refcount; /**< functions on the C stack that still look at it */
    bool closed;       /**< its handle is: the last reference frees it */
    char peer[80];
    struct pyro_layer *layer; /**< NULL: none */
    struct pyro_dial *dial;   /**< the attempt to connect; NULL where there is none */
    /** Gives up the attempt. The stream's handle is about to be closed. */
    void (*cancel)(struct pyro_dial *dial);
};

/** Makes a stream of either kind that is not connected. NULL: out of memory. */
struct pyro_stream *pyro_stream_new(struct pyro_loop *loop, bool unix_socket);

/** Makes a new TCP handle where the closed one was. */
void pyro_stream_renew(struct pyro_stream *stream);

/** Opens a stream whose connection stands: sets options; what was appended before may leave. */
void pyro_stream_opened(struct pyro_stream *stream);

/** Records that the attempt to connect went well; the owner is told by completion. */
void pyro_stream_connected(struct pyro_stream *stream);

/** Records that the stream ended; the owner is told by completion. */
void pyro_stream_end(struct pyro_stream *stream, enum pyro_code code, const char *text);

/** Frees the stream: the close callback of its handle. */
void pyro_stream_closed(uv_handle_t *handle);

#endif
