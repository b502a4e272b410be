/** @file
 * Publications: names that a keeper keeps at its name server. Private to naming/. */
#ifndef PYRO_NAMING_PUBLICATION_H
#define PYRO_NAMING_PUBLICATION_H

#include "base/list.h"
#include "naming/client/publisher.h"
#include "value/tree.h"

/** The next step for a name, in the order of haste. */
enum publication_step {
    PUBLICATION_REMOVE,   /**< it is ours: remove it */
    PUBLICATION_WITHDRAW, /**< remove it, if it is still ours */
    PUBLICATION_PUBLISH,  /**< register it; as `safe` says, whoever has it */
    PUBLICATION_CLAIM,    /**< register it, if nobody else has it */
    PUBLICATION_LOOK,     /**< see who has it */
    PUBLICATION_KEPT,     /**< nothing, until the next round */
};

struct publication {
    struct pyro_list node; /**< of its keeper's, or of the publisher's lost ones */
    enum publication_step next;
    char *name;
    struct pyro_uri uri;
    char *uri_text;
    struct pyro_value *tags; /**< strings, in the memory of the publication */
    size_t tag_count;
    double lease;                 /**< seconds */
    bool safe;                    /**< the first time, nobody may have the name */
    bool lasting;                 /**< stays when the publisher stops, and has no lease */
    bool sent;                    /**< the name server was asked to register it */
    bool refused;                 /**< was claimed: somebody has it */
    bool troubled;                /**< was said not to be kept, for now or at all */
    struct pyro_publishing *wait; /**< who waits for the next step; or NULL */
};

static inline struct publication *publication_of(struct pyro_list *node)
{
    return PYRO_CONTAINER(node, struct publication, node);
}

/** Copies what is to be published. NULL with the error. */
struct publication *publication_new(const char *name, const char *uri,
                                    const struct pyro_publish_options *options,
                                    struct pyro_error *err);

/** Frees it; who waits is told that the publisher has ended. Accepts NULL. */
void publication_free(struct publication *p);

/** Tells who waits, if somebody does, that the wait is over: well, or (`why` not NULL) with an
 * error. */
void publication_tell(struct publication *p, bool removed, const struct pyro_error *why);

/** Returns whether the name is to be removed. */
static inline bool publication_leaves(const struct publication *p)
{
    return p->next <= PUBLICATION_WITHDRAW;
}

/** Makes somebody, who waits for nothing, wait for the next step. */
void publication_wait(struct publication *p, struct pyro_publishing *wait, struct pyro_loop *loop);

#endif
