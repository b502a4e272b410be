/** @file
 * Connections of a server, and the time in which a request has to come in. Private to http/. */
#ifndef PYRO_HTTP_CONNECTION_H
#define PYRO_HTTP_CONNECTION_H

#include "http/server_private.h"

#define HTTP_PEER_SIZE 80

struct http_connection {
    struct pyro_list node; /**< in the server's list of those whose next request is not here */
    double deadline;       /**< until when it has to be */
    struct pyro_http_server *server;
    struct MHD_Connection *handle;
    int descriptor; /**< the daemon's */
    bool kept;      /**< it has had a request before */
    bool garbled;   /**< its request has escapes that stand for no character of a string */
    char *target;   /**< of a request that begins to come in, until that takes it; else NULL */
    char peer[HTTP_PEER_SIZE];
    char address[HTTP_PEER_SIZE]; /**< at which the client reached the server, without a port */
};

/** Both ends of an accepted socket. */
struct http_ends {
    struct sockaddr_storage client;
    char peer[HTTP_PEER_SIZE];    /**< the client's, as a string with its port */
    char address[HTTP_PEER_SIZE]; /**< the server's, without it */
};

/** Gives the server's daemon a connected socket. Takes the descriptor. Returns false when the
 * daemon does not take it. */
bool http_connection_add(struct pyro_http_server *server, int descriptor,
                         const struct http_ends *ends);

/** The daemon tells of a connection that begins or ends. */
void http_connection_on_change(void *server, struct MHD_Connection *handle, void **context,
                               enum MHD_ConnectionNotificationCode change);

/** Returns the connection of a handle. */
struct http_connection *http_connection_of(const struct pyro_http_server *server,
                                           struct MHD_Connection *handle);

/** A request is awaited from now on. */
void http_connection_await(struct http_connection *connection);

/** Copies the target of a request, with all its escapes. Refuses one for whose parts the daemon may
 * not have enough memory. */
void http_connection_take_target(struct http_connection *connection, const char *target);

/** A request is here. */
void http_connection_heard(struct http_connection *connection);

/** Closes connections whose request did not come in time. Returns after how many seconds the next
 * may have to be closed; negative: none. */
double http_connection_expire(struct pyro_http_server *server);

#endif
