/** @file
 * Searches under way: for a name server, or through one for an object. core/naming/ makes them. */
#ifndef PYRO_RPC_SEARCH_H
#define PYRO_RPC_SEARCH_H

#include "base/uri.h"

struct pyro_client;
struct pyro_hmac_key;
struct pyro_runtime;
struct pyro_search;

/** How a search ended: exactly one of a connected client of the name server (the function takes it;
 * for pyro_locate), a direct URI (the function takes it: frees it; for pyro_resolve), or an error.
 * Called once, as a completion, after which the search is gone. */
struct pyro_found {
    struct pyro_client *client;
    struct pyro_uri *uri;
    const struct pyro_error *error;
};

typedef void pyro_found_fn(void *owner, const struct pyro_found *found);

/** Starts a search for the direct URI of one that is not direct: pyro_resolve(). */
typedef struct pyro_search *pyro_resolve_fn(struct pyro_runtime *runtime,
                                            const struct pyro_uri *uri, double timeout,
                                            struct pyro_hmac_key *key, pyro_found_fn *found,
                                            void *owner, struct pyro_error *err);

/** Gives up a search, and frees it; its function is not called. */
void pyro_search_cancel(struct pyro_search *search);

/* The rest is private to those who make searches. */

/** The common part of searches; embedded in each. */
struct pyro_search {
    void (*cancel)(struct pyro_search *self); /**< frees it */
    pyro_found_fn *found;
    void *owner;
};

/** Ends a search: frees it, then tells its owner, who may do anything. */
void pyro_search_end(struct pyro_search *search, const struct pyro_found *found);

/** Does the same for one that failed. */
void pyro_search_fail(struct pyro_search *search, const struct pyro_error *why);

#endif
