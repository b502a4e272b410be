/** @file
 * Searches under way: for a name server, or through one for an object. */
#ifndef PYRO_NAMING_SEARCH_H
#define PYRO_NAMING_SEARCH_H

#include "rpc/client.h"

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

/** What searches have in common; embedded in each. Private to naming/. */
struct pyro_search {
    void (*cancel)(struct pyro_search *self); /**< frees it */
    pyro_found_fn *found;
    void *owner;
};

/** Gives up a search, and frees it; its function is not called. */
void pyro_search_cancel(struct pyro_search *search);

#endif
