/** @file
 * Questions to Redis: when owners last renewed their leases. Private to naming/. */
#ifndef PYRO_NAMING_REDIS_RENEWALS_H
#define PYRO_NAMING_REDIS_RENEWALS_H

#include "naming/redis/redis_copy.h"

struct redis_renewals {
    const struct redis_script *script; /**< this and the next two are borrowed */
    struct redis_link *link;
    const struct redis_copy *copy;
    struct pyro_list asked; /**< questions on their way */
};

/** Asks, some owners at a time. While the copy is not complete, nothing is known. */
void redis_renewals_ask(struct redis_renewals *self, struct renewals *renewals);

/** Answers all questions with what is known by now, as no more replies will come. */
void redis_renewals_give_up(struct redis_renewals *self);

#endif
