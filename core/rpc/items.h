/** @file
 * Results that their client fetches item by item: Pyro's item streams. A daemon keeps them by id
 * until they end, their client closes them, or their time is over; while their client is away, a
 * while longer (ITER_STREAM_LINGER). */
#ifndef PYRO_RPC_ITEMS_H
#define PYRO_RPC_ITEMS_H

#include "base/error.h"
#include "base/list.h"
#include "base/map.h"
#include "base/uuid.h"
#include "wire/annotation.h"

struct pyro_connection;
struct pyro_items;
struct pyro_request;
struct pyro_streams;

struct pyro_items_ops {
    /** Takes a request, and answers it exactly once, now or later, with the next item; after the
     * last one, or with an error, with fail. Not called again before that. */
    void (*next)(struct pyro_items *self, struct pyro_request *request);
    /** Lets go of the stream: the daemon does not need it any more. */
    void (*release)(struct pyro_items *self);
};

/** Embedded in whatever gives the items; zero-initialize, set `ops`. */
struct pyro_items {
    const struct pyro_items_ops *ops;
    struct pyro_streams *streams; /**< where it is kept, or NULL */
    struct pyro_list node;
    const struct pyro_connection *client; /**< NULL while it is away */
    double created, orphaned;             /**< when; by the loop's clock */
    bool busy;                            /**< an item is being made */
    struct pyro_slice object, method;     /**< that made the stream; views of `maker` */
    char *maker;                          /**< freed with the stream */
    char id[PYRO_UUID_TEXT_SIZE];
    struct pyro_annotation announcement; /**< of the id, in the answer to who made the stream */
};

/** The streams of one daemon. */
struct pyro_streams {
    struct pyro_map by_id;
    struct pyro_list oldest_first;
};

void pyro_streams_init(struct pyro_streams *streams);

/** Keeps `items` for a client. Takes it, but not on failure (PYRO_EPYRO: there are too many). */
enum pyro_code pyro_streams_add(struct pyro_streams *streams, struct pyro_items *items,
                                const struct pyro_connection *client, double now,
                                struct pyro_error *err);

/** Finds the stream of that id, and marks it as busy: its next item is now asked for, and
 * pyro_items_served() called once that was answered. NULL with the error where there is no such
 * stream, or an item is being made. A stream whose client has gone becomes that of `client`. */
struct pyro_items *pyro_streams_take(struct pyro_streams *streams, struct pyro_slice id,
                                     const struct pyro_connection *client, struct pyro_error *err);

/** Returns the stream of that id, or NULL. */
struct pyro_items *pyro_streams_find(const struct pyro_streams *streams, struct pyro_slice id);

/** Notes which method made a stream. Returns false when out of memory. */
bool pyro_items_name(struct pyro_items *items, struct pyro_slice object, struct pyro_slice method);

/** Releases a stream that is not kept. */
void pyro_items_release(struct pyro_items *items);

/** Closes the stream of that id, if there is one. */
void pyro_streams_close(struct pyro_streams *streams, struct pyro_slice id);

/** Makes the streams of a client that has gone wait for it, or (unless `linger`) closes them. */
void pyro_streams_orphan(struct pyro_streams *streams, const struct pyro_connection *client,
                         bool linger, double now);

/** Closes the streams that are older than `lifetime`, or have waited for their client longer than
 * `linger` (seconds; 0: forever). */
void pyro_streams_expire(struct pyro_streams *streams, double lifetime, double linger, double now);

/** Closes all streams. */
void pyro_streams_free(struct pyro_streams *streams);

/** Hears that the request for an item was answered: with `failed`, the stream is over. */
void pyro_items_served(struct pyro_items *items, bool failed);

#endif
