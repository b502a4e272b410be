/** @file
 * The state machine of a keeper. Private to naming/. */
#ifndef PYRO_NAMING_KEEPER_RUN_H
#define PYRO_NAMING_KEEPER_RUN_H

#include "naming/client/keeper.h"

/** Prepares a keeper's call and timer. Returns false when out of memory. */
bool keeper_start(struct keeper *k);

/** Does what there is to do now, unless something is under way; ends a pause. */
void keeper_wake(struct keeper *k);

/** Returns whether the keeper has a connection to the name server. */
bool keeper_is_connected(const struct keeper *k);

/** Closes the connection, and gives up the call that is under way. */
void keeper_drop_client(struct keeper *k);

#endif
