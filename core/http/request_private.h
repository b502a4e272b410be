/** @file
 * A request as the rest of http/ sees it. */
#ifndef PYRO_HTTP_REQUEST_PRIVATE_H
#define PYRO_HTTP_REQUEST_PRIVATE_H

#include "base/buffer.h"
#include "http/connection.h"
#include "http/request.h"

/** The states of a request, in the order in which it passes them. */
enum http_request_state {
    REQUEST_ARRIVING, /**< its body is being read */
    REQUEST_PENDING,  /**< the owner is to answer it */
    REQUEST_ANSWERED, /**< its answer is there, or is leaving; or there will be none */
    REQUEST_OVER,     /**< the daemon knows it no more */
};

struct http_stream;

/** Events of a request, for an answer that comes in pieces. */
struct http_stream_kind {
    /** Nothing more is sent: the client gets to know it. */
    void (*cut)(struct http_stream *stream);
    /** The owner has released the request. */
    void (*disown)(struct http_stream *stream);
    /** The daemon knows the request no more. */
    void (*over)(struct http_stream *stream);
    /** Nobody does. */
    void (*free)(struct http_stream *stream);
};

struct pyro_http_request {
    struct pyro_list node; /**< in the server's list */
    enum http_request_state state;
    unsigned refcount;                  /**< the daemon's, and the owner's */
    uint64_t whole;                     /**< when all of it had come, in nanoseconds */
    unsigned asked;                     /**< how often the daemon asked for the answer since */
    bool suspended;                     /**< the connection is */
    bool rested;                        /**< the connection has been suspended */
    struct http_connection *connection; /**< NULL when it is over */
    const char *method, *path;          /**< the daemon's */
    char *target;
    struct pyro_buffer body;
    struct http_room room;
    unsigned refused;                    /**< the status by which its body is; 0: it is not */
    unsigned status;                     /**< of the response */
    struct MHD_Response *response;       /**< until the daemon has it; else NULL */
    size_t unread;                       /**< bytes of the answer, if it is large */
    struct pyro_completion ready;        /**< hands it to the owner */
    struct http_stream *stream;          /**< its answer, if that comes in pieces; else NULL */
    const struct http_stream_kind *kind; /**< of the stream */
    char peer[HTTP_PEER_SIZE];
};

/** Returns whether a request can be answered so: PYRO_EVALUE, PYRO_ECLOSED. */
enum pyro_code http_request_check(const struct pyro_http_request *request, unsigned status,
                                  struct pyro_error *err);

/** Answers with a response (NULL: out of memory), which it takes. */
enum pyro_code http_request_send(struct pyro_http_request *request, unsigned status,
                                 struct MHD_Response *response,
                                 const struct pyro_http_header *headers, size_t count,
                                 struct pyro_error *err);

/** Suspends the connection of a request: the daemon leaves it alone. From within the daemon only.
 */
void http_request_suspend(struct pyro_http_request *request);

/** Lets the daemon look at the connection of a request again, which may be suspended. */
void http_request_resume(struct pyro_http_request *request);

/** Closes connections of pending requests whose client has gone; looks each second. Returns after
 * how many seconds to look again; negative: nothing is pending. */
double http_requests_check(struct pyro_http_server *server);

/** Answers all requests with 503 that are not answered, as the server stops. */
void http_requests_stop(struct pyro_http_server *server);

/** Ends all requests without the daemon, which is the parent's in a forked process. */
void http_requests_forget(struct pyro_http_server *server);

/** Receives a request for the daemon, piece by piece. */
enum MHD_Result http_request_on_receive(void *server, struct MHD_Connection *handle,
                                        const char *path, const char *method, const char *version,
                                        const char *piece, size_t *size, void **context);

/** The daemon tells that a request is over. */
void http_request_on_over(void *server, struct MHD_Connection *handle, void **context,
                          enum MHD_RequestTerminationCode why);

/** The daemon tells of the target of a request that begins to come in. */
void *http_request_on_target(void *server, const char *target, struct MHD_Connection *handle);

/** Replaces the escapes of a string in place, for the daemon. Returns its length. */
size_t http_request_on_unescape(void *server, struct MHD_Connection *handle, char *text);

#endif
