/** @file
 * Requests over HTTP, and their answers.
 *
 * A request is handed to its server's owner when it has come in whole. The owner answers it once,
 * with a body that is there (pyro_http_answer()) or one that comes in pieces (http/stream.h), and
 * releases it. A request may outlive its connection and its server: it is over then, and an answer
 * is refused with PYRO_ECLOSED. */
#ifndef PYRO_HTTP_REQUEST_H
#define PYRO_HTTP_REQUEST_H

#include "base/error.h"
#include "base/slice.h"

struct pyro_http_request;

/** A name and its value, which are borrowed until the request is answered or over. */
struct pyro_http_field {
    struct pyro_slice name, value;
};

/** The parts of a request that have names. */
enum pyro_http_part {
    PYRO_HTTP_HEADERS, /**< without spaces around values; case does not matter in names */
    PYRO_HTTP_QUERY,   /**< behind the "?" of the target, without escapes */
};

/** A header of an answer. Bytes that would end it are refused. */
struct pyro_http_header {
    const char *name, *value;
};

/** Returns the method ("GET"), until the request is answered or over: "" then. */
const char *pyro_http_method(const struct pyro_http_request *request);

/** Returns the path of the target, without escapes; likewise. */
const char *pyro_http_path(const struct pyro_http_request *request);

/** Returns the target ("/path?query") as it came, with its escapes, as long as the request is not
 * released. */
const char *pyro_http_target(const struct pyro_http_request *request);

/** Copies at most `most` fields of a part to `out`, and returns how many it has. */
size_t pyro_http_fields(const struct pyro_http_request *request, enum pyro_http_part part,
                        struct pyro_http_field *out, size_t most);

/** Returns the body, until the request is answered: an empty one then. */
struct pyro_slice pyro_http_body(const struct pyro_http_request *request);

/** Returns the client's address ("127.0.0.1:4711"), as long as the request is not released. */
const char *pyro_http_peer(const struct pyro_http_request *request);

/** Returns the address at which the client reached the server, numeric, without a port, until the
 * request is over: "" then. */
const char *pyro_http_address(const struct pyro_http_request *request);

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
