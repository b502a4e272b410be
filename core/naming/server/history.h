/** @file
 * The latest changes of a registry, in order. Each has a revision. Private to naming/. */
#ifndef PYRO_NAMING_HISTORY_H
#define PYRO_NAMING_HISTORY_H

#include "base/list.h"
#include "rpc/request.h"

struct history {
    int64_t revision;        /**< of the latest change */
    int64_t forgotten;       /**< of the latest one that is not kept */
    struct pyro_list events; /**< the latest ones, in order */
    size_t size;             /**< bytes that they take */
};

/** A client's question to a history. */
struct history_question {
    const struct history *history;
    const struct pyro_request *request; /**< whose client may know of some names only */
    int64_t revision;                   /**< that it has heard of: it wants later changes */
    struct pyro_slice prefix;           /**< of the names */
};

/** Begins an empty history, with a revision beyond those of former runs. */
void history_init(struct history *history);

void history_free(struct history *history);

/** Adds a change: `what` (kept as it is) became of a name, with its URI. Older ones go for it.
 * Where memory lacks, all are forgotten: who asks for them hears that some are missing. */
void history_add(struct history *history, const char *what, struct pyro_slice name,
                 const char *uri);

/** Returns how many changes answer a question. */
size_t history_count(const struct history_question *question);

/** Returns whether none is missing: where the revision is known, and not too long ago. */
bool history_is_complete(const struct history_question *question);

/** Puts a tuple: the revision of the latest change; a list of those that answer the question, each
 * a tuple of what, name and URI; and whether none is missing. */
enum pyro_code history_put(const struct history_question *question, struct pyro_sink *to);

#endif
