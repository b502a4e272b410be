/** @file
 * Finding name servers. */
#ifndef PYRO_NAMING_LOCATE_H
#define PYRO_NAMING_LOCATE_H

#include "rpc/client.h"
#include "rpc/search.h"

/** Where to look. Zero-initialized: Pyro's tactics. */
struct pyro_locate_options {
    const char *host; /**< host, or "./u:path"; NULL or "": as configured and by broadcast */
    int port;         /**< of the host, or of the broadcast; 0: as configured */
    double timeout;   /**< seconds for each attempt to connect; 0: COMMTIMEOUT */
    struct pyro_hmac_key *key; /**< of the client, borrowed; NULL: HMAC_KEY, if that is set */
};

/** Looks for a name server: at the given host; else at NS_HOSTS, if any are set, one after the
 * other, beginning with the one that answered last; else at NS_HOST:NS_PORT (and 127.0.1.1 when
 * that is local), then by broadcast (BROADCAST_ADDRS, port NS_BCPORT, 3 tries of 0.7 s). A port
 * that is given takes the place of all ports: nothing is found elsewhere. Ends with a client, or
 * PYRO_ENAMING "Failed to locate the nameserver". NULL with the error where it cannot begin. */
struct pyro_search *pyro_locate(struct pyro_runtime *runtime,
                                const struct pyro_locate_options *options, pyro_found_fn *found,
                                void *owner, struct pyro_error *err);

#endif
