/** @file
 * Changes on their way to Redis. Private to naming/. */
#ifndef PYRO_NAMING_REDIS_CHANGES_H
#define PYRO_NAMING_REDIS_CHANGES_H

#include "naming/redis/redis_copy.h"

/** How long replicas may take to confirm a change, in seconds. */
#define REDIS_WAIT 1.0

struct redis_changes {
    struct storage *storage; /**< this and the next three are borrowed */
    const struct redis_script *script;
    struct redis_link *link;
    struct redis_copy *copy;
    int wait;                       /**< replicas that have to confirm a change; -1: one, if any */
    struct pyro_list sent;          /**< changes to which Redis has not replied */
    struct pyro_list stored;        /**< those that it has made */
    struct pyro_completion confirm; /**< sends WAIT, */
    bool confirming;                /**< whose reply is not there: one at a time */
};

/** Prepares it; its first five fields are set. */
void redis_changes_init(struct redis_changes *changes);

/** Sends a change, or refuses it at once where Redis cannot take it. */
void redis_changes_send(struct redis_changes *changes, struct change *change);

/** Answers changes that the copy shows now. */
void redis_changes_advance(struct redis_changes *changes);

/** Ends changes that were stored as later revisions than Redis has now: it lost them. */
void redis_changes_check(struct redis_changes *changes, int64_t revision);

/** Ends all that is on its way, as Redis cannot tell any more what became of it. */
void redis_changes_give_up(struct redis_changes *changes, const char *why);

#endif
