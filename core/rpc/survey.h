/** @file
 * What the daemons and clients of a runtime are doing, for those who look into a running program.
 * Everything here only reads; what is returned is valid until the next thing happens to its owner.
 */
#ifndef PYRO_RPC_SURVEY_H
#define PYRO_RPC_SURVEY_H

#include "rpc/client.h"
#include "rpc/connection.h"
#include "rpc/daemon.h"

struct pyro_daemon_survey {
    const char *location; /**< NULL while the daemon is being made */
    bool open, listening;
    size_t objects; /**< besides Pyro.Daemon */
    size_t item_streams, connections;
};

struct pyro_connection_survey {
    const char *peer;
    const char *state; /**< "handshake", "ready" or "closed" */
    uint64_t requests; /**< that came in so far */
    unsigned running;  /**< requests, or handshakes, that are being served */
    size_t unread;     /**< bytes that were received, and wait */
    size_t unsent;     /**< bytes of output that wait to leave */
};

struct pyro_client_survey {
    const struct pyro_uri *uri;
    const char *state;      /**< "idle", "connecting", "handshake", "ready"… */
    unsigned protocol;      /**< 48 or 502; 0 before the first connection */
    const char *serializer; /**< that calls use */
    size_t unread;          /**< bytes that have come of a message */
    size_t announced;       /**< how many that message has as a whole; 0: not known */
    size_t unsent;          /**< bytes of output that wait to leave */
};

struct pyro_call_survey {
    const char *waits;              /**< what for: "connection", "reply", "output"… */
    char method[PYRO_SHOWN_METHOD]; /**< escaped; "" unless a reply is waited for */
    double seconds;                 /**< how long the call has waited */
};

/** Returns the daemon after that one (NULL: the first) in the order of their making, or NULL. */
const struct pyro_daemon *pyro_survey_next_daemon(const struct pyro_runtime *runtime,
                                                  const struct pyro_daemon *daemon);
void pyro_survey_daemon(const struct pyro_daemon *daemon, struct pyro_daemon_survey *out);

/** Returns the connection of a daemon after that one (NULL: the first), or NULL. */
const struct pyro_connection *pyro_survey_next_connection(const struct pyro_daemon *daemon,
                                                          const struct pyro_connection *connection);
void pyro_survey_connection(const struct pyro_connection *connection,
                            struct pyro_connection_survey *out);

/** Returns the client after that one (NULL: the first) in the order of their making, or NULL. */
const struct pyro_client *pyro_survey_next_client(const struct pyro_runtime *runtime,
                                                  const struct pyro_client *client);
void pyro_survey_client(const struct pyro_client *client, struct pyro_client_survey *out);

/** The lists of calls that wait for a client. */
#define PYRO_SURVEY_LISTS 4

/** Where the calls of a client are looked at; zero-initialized, before the first. */
struct pyro_survey_cursor {
    size_t list;
    struct pyro_list *node;
};

/** Surveys the next call that waits for the client. Returns false where there is no other. */
bool pyro_survey_next_call(const struct pyro_client *client, struct pyro_survey_cursor *at,
                           struct pyro_call_survey *out);

#endif
