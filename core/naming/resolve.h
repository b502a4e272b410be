/** @file
 * Finding name servers, and through them objects. */
#ifndef PYRO_NAMING_RESOLVE_H
#define PYRO_NAMING_RESOLVE_H

#include "rpc/client.h"

/** A search under way. */
struct pyro_search;

/** How it ended: exactly one of a connected client of the name server (the function takes it; for
 * pyro_locate), a direct URI (the function takes it: frees it; for pyro_resolve), or an error.
 * Called once, as a completion, after which the search is gone. */
struct pyro_found {
    struct pyro_client *client;
    struct pyro_uri *uri;
    const struct pyro_error *error;
};

typedef void pyro_found_fn(void *owner, const struct pyro_found *found);

/** Where to look. Zero-initialized: Pyro's tactics. */
struct pyro_locate_options {
    const char *host; /**< host, or "./u:path"; NULL or "": as configured and by broadcast */
    int port;         /**< of the host, or of the broadcast; 0: as configured */
    double timeout;   /**< seconds for each attempt to connect; 0: COMMTIMEOUT */
};

/** Looks for a name server: at the given host; else at NS_HOST when that is local (and 127.0.1.1),
 * by broadcast (BROADCAST_ADDRS, port NS_BCPORT, 3 tries of 0.7 s), at NS_HOST:NS_PORT. A port that
 * is given takes the place of both ports: nothing is found elsewhere. Ends with a client, or
 * PYRO_ENAMING "Failed to locate the nameserver". NULL with the error where it cannot begin. */
struct pyro_search *pyro_locate(struct pyro_runtime *runtime,
                                const struct pyro_locate_options *options, pyro_found_fn *found,
                                void *owner, struct pyro_error *err);

/** Resolves a PYRONAME or PYROMETA URI: locates the name server (at the URI's location, if it has
 * one) and looks the name up; of several objects with the tags one is drawn at random. A name that
 * is not there may take NS_LOOKUP_DELAY seconds to appear. Ends with a direct URI, or an error. */
struct pyro_search *pyro_resolve(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                 double timeout, pyro_found_fn *found, void *owner,
                                 struct pyro_error *err);

/** Gives up; the function is not called. */
void pyro_search_cancel(struct pyro_search *search);

#endif
