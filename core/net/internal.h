/** @file
 * What the parts of net/ share. */
#ifndef PYRO_NET_INTERNAL_H
#define PYRO_NET_INTERNAL_H

#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/descriptor.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/stream.h"

/** Output buffers that a loop keeps for the streams that write next, and how large they may be.
 * Streams that are idle keep none. */
#define PYRO_SPARES 16
#define PYRO_SPARE_SIZE (128 * 1024)

/** What `data` of a handle points to, where pyro_loop_free() is to close it; NULL where something
 * else sees to that. */
struct pyro_handle_kind {
    void (*close)(uv_handle_t *handle);
};

struct pyro_loop {
    uv_loop_t uv;
    bool in_uv;
    bool heard;                 /* something came in: while libuv ran last */
    struct pyro_list done;      /* posted completions */
    struct pyro_list due;       /* those of timers, until libuv has read what is there */
    struct pyro_list late;      /* those for the next step */
    struct pyro_list dirty;     /* streams with output that is to leave */
    size_t handed_over;         /* streams with output that libuv is writing */
    struct pyro_list lingering; /* closed streams whose output is still leaving, oldest first */
    uv_timer_t patience;        /* bounds a step */
    uv_async_t wake;            /* ends one */
    atomic_bool rung;           /* the bell is to be posted; another thread may set it */
    struct pyro_completion *bell;
    bool held;
    uv_timer_t linger; /* runs to the oldest lingering stream's deadline */
    struct pyro_buffer spare[PYRO_SPARES];
    size_t spares;
    uv_tcp_t unused; /* makes libuv open what it keeps open for streams */
    unsigned forks;  /* of this process before the loop was made: see pyro_loop_inherited() */
    bool left;       /* it has an event set of its own, not the parent's */
    int reserve;     /* a descriptor that is given up to refuse a connection there is none for */
};

static inline struct pyro_loop *pyro_loop_of(const uv_handle_t *handle)
{
    return handle->loop->data;
}

/** Closes a handle. In a forked process that leaves the parent's event set alone. */
void pyro_close(uv_handle_t *handle, uv_close_cb closed);

/** Whole milliseconds for libuv, rounded up: a timer shall not be early. */
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

/* --- addresses --- */

/** Reads a numeric IPv4 or IPv6 address; false where `host` is neither. */
bool pyro_address_numeric(const char *host, uint16_t port, struct sockaddr_storage *out);

/** The address that localhost has, whatever a resolver knows; false where `host` is another name.
 */
bool pyro_address_fallback(const char *host, uint16_t port, struct sockaddr_storage *out);

/** The kind of address to ask for, by IP version: 4, 6, or 0 for any. */
int pyro_address_family(int ip_version);

/** Numeric address and port of a socket address. */
void pyro_address_text(const struct sockaddr *address, char *out, size_t size, uint16_t *port);

/** 0, or what is wrong with a Unix socket's path: libuv cuts long ones silently, and takes an empty
 * one for any abstract name. */
int pyro_path_status(const char *path);

/* --- sockets --- */

/** A new socket that does not block and stands for no standard stream, or what is wrong. */
int pyro_socket_new(int family, int type);

/** The most addresses of one name that are listened on. */
#define PYRO_LISTEN_ADDRESSES 8

/** Makes sockets that listen on all addresses of this machine that the options' host has, at one
 * port. Returns how many, or what is wrong. */
int pyro_listen_tcp(uv_loop_t *loop, const struct pyro_listen_options *options,
                    int fds[PYRO_LISTEN_ADDRESSES]);

/** The file of a Unix socket. */
struct pyro_socket_file {
    char path[108]; /* "": there is none that is to be removed */
    dev_t device;
    ino_t number;
};

/** Makes a Unix socket that listens. A file that another one left behind is replaced. Returns the
 * descriptor, or what is wrong. */
int pyro_listen_unix(const char *path, struct pyro_socket_file *file);

/** Removes the file, unless another has taken its place. */
void pyro_socket_file_remove(const struct pyro_socket_file *file);

/* --- streams --- */

enum pyro_stream_state { STREAM_NEW, STREAM_OPEN, STREAM_ENDED, STREAM_LINGERING, STREAM_CLOSING };

struct pyro_dial;

struct pyro_stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct pyro_loop *loop;
    const struct pyro_stream_ops *ops; /* NULL once the owner closed it or knows that it ended */
    void *owner;
    enum pyro_stream_state state;
    bool writable; /* also after the other side ended: it may still read */
    bool reading;
    bool delay;                             /* no TCP_NODELAY */
    bool connected, got_input, above_water; /* what the owner is to be told */
    struct pyro_error why;                  /* why it ended */
    struct pyro_completion news;            /* tells the owner what the callbacks recorded */
    struct pyro_list dirty;                 /* in the loop's list */
    struct pyro_list lingering;             /* in the loop's list */
    uint64_t deadline;                      /* of lingering */
    size_t lingering_bytes;                 /* unsent when that was set */
    struct pyro_buffer output;              /* not given to libuv yet */
    struct pyro_buffer writing;             /* libuv is writing it */
    uv_write_t write;
    size_t high_water;
    unsigned hurries;       /* since the last step */
    unsigned callers;       /* functions on the C stack that still look at it */
    bool closed;            /* its handle is: the last caller frees it */
    struct pyro_dial *dial; /* while it is connecting */
    char peer[80];
};

/** A stream of either kind, not connected, or NULL (out of memory). */
struct pyro_stream *pyro_stream_new(struct pyro_loop *loop, bool unix_socket);

/** Opens the stream's handle with a socket, which it takes, or a new one that is not connected.
 * Returns 0, or what is wrong. */
int pyro_stream_open(struct pyro_stream *stream, int descriptor);
int pyro_stream_open_new(struct pyro_stream *stream, int family);

/** Makes a new TCP handle where the closed one was. */
void pyro_stream_renew(struct pyro_stream *stream);

/** The connection stands: names the peer, sets options; what was appended before may leave. */
void pyro_stream_opened(struct pyro_stream *stream);

/** Records that the stream ended; the owner is told by completion. */
void pyro_stream_end(struct pyro_stream *stream, enum pyro_code code, const char *text);

/** The close callback of the stream's handle. */
void pyro_stream_closed(uv_handle_t *handle);

/** How SIGPIPE was when libuv began to write to sockets. */
struct pyro_sending {
    bool pending; /* for somebody else's reasons */
    sigset_t mask;
};

/** Blocks SIGPIPE for this thread while libuv may write to sockets, and makes that undone: one that
 * came meanwhile is dropped. */
void pyro_sigpipe_block(struct pyro_sending *before);
void pyro_sigpipe_restore(const struct pyro_sending *before);

/** Writes what streams have collected. */
void pyro_streams_flush(struct pyro_loop *loop);

/** Bytes of all streams that have not left yet. */
size_t pyro_streams_unsent(struct pyro_loop *loop);

/** Bytes that have to leave in a second, for who waits for output to leave to go on. */
#define PYRO_LINGER_LEAST ((size_t)64 * 1024)

/** Closes streams whose output is still leaving. */
void pyro_streams_abandon(struct pyro_loop *loop);

/** Gives up connecting. The stream's handle is about to be closed. */
void pyro_dial_cancel(struct pyro_stream *stream);

#endif
