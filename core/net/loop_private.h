/** @file
 * The loop as the rest of net/ sees it. */
#ifndef PYRO_NET_LOOP_PRIVATE_H
#define PYRO_NET_LOOP_PRIVATE_H

#include <stdatomic.h>
#include <uv.h>

#include "base/buffer.h"
#include "net/loop.h"

/** The kind of a handle that pyro_loop_free() closes; `data` of the handle points to it. NULL: its
 * owner closes it. */
struct pyro_handle_kind {
    /** Closes the handle's owner. Called again for one that is not closing yet. */
    void (*close)(uv_handle_t *handle);
    /** Returns the bytes of output that have not left yet. NULL: there is no output. */
    size_t (*unsent)(const uv_handle_t *handle);
};

/** A collector of output that leaves at the end of a step. */
struct pyro_flushable {
    struct pyro_list node; /**< in the loop's list */
    /** Writes the output. The node has been taken off the list. */
    void (*flush)(struct pyro_flushable *flushable);
};

/** Output buffers that a loop keeps for the streams that write next, and how large they may be.
 * Streams that are idle keep none. */
#define PYRO_SPARES 16
#define PYRO_SPARE_SIZE (128 * 1024)

/** Bytes that have to leave in a second, for others to wait until output has left. */
#define PYRO_LINGER_LEAST ((size_t)64 * 1024)

struct pyro_loop {
    uv_loop_t uv;
    bool in_uv;
    bool heard;                 /**< something came in: while libuv ran last */
    struct pyro_list done;      /**< posted completions */
    struct pyro_list due;       /**< those of timers, until libuv has read what is there */
    struct pyro_list late;      /**< those for the next step */
    struct pyro_list dirty;     /**< flushables */
    size_t handed_over;         /**< streams with output that libuv is writing */
    struct pyro_list lingering; /**< closed streams whose output is still leaving, oldest first */
    size_t outlasting;          /**< those of them that did not leave at once */
    uv_timer_t linger;          /**< runs to the oldest lingering stream's deadline */
    uv_timer_t patience;        /**< bounds a step */
    uv_async_t wake;            /**< ends one */
    atomic_bool rung;           /**< the bell is to be posted; another thread may set it */
    struct pyro_completion *bell;
    bool held;
    struct pyro_buffer spare[PYRO_SPARES];
    size_t spares;
    uv_tcp_t unused; /**< makes libuv open what it keeps open for streams */
    unsigned forks;  /**< of this process before the loop was made: see pyro_loop_inherited() */
    bool left;       /**< it has an event set of its own, not the parent's */
    struct timespec time; /**< that was read last: it is kept nowhere else on the way */
    uint64_t clock;       /**< of this step; 0: nobody has asked for it */
    uint64_t woke; /**< when it had, in libuv's milliseconds; 0: nothing is kept waiting since */
    uv_prepare_t polls; /**< runs before libuv waits for events */
    struct pyro_loop_counters counters;
    int reserve; /**< a descriptor that is given up where there is no other; -1: none */
};

static inline struct pyro_loop *pyro_loop_of(const uv_handle_t *handle)
{
    return handle->loop->data;
}

/** Gives an empty buffer that has no memory one that the loop keeps, if it does. */
static inline void pyro_loop_spare(struct pyro_loop *loop, struct pyro_buffer *buffer)
{
    if (!buffer->data && loop->spares > 0)
        *buffer = loop->spare[--loop->spares];
}

/** Empties a buffer, and keeps or frees its memory. */
static inline void pyro_loop_recycle(struct pyro_loop *loop, struct pyro_buffer *buffer)
{
    if (buffer->data && buffer->capacity <= PYRO_SPARE_SIZE && loop->spares < PYRO_SPARES) {
        buffer->length = 0;
        loop->spare[loop->spares++] = *buffer;
        *buffer = (struct pyro_buffer){.data = NULL};
    }
    pyro_buffer_free(buffer);
}

/** Closes a handle. In a forked process that leaves the parent's event set alone. */
void pyro_close(uv_handle_t *handle, uv_close_cb closed);

/** Returns whole milliseconds for libuv, rounded up: a timer shall not be early. */
static inline uint64_t pyro_milliseconds(double seconds)
{
    const double longest = 1e9; /* thirty years */
    if (!(seconds > 0))
        return 0;
    return (uint64_t)((seconds < longest ? seconds : longest) * 1000) + 1;
}

/** Posts the completion of a timer that expired while libuv ran: behind those of all that had come
 * in by then. A program that was busy for longer must not take it for silence. */
void pyro_loop_expire(struct pyro_loop *loop, struct pyro_completion *done);

#endif
