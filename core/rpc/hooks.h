/** @file
 * What the owner of a daemon has a say in. */
#ifndef PYRO_RPC_HOOKS_H
#define PYRO_RPC_HOOKS_H

#include "base/slice.h"
#include "wire/message.h"

struct pyro_connection;
struct pyro_handshake;
struct pyro_request;

/** The target of a client's call. */
struct pyro_wanted {
    struct pyro_slice object, method;
    bool members; /**< it wants to know the members of the object, or to send it a batch: the method
                   * is "get_metadata" */
    bool nothing; /**< there is nothing to ask the owner about */
    char *kept;   /**< what object and method lie in, if not in the request; or NULL */
};

/** All of these functions run as part of a completion, and may do anything, even step the loop or
 * free the daemon. Functions may be NULL. */
struct pyro_daemon_hooks {
    /** Takes the handshake of a client, and answers it, now or later (rpc/handshake.h). Returns
     * false where the owner does not want to validate it: everybody is accepted. */
    bool (*handshake)(void *owner, struct pyro_handshake *handshake);
    /** Decides whether a client may call something: PYRO_EPERMISSION, or another error, where it
     * may not. NULL: it may. */
    enum pyro_code (*authorize)(void *owner, struct pyro_connection *connection,
                                const struct pyro_wanted *wanted, struct pyro_error *err);
    /** Takes a request that authorize() is to be asked about, and decides now or later: with
     * pyro_dispatch_allowed(), or with an error as its answer. NULL: authorize() is called right
     * away, as it is for what is wanted beyond that. */
    void (*consider)(void *owner, struct pyro_request *request, const struct pyro_wanted *wanted);
    /** Replaces the annotations that a message is to carry by those and others, which stay in
     * place until the message is begun. */
    void (*annotate)(void *owner, const struct pyro_annotation **annotations, size_t *count);
    /** Hears that a client's connection is closed; `accepted`: its handshake had gone well. */
    void (*disconnected)(void *owner, struct pyro_connection *connection, bool accepted);
    /** Runs every few seconds. Where it is NULL, nothing runs every few seconds. */
    void (*housekeeping)(void *owner);
    /** Hears that the connected socket which was served is closed, or that the daemon was drained:
     * nothing more comes. */
    void (*ended)(void *owner);
    /** Hears that the method which a request called failed; `failure` is what
     * pyro_request_report_failure() was given. */
    void (*failed)(void *owner, struct pyro_request *request, void *failure);
};

#endif
