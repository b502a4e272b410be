/** @file
 * A name server's copy of what Redis has: loaded page by page, then kept up to date by the stream
 * of events. Private to naming/. */
#ifndef PYRO_NAMING_REDIS_COPY_H
#define PYRO_NAMING_REDIS_COPY_H

#include "naming/redis/redis_link.h"
#include "naming/redis/redis_names.h"
#include "naming/registry/storage.h"

struct redis_copy_ops {
    /** The revision grew, or the copy became complete. */
    void (*advanced)(void *owner);
    /** The server said something that cannot be, or memory is out: its connections have to be
     * dropped. */
    void (*failed)(void *owner, const struct pyro_error *why);
};

/** Fields are read only, but for the copy itself. */
struct redis_copy {
    bool complete;    /**< it has all that Redis had when its connections came up, or more */
    int64_t revision; /**< up to which changes are in it */

    struct pyro_runtime *runtime;
    const struct redis_script *script;
    const struct redis_copy_ops *ops;
    void *owner;
    struct redis_names names;
    struct redis_link *link; /**< NULL while it is down */
    char
        run_id[REDIS_RUN_ID_SIZE]; /**< of the server that it comes from; "": it has to be loaded */
    bool loading;                  /**< pages are being read */
    bool reading;                  /**< events are waited for */
    int64_t start;                 /**< the revision when loading began; 0: not known yet */
    int64_t wanted;                /**< the revision that somebody waits for */
    struct pyro_timer *timer;      /**< until the stream is read again */
    struct pyro_completion due;
};

/** Prepares an empty copy; what it is given is borrowed for its life. The caller frees it, also on
 * failure. */
enum pyro_code redis_copy_init(struct redis_copy *copy, struct pyro_runtime *runtime,
                               struct registry *registry, const struct redis_script *script,
                               const struct redis_copy_ops *ops, void *owner,
                               struct pyro_error *err);

/** Begins to follow a link that came up: where it left off, or with all names. */
void redis_copy_follow(struct redis_copy *copy, struct redis_link *link);

/** Stays as it is: the link is down. */
void redis_copy_stay(struct redis_copy *copy);

/** Notes that Redis was at this revision: what is missing is read at once. */
void redis_copy_tell(struct redis_copy *copy, int64_t revision);

/** The same of a reply to a command that was sent when the copy had the revision `before`: a server
 * that is behind that has lost changes, and all names are loaded. */
void redis_copy_check(struct redis_copy *copy, int64_t revision, int64_t before);

/** Applies a change that Redis has stored as this revision, if that is the next one. Else it will
 * come by the stream, at once. */
void redis_copy_apply(struct redis_copy *copy, struct storage *storage, const struct change *change,
                      int64_t revision);

void redis_copy_free(struct redis_copy *copy);

#endif
