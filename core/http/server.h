/** @file
 * HTTP servers: each request that has come in whole is a completion, and is answered at once or
 * later (http/request.h).
 *
 * libmicrohttpd reads and writes HTTP, from completions, never inside of libuv. What it needs:
 * connections, which the server accepts; a look at its epoll descriptor, which is in the loop; a
 * timer. With TLS, each connection has a relay (http/relay.h), so that all settings of TLS are
 * those that other streams have. */
#ifndef PYRO_HTTP_SERVER_H
#define PYRO_HTTP_SERVER_H

#include "base/log.h"
#include "http/request.h"
#include "net/loop.h"

struct pyro_tls_context;
struct pyro_http_server;

/** Where a server listens, and its bounds; 0 stands for the default of a bound. */
struct pyro_http_options {
    const char *host; /**< as in struct pyro_listen_options; copied */
    uint16_t port;    /**< 0: any */
    int ip_version;
    bool exclusive;
    struct pyro_tls_context *tls; /**< NULL: no TLS. Borrowed until the server is freed */
    size_t max_head;   /**< memory of a connection for the heads of a request and its answer, in
                          bytes; a longer one is refused with 431. Its target, with 64 bytes for each
                          argument, may take 3/4 of that; a longer one is refused with 414. 32 KiB */
    size_t max_body;   /**< of a request, in bytes; a longer one is refused with 413. 1 MiB */
    size_t max_bodies; /**< of bodies of more than 4 KiB that come in, or wait for their answer,
                          together, in bytes. Those of one address take at most as much as they
                          leave; another one is refused with 503. 8 MiB */
    size_t max_unread; /**< of answers that clients have not read yet, together, in bytes; another
                          large one is replaced by 503. 256 MiB */
    unsigned max_connections;        /**< 1000; others are closed at once */
    unsigned max_client_connections; /**< of one address. 100 */
    double request_timeout; /**< seconds within which a request has to come in whole, from the
                               beginning of the connection or the end of the answer before. 60 */
    double idle_timeout;    /**< seconds in which nothing moves, such as with a client that does not
                               read; whole ones. 60 */
};

/** Called, as a completion, with each request. The owner answers it and releases it, now or later.
 */
typedef void pyro_http_fn(void *owner, struct pyro_http_request *request);

/** Binds and listens, and loads libmicrohttpd. NULL with the error: PYRO_EOS ("cannot listen on
 * localhost:9464: address already in use"), PYRO_EMEMORY. Resolving the host blocks. `log` is
 * borrowed as long as the server lives. */
struct pyro_http_server *pyro_http_server_new(struct pyro_loop *loop, struct pyro_log *log,
                                              const struct pyro_http_options *options,
                                              pyro_http_fn *handle, void *owner,
                                              struct pyro_error *err);

/** Returns the first address that the server is bound to, numeric. */
const char *pyro_http_server_address(const struct pyro_http_server *server);

uint16_t pyro_http_server_port(const struct pyro_http_server *server);

/** Stops at once: requests that are not answered get 503, streams are cut, connections are closed;
 * their owners still release them. Accepts NULL. */
void pyro_http_server_free(struct pyro_http_server *server);

#endif
