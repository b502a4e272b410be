/** @file
 * The name server's method that tells what has changed: clients wait for the next change, and
 * remember up to which one they have heard. The latest changes are kept for those who come back.
 * Private to naming/. */
#ifndef PYRO_NAMING_WATCH_H
#define PYRO_NAMING_WATCH_H

#include "naming/server/call.h"

struct watch;

/** Starts to listen to a registry, which is borrowed until watch_free(). NULL: out of memory. */
struct watch *watch_new(struct pyro_runtime *runtime, struct registry *registry,
                        struct pyro_error *err);

/** Answers all who wait: nothing has changed. Those who ask from now on do not wait. */
void watch_end(struct watch *watch);

/** Ends it, and frees. Accepts NULL. */
void watch_free(struct watch *watch);

/** watch(revision=None, prefix=None, seconds=30): waits until a name with that prefix changes after
 * a revision, for 30 seconds at most. Answers a tuple: the revision up to which it tells; a list of
 * changes, tuples of "registered", "changed" (its URI is the same) or "removed", name and URI; and
 * whether these are all: they are not where the revision is not known, or too long ago. Without a
 * revision it answers the present one at once. */
enum pyro_code watch_run(struct call *call);

#endif
