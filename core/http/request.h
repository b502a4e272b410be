/** @file
 * Requests over HTTP, and their answers.
 *
 * A request is handed to its server's owner when it has come in whole. The owner reads its parts
 * (http/parts.h), answers it once, with a body that is there (pyro_http_answer()) or one that comes
 * in pieces (http/stream.h), and releases it. A request may outlive its connection and its server:
 * it is over then, and an answer is refused with PYRO_ECLOSED. */
#ifndef PYRO_HTTP_REQUEST_H
#define PYRO_HTTP_REQUEST_H

#include "base/error.h"
#include "base/slice.h"

struct pyro_http_request;

/** A header of an answer. Bytes that would end it are refused. */
struct pyro_http_header {
    const char *name, *value;
};

/** Returns whether there is nobody any more who waits for an answer. */
bool pyro_http_is_over(const struct pyro_http_request *request);

/** Answers with a status (200 to 599), headers, and a body, which is copied. "Content-Length" and
 * "Date" are there by themselves, and to a HEAD the body is not sent. PYRO_EVALUE for a status or
 * header that cannot be, PYRO_EMEMORY: the request is then still to be answered; PYRO_ECLOSED where
 * it is over. */
enum pyro_code pyro_http_answer(struct pyro_http_request *request, unsigned status,
                                const struct pyro_http_header *headers, size_t count,
                                struct pyro_slice body, struct pyro_error *err);

/** Gives a request back. The connection of one that is not answered is closed. */
void pyro_http_release(struct pyro_http_request *request);

#endif
