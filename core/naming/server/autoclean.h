/** @file
 * Removes names whose server is gone, as Pyro's NS_AUTOCLEAN does: at that interval it connects to
 * the servers of all names that nobody keeps, to each once. A name whose server could not be
 * connected to for 20 seconds is removed. Private to naming/. */
#ifndef PYRO_NAMING_AUTOCLEAN_H
#define PYRO_NAMING_AUTOCLEAN_H

#include "naming/registry/storage.h"
#include "rpc/runtime.h"

struct autoclean;

/** Starts it, with the interval of the setting. All are borrowed until autoclean_free(). NULL: out
 * of memory. */
struct autoclean *autoclean_new(struct pyro_runtime *runtime, struct registry *registry,
                                struct storage *storage, struct pyro_error *err);

/** Ends it, once the storage is closed. Accepts NULL. */
void autoclean_free(struct autoclean *autoclean);

#endif
