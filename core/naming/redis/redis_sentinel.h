/** @file
 * Asking Redis' Sentinels where the primary is: in turn, then now and then the one that answered.
 * Private to naming/. */
#ifndef PYRO_NAMING_REDIS_SENTINEL_H
#define PYRO_NAMING_REDIS_SENTINEL_H

#include "naming/redis/redis_url.h"
#include "net/loop.h"

struct redis_sentinel_ops {
    /** One says where the primary is; said again each second. */
    void (*found)(void *owner, const char *host, uint16_t port);
    /** All were asked, and none knows; `why` is what went wrong with the last one. They are asked
     * again. */
    void (*failed)(void *owner, const struct pyro_error *why);
};

struct redis_sentinel;

/** Makes one, which begins to ask with redis_sentinel_ask(). The URL is borrowed. NULL with the
 * error. */
struct redis_sentinel *redis_sentinel_new(struct pyro_loop *loop, const struct redis_url *url,
                                          const struct redis_sentinel_ops *ops, void *owner,
                                          struct pyro_error *err);

/** Asks now, if a question is not on its way. Answers later. */
void redis_sentinel_ask(struct redis_sentinel *sentinel);

/** Accepts NULL. */
void redis_sentinel_close(struct redis_sentinel *sentinel);

#endif
