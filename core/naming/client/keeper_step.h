/** @file
 * The steps of a keeper: what it asks the name server, and what the answers mean. Private to
 * naming/. */
#ifndef PYRO_NAMING_KEEPER_STEP_H
#define PYRO_NAMING_KEEPER_STEP_H

#include "naming/client/keeper.h"

/** Returns whether the name has a lease at the name server that the keeper is connected to. */
static inline bool step_is_leased(const struct keeper *k, const struct publication *p)
{
    return k->leases && !p->lasting;
}

/** Asks for the next step of a publication. On failure nothing was sent. */
enum pyro_code step_ask(struct keeper *k, struct publication *p, double timeout,
                        struct pyro_error *err);

/** Takes the answer to that, of a call that went well: the publication is kept, lost, gone, or has
 * something else to do. */
void step_take(struct keeper *k, struct publication *p);

/** Tells who waits for a publication that it has failed, and frees it; where it may be registered
 * all the same, it is to be removed. */
void step_give_up(struct publication *p, bool registered, const struct pyro_error *why);

/** Gives a publication up, or puts it off until the next round, as the name server refused it. */
void step_refuse(struct keeper *k, struct publication *p, const struct pyro_error *why);

/** Asks to renew the leases of all names. */
enum pyro_code step_ask_renewal(struct keeper *k, double timeout, struct pyro_error *err);

/** Takes the answer: claims names again where some are missing. */
void step_take_renewal(struct keeper *k);

#endif
