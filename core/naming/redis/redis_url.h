/** @file
 * Where Redis is, as a user writes it:
 * `redis://[user:password@]host[:port][/prefix][?wait=N]`, `rediss://…` the same with TLS, and
 * `redis+sentinel://[user:password@]host[:port],…/master[/prefix][?wait=N]`. Private to naming/. */
#ifndef PYRO_NAMING_REDIS_URL_H
#define PYRO_NAMING_REDIS_URL_H

#include "base/error.h"

#define REDIS_PLACES 16

struct redis_place {
    char *host; /**< without brackets */
    uint16_t port;
};

struct redis_url {
    char *text; /**< that the strings are in; the password, too */
    bool tls;
    struct redis_place places[REDIS_PLACES]; /**< the server; or the Sentinels, where there is */
    size_t count;
    char *master;   /**< the name by which the Sentinels know the primary; NULL: there are none */
    char *user;     /**< NULL: Redis' default user */
    char *password; /**< NULL: none is asked for */
    const char *prefix; /**< of all keys */
    int wait;           /**< replicas that have to confirm a change; -1: one, if there is any */
};

/** Returns whether it is meant to be such a URL. */
bool redis_url_is(const char *text);

/** Parses it. On success the caller frees it with redis_url_free(). PYRO_EVALUE says in one line
 * what is wrong, without the password. */
enum pyro_code redis_url_parse(struct redis_url *url, const char *text, struct pyro_error *err);

/** Frees it, and overwrites the password. */
void redis_url_free(struct redis_url *url);

#endif
