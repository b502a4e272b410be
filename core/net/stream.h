/** @file
 * Connected byte streams over TCP and Unix sockets.
 *
 * A stream has one owner, whose functions it calls: `space` and `filled` inside uv_run (they only
 * record), the others as completions. Output is appended to a buffer and leaves at the end of the
 * step, in one system call for all that the step produced, unless that is much. */
#ifndef PYRO_NET_STREAM_H
#define PYRO_NET_STREAM_H

#include "base/buffer.h"
#include "net/loop.h"

struct pyro_stream;

struct pyro_stream_ops {
    /** Inside uv_run: where to read to; `*size` = 0 when there is no room (out of memory). */
    void (*space)(void *owner, char **at, size_t *size);
    /** Inside uv_run: `size` bytes were read there. Returns whether to go on reading: false is as
     * pyro_stream_pause(). */
    bool (*filled)(void *owner, size_t size);
    /** Bytes came in since the last call. */
    void (*input)(void *owner);
    /** The connection attempt ended well. Only after pyro_stream_connect(). */
    void (*connected)(void *owner);
    /** The output that had reached the high-water mark went below it. */
    void (*drained)(void *owner);
    /** The stream ended: PYRO_ECLOSED when the other side closed it, else what went wrong. Comes at
     * most once, after the last `input`, not while the owner pauses, and never after
     * pyro_stream_close(). The owner closes the stream then. */
    void (*ended)(void *owner, const struct pyro_error *why);
};

/** Says who owns an accepted or adopted stream and starts reading. */
void pyro_stream_start(struct pyro_stream *stream, const struct pyro_stream_ops *ops, void *owner);

/** Returns the buffer of unsent output, out of which much may have left just now. Append to it,
 * then call pyro_stream_changed(). It must not be kept across a step. */
struct pyro_buffer *pyro_stream_output(struct pyro_stream *stream);

/** Says that the output grew: it leaves at the end of this step or the start of the next. */
void pyro_stream_changed(struct pyro_stream *stream);

/** Lets output that grew leave at once, for who may not step the loop soon. After a few times in
 * one step it leaves at the end of that, together. */
void pyro_stream_hurry(struct pyro_stream *stream);

/** Bytes that have not left yet. */
size_t pyro_stream_unsent(const struct pyro_stream *stream);

/** Sets the mark in bytes below which `drained` is called; the default is 4 MiB. */
void pyro_stream_high_water(struct pyro_stream *stream, size_t bytes);

/** Sets whether what is sent leaves at once (TCP_NODELAY, the default), or may wait for the
 * receipt of what was sent before, to save packets. */
void pyro_stream_nodelay(struct pyro_stream *stream, bool nodelay);

/** Reads no more until pyro_stream_resume(). The end is not told before that either, even where it
 * is known already: what came before it is to be dealt with first. Output leaves meanwhile; once
 * the connection is lost, what is appended is thrown away. */
void pyro_stream_pause(struct pyro_stream *stream);

/** Goes on reading, or tells the end. */
void pyro_stream_resume(struct pyro_stream *stream);

/** Returns the other side's address as a string ("127.0.0.1:4711", or "unix socket"), for logs.
 * Valid as long as the stream. */
const char *pyro_stream_peer(const struct pyro_stream *stream);

/** Returns the descriptor of an open stream's socket, which stays the stream's. */
int pyro_stream_descriptor(const struct pyro_stream *stream);

/** Closes it: the owner is not called any more, the stream is gone for the caller; output that was
 * appended still leaves first, within a second. Accepts NULL. */
void pyro_stream_close(struct pyro_stream *stream);

#endif
