/** @file
 * What Redis says of names becomes what the registry has: events, and pages of all names. No I/O.
 * Private to naming/. */
#ifndef PYRO_NAMING_REDIS_NAMES_H
#define PYRO_NAMING_REDIS_NAMES_H

#include "base/log.h"
#include "base/map.h"
#include "naming/redis/redis_record.h"

/** Zero-initialize it, then set the first two, which are borrowed. */
struct redis_names {
    struct registry *registry;
    struct pyro_log *log;
    struct pyro_buffer from; /**< where the next page begins; empty: at the first name */
    bool first;              /**< the registry was empty before the first page */
    struct pyro_map seen;    /**< names of pages since then, unless it was */
};

/** Does what an event of the stream says; `pairs` may be anything. What is damaged is logged, and
 * the name is not in the registry then. Fails only for want of memory. */
enum pyro_code redis_names_event(struct redis_names *names, const redisReply *pairs,
                                 struct pyro_error *err);

/** Begins to take pages: `from` is empty. */
void redis_names_begin(struct redis_names *names);

/** Takes one page: rows of fields (enum redis_field). As redis_names_event() does, but for a row
 * without a name, which is PYRO_EPROTOCOL. */
enum pyro_code redis_names_page(struct redis_names *names, const redisReply *rows,
                                struct pyro_error *err);

/** All pages were taken: removes names that were on none. Fails only for want of memory. */
enum pyro_code redis_names_end(struct redis_names *names, struct pyro_error *err);

/** Frees what it holds of pages. */
void redis_names_free(struct redis_names *names);

#endif
