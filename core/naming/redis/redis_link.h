/** @file
 * The way to Redis' primary: two connections to it, one for commands and one to follow events. What
 * breaks is made again, after longer and longer pauses. Private to naming/. */
#ifndef PYRO_NAMING_REDIS_LINK_H
#define PYRO_NAMING_REDIS_LINK_H

#include "naming/redis/redis_client.h"
#include "naming/redis/redis_url.h"
#include "rpc/runtime.h"

#define REDIS_RUN_ID_SIZE 41

struct redis_link_ops {
    /** Both connections are there, to a primary that will do. */
    void (*up)(void *owner);
    /** They are gone, or another attempt to make them failed; `why` is one line. */
    void (*down)(void *owner, const struct pyro_error *why);
};

/** Fields are read only, but for the link itself. */
struct redis_link {
    struct redis_client *commands, *events; /**< to be used while `is_up` */
    bool is_up;
    char run_id[REDIS_RUN_ID_SIZE]; /**< of the primary's process; another one may know less */
    size_t replicas;                /**< that it has, by redis_link_look() */
    struct pyro_error why;          /**< it is not up */

    struct pyro_runtime *runtime;
    const struct redis_url *url;
    const struct redis_link_ops *ops;
    void *owner;
    struct redis_place place;        /**< of the primary */
    struct redis_sentinel *sentinel; /**< NULL: the URL has the place */
    bool asking;                     /**< the Sentinels have to say where to connect to */
    double pause;                    /**< before the next attempt, in seconds */
    struct pyro_timer *timer;
    struct pyro_completion due;
};

/** Starts to connect. The URL is borrowed. NULL with the error. */
struct redis_link *redis_link_new(struct pyro_runtime *runtime, const struct redis_url *url,
                                  const struct redis_link_ops *ops, void *owner,
                                  struct pyro_error *err);

/** Ends both connections, and connects again: for who was told something by Redis that it must not
 * say. `why` is told to the owner, by `down`. */
void redis_link_drop(struct redis_link *link, const struct pyro_error *why);

/** Asks the server for its role: one that is no primary any more is dropped. */
void redis_link_look(struct redis_link *link);

/** Accepts NULL. */
void redis_link_close(struct redis_link *link);

/** Seconds that a command may take. */
#define REDIS_TIMEOUT 3.0

#endif
