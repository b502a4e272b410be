/** @file
 * Keepers: each keeps the names of a daemon at one name server. Private to naming/. */
#ifndef PYRO_NAMING_KEEPER_H
#define PYRO_NAMING_KEEPER_H

#include "naming/client/publication.h"
#include "rpc/call.h"
#include "rpc/search.h"

enum keeper_phase {
    KEEPER_RESTS,   /**< until the next round, or for ever where there are no names */
    KEEPER_PAUSES,  /**< until it tries again to locate the name server */
    KEEPER_LOCATES, /**< a search is under way */
    KEEPER_ASKS,    /**< a call is under way */
};

/** A keeper's message to its publisher: it posts a completion. */
struct keeper_news {
    struct pyro_list lost;         /**< publications that somebody else has the names of */
    struct pyro_completion posted; /**< there are some, or a keeper keeps nothing any more */
};

struct keeper {
    struct pyro_list node; /**< of the publisher's */
    struct pyro_runtime *runtime;
    const char *owner;        /**< the owner's id: borrowed, as are the news */
    struct keeper_news *news; /**< of the publisher */
    char *host;               /**< of the name server; NULL: as pyro_locate() finds one */
    int port;
    struct pyro_hmac_key *key;

    struct pyro_list todo; /**< publications with something to do, the hastiest first */
    struct pyro_list kept; /**< the others */
    bool renew;            /**< leases are to be renewed */
    double due;            /**< when the next round begins, in the loop's seconds */
    double shortest;       /**< lease of the names */
    bool stopping;         /**< what fails now is not tried again */

    enum keeper_phase phase;
    struct pyro_search *search;  /**< while the name server is located, else NULL */
    struct pyro_client *client;  /**< connected, or lost; or NULL */
    bool leases;                 /**< the name server has publish(), renew(), withdraw() */
    bool fresh;                  /**< nothing was answered on the connection yet */
    struct pyro_call call;       /**< under way while the keeper asks */
    struct publication *subject; /**< of the call; NULL: it renews */
    enum publication_step step;  /**< that the call takes for the subject */
    struct pyro_timer *timer;
    struct pyro_completion expired;
    double pause;  /**< seconds, of the last one since the name server answered; 0: none */
    bool troubled; /**< was logged not to reach the name server */
};

/** Makes a keeper that keeps nothing. `owner` and `news` are borrowed. NULL with the error. */
struct keeper *keeper_new(struct pyro_runtime *runtime, const char *owner, struct keeper_news *news,
                          const struct pyro_publish_options *where, struct pyro_error *err);

/** Returns whether it is the keeper of that name server. */
bool keeper_is_at(const struct keeper *k, const struct pyro_publish_options *where);

/** Keeps a name from now on. Takes the publication. */
void keeper_add(struct keeper *k, struct publication *p);

/** Finds a name that is kept, and not to be removed; or NULL. */
struct publication *keeper_find(const struct keeper *k, const char *name);

/** Keeps a name no more, and removes it. */
void keeper_withdraw(struct keeper *k, struct publication *p);

/** Keeps nothing any more: removes all names but the lasting ones, which it forgets. */
void keeper_stop(struct keeper *k);

/** Returns whether it keeps nothing. */
static inline bool keeper_is_empty(const struct keeper *k)
{
    return pyro_list_empty(&k->todo) && pyro_list_empty(&k->kept);
}

/** Frees a keeper with its publications; withdraws leased names as far as that needs no answer. */
void keeper_free(struct keeper *k);

#endif
