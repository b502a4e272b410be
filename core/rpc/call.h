/** @file
 * Calls on a connected client: each is written with begin, values and send. */
#ifndef PYRO_RPC_CALL_H
#define PYRO_RPC_CALL_H

#include "rpc/client.h"

/** The head of a call: all but its arguments. Borrowed until the call is begun. */
struct pyro_call_head {
    const char *object; /**< its id; NULL: the URI's */
    struct pyro_slice method;
    unsigned flags; /**< such as PYRO_FLAG_BATCH */
    const struct pyro_annotation *annotations;
    size_t annotation_count;
    /** Number of the last call that may wait for this one, as the request that is being served may
     * come of it; 0: none does. */
    uint64_t awaited;
    bool correlated; /**< it carries this correlation id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Starts a call on a connected client: then put the arguments (a tuple) and the keyword arguments
 * (a dict, or nil) into the sink that comes back, and send or abort. NULL with the error. The loop
 * must not be stepped before send or abort.
 *
 * Where daemons are open, a call that carries no correlation id gets one. So a nested call is told
 * from others that comes of one that waits on this very connection, and would be served after it:
 * PYRO_ERUNTIME, as both would wait for ever. Calls that the same request has made have the same
 * correlation id, but greater numbers. */
struct pyro_sink *pyro_client_begin(struct pyro_client *client, const struct pyro_call_head *head,
                                    struct pyro_error *err);

/** Sends the call; `call` waits for the reply (NULL: a oneway call, no reply comes). `timeout` in
 * seconds, 0 for none: then the call fails with PYRO_ETIMEOUT and the connection is closed. With an
 * error nothing was sent, and `done` will not be called. */
enum pyro_code pyro_client_send(struct pyro_client *client, struct pyro_call *call, double timeout,
                                struct pyro_error *err);

/** Begins and sends a call whose data, object and method and all, were serialized elsewhere.
 * PYRO_EVALUE where the protocol that is spoken has not the serializer. */
enum pyro_code pyro_client_send_encoded(struct pyro_client *client,
                                        const struct pyro_call_head *head,
                                        enum pyro_serializer serializer, struct pyro_slice data,
                                        struct pyro_call *call, double timeout,
                                        struct pyro_error *err);

/** Takes a begun call back. */
void pyro_client_abort(struct pyro_client *client);

/** Returns whether so much output waits to leave (MAX_PENDING) that nothing more should be sent. */
bool pyro_client_congested(const struct pyro_client *client);

/** Waits until a congested client is congested no more. */
void pyro_client_drain(struct pyro_client *client, struct pyro_call *call);

#endif
