/** @file
 * The publisher of a daemon: keeps names of its objects at name servers, until they are unpublished
 * or the publisher is stopped.
 *
 * With a name server of pyrolua's, names have leases of one owner, which is random, and are renewed
 * with one message in each third of the shortest lease. With others, names are looked up at that
 * pace (not oftener than once a second), and no connection is open in between. A name that is gone
 * is registered again. One that somebody else has registered is lost, and kept no more. While a
 * name server does not answer, it is located again, with pauses. */
#ifndef PYRO_NAMING_PUBLISHER_H
#define PYRO_NAMING_PUBLISHER_H

#include "rpc/client.h"

/** Seconds, where a program does not say how long. */
#define PYRO_DEFAULT_LEASE 10.0

/** The longest lease, in seconds: about a month. */
#define PYRO_LONGEST_LEASE 3e6

/** How long stopping may take, in seconds. */
#define PYRO_STOP_TIME 1.0

struct pyro_publisher;
struct publication;

struct pyro_publish_options {
    const char *host;          /**< of the name server; NULL: as pyro_locate() finds one */
    int port;                  /**< of the name server; 0: as configured */
    struct pyro_hmac_key *key; /**< for the name server, borrowed; NULL: HMAC_KEY, if set */
    const char *const *tags;   /**< metadata: `tag_count` strings */
    size_t tag_count;
    double lease; /**< seconds, 1 or more: how long the name outlives the process */
    bool safe;    /**< PYRO_ENAMING where the name is registered already */
    bool lasting; /**< registers it without a lease, and leaves it there when the publisher stops */
};

/** Somebody who waits for a name to be there or gone. Zero-initialize, set `done`. */
struct pyro_publishing {
    /** Hears that the wait is over: `error.code` is PYRO_OK, or says why it failed. Called once, as
     * a completion of its own; may do anything. */
    void (*done)(struct pyro_publishing *wait);
    struct pyro_error error;
    bool removed; /**< the name was still the publisher's, and is removed */

    struct publication
        *publication; /**< while waiting for one, else NULL. Private to naming/, as */
    struct pyro_publisher *stopping; /**< while waiting for it to stop, else NULL; */
    struct pyro_loop *loop;
    struct pyro_completion finished;
};

/** Waits no more: `done` is not called. A name that was to be published is given up. */
void pyro_publishing_cancel(struct pyro_publishing *wait);

/** Makes a publisher. `lost` (NULL: nobody wants to know) hears, as a completion, of each name that
 * somebody else has registered; it may do anything. NULL with the error. */
struct pyro_publisher *pyro_publisher_new(struct pyro_runtime *runtime,
                                          void (*lost)(void *owner, const char *name), void *owner,
                                          struct pyro_error *err);

/** Publishes a name of an object whose URI is `uri`; both are copied. `wait` hears when it is
 * registered, or why not: then the name is not kept. PYRO_ENAMING where the publisher keeps a name
 * of that kind already. With an error, `done` will not be called. */
enum pyro_code pyro_publisher_publish(struct pyro_publisher *publisher, const char *name,
                                      const char *uri, const struct pyro_publish_options *options,
                                      struct pyro_publishing *wait, struct pyro_error *err);

/** Keeps a name no more, and removes it where it is still the publisher's. `wait` hears when that
 * is done, or why it failed; it is tried again then, as long as the publisher does not stop. False
 * where the name is not kept: `done` will not be called. */
bool pyro_publisher_unpublish(struct pyro_publisher *publisher, const char *name,
                              struct pyro_publishing *wait);

/** Removes all names that are still the publisher's, but the lasting ones. `wait` hears when that
 * is done, or PYRO_STOP_TIME is over. Nothing can be published any more. False where there is
 * nothing to wait for, or it was stopped before. */
bool pyro_publisher_stop(struct pyro_publisher *publisher, struct pyro_publishing *wait);

/** Frees it: who waits is told so. Names with leases are withdrawn without waiting for an answer,
 * where a connection is open. Accepts NULL. */
void pyro_publisher_free(struct pyro_publisher *publisher);

#endif
