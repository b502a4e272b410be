/** @file
 * Pyro URIs: `PYRO:object@host:port`, `PYRO:object@./u:path`, `PYRO:object@[::1]:port`,
 * `PYRONAME:name[@host[:port]]`, `PYROMETA:tag,tag[@host[:port]]`. The protocol is accepted in any
 * case. The rules and messages are those of Pyro4's `URI` class. */
#ifndef PYRO_BASE_URI_H
#define PYRO_BASE_URI_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum pyro_uri_protocol { PYRO_URI_PYRO, PYRO_URI_PYRONAME, PYRO_URI_PYROMETA };

struct pyro_uri {
    enum pyro_uri_protocol protocol;
    char *object;   /**< object id, name, or tags joined by commas */
    char *host;     /**< without brackets; NULL for Unix sockets and where there is no location */
    char *sockname; /**< path of a Unix socket, or NULL */
    uint16_t port;  /**< 0 without a host */
};

/** Parses `text`. `default_port` is the name server's port, for PYRONAME and PYROMETA without one.
 * On success the caller frees `uri` with pyro_uri_free(); on failure (PYRO_EPYRO with a message
 * that quotes the string, or PYRO_EMEMORY) there is nothing to free. */
enum pyro_code pyro_uri_parse(struct pyro_uri *uri, struct pyro_slice text, uint16_t default_port,
                              struct pyro_error *err);

/** Parses a location alone ("host", "host:port", "[::1]:port" or "./u:path"), and makes the direct
 * URI of an object there. `default_port` is for one without a port. */
enum pyro_code pyro_uri_at(struct pyro_uri *uri, const char *object, struct pyro_slice location,
                           uint16_t default_port, struct pyro_error *err);

/** Builds a URI from its parts, copied; `host` and `sockname` may be NULL. */
enum pyro_code pyro_uri_make(struct pyro_uri *uri, enum pyro_uri_protocol protocol,
                             const char *object, const char *host, const char *sockname,
                             uint16_t port, struct pyro_error *err);

enum pyro_code pyro_uri_copy(struct pyro_uri *to, const struct pyro_uri *from,
                             struct pyro_error *err);

void pyro_uri_free(struct pyro_uri *uri);

bool pyro_uri_equals(const struct pyro_uri *a, const struct pyro_uri *b);

/** "PYRO", "PYRONAME" or "PYROMETA". */
const char *pyro_uri_protocol_name(enum pyro_uri_protocol protocol);

/** Finds the protocol of that (upper-case) name; false when there is none. */
bool pyro_uri_protocol_find(struct pyro_slice name, enum pyro_uri_protocol *protocol);

/** Appends the location (`host:port`, `[::1]:port`, `./u:path`), or nothing where there is none;
 * false when out of memory. */
bool pyro_uri_location(const struct pyro_uri *uri, struct pyro_buffer *out);

#define PYRO_PLACE_SIZE 280

/** Writes the location as messages name it, as in Python: "('localhost', 9090)", or a socket's
 * path.
 */
void pyro_uri_place(const struct pyro_uri *uri, char out[PYRO_PLACE_SIZE]);

/** Appends the whole URI; false when out of memory. */
bool pyro_uri_text(const struct pyro_uri *uri, struct pyro_buffer *out);

#endif
