/** @file
 * Answers over HTTP whose bodies come in pieces, such as events, for as long as the client reads.
 */
#ifndef PYRO_HTTP_STREAM_H
#define PYRO_HTTP_STREAM_H

#include "http/request.h"

/** Unsent bytes from which on the producer should wait for `drained`. */
#define PYRO_HTTP_HIGH_WATER ((size_t)64 * 1024)

/** Events for the producer of a stream, as completions. */
struct pyro_http_stream_ops {
    /** The unsent bytes had reached the high-water mark, and went below it. */
    void (*drained)(void *owner);
    /** The client has gone, or the server stops: no more is sent. Once, and not after
     * pyro_http_stream_end(). */
    void (*gone)(void *owner);
};

/** Begins an answer, as pyro_http_answer() gives one. `owner` is borrowed until the stream has
 * ended, or the request is released. */
enum pyro_code pyro_http_stream_begin(struct pyro_http_request *request, unsigned status,
                                      const struct pyro_http_header *headers, size_t count,
                                      const struct pyro_http_stream_ops *ops, void *owner,
                                      struct pyro_error *err);

/** Appends a piece, which is copied, and leaves in this step. PYRO_ECLOSED where the request is
 * over, PYRO_EMEMORY. */
enum pyro_code pyro_http_stream_write(struct pyro_http_request *request, struct pyro_slice piece,
                                      struct pyro_error *err);

/** Returns how many bytes are unsent. */
size_t pyro_http_stream_unsent(const struct pyro_http_request *request);

/** Ends the body: what is unsent still leaves. A stream that is released without an end is cut, as
 * its client notices. */
void pyro_http_stream_end(struct pyro_http_request *request);

#endif
