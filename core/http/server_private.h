/** @file
 * A server as the rest of http/ sees it. */
#ifndef PYRO_HTTP_SERVER_PRIVATE_H
#define PYRO_HTTP_SERVER_PRIVATE_H

#include "http/bodies.h"
#include "http/microhttpd.h"
#include "http/server.h"

struct http_connection;

struct pyro_http_server {
    const struct microhttpd *api;
    struct pyro_loop *loop;
    struct pyro_log *log;
    struct pyro_http_options options;
    pyro_http_fn *handle;
    void *owner;
    struct MHD_Daemon *daemon;
    struct pyro_listener *listener;
    struct pyro_watch *watch;   /**< of the daemon's epoll descriptor */
    struct pyro_timer *timer;   /**< of its timeouts, and ours */
    struct pyro_completion run; /**< lets the daemon do what there is to do */
    struct pyro_list arriving;  /**< connections whose next request is not here, oldest first */
    struct pyro_list requests;  /**< those that are not over */
    double next_check;          /**< when to look which of their clients have gone */
    struct pyro_list relays;    /**< of connections with TLS */
    struct http_connection *arrived; /**< which the daemon is being given; else NULL */
    unsigned connections;
    size_t unread; /**< bytes of large answers */
    struct http_bodies bodies;
    unsigned idle_runs; /**< of the daemon, since it last called for a request or its answer */
    bool answers;       /**< the daemon was given some, and has not run since */
    bool stopping;
};

#endif
