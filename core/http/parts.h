/** @file
 * The parts of a request over HTTP, for its server's owner. */
#ifndef PYRO_HTTP_PARTS_H
#define PYRO_HTTP_PARTS_H

#include "http/request.h"

/** A name and its value, which are borrowed until the request is answered or over. */
struct pyro_http_field {
    struct pyro_slice name, value;
};

/** The parts of a request that have names. */
enum pyro_http_part {
    PYRO_HTTP_HEADERS, /**< without spaces around values; case does not matter in names */
    PYRO_HTTP_QUERY,   /**< behind the "?" of the target, without escapes */
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

#endif
