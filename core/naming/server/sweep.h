/** @file
 * Removes some names together, each where its condition holds, and tells when all are answered.
 * Private to naming/.
 *
 *     sweep_init(&sweep, storage, on_done);
 *     sweep_add(&sweep, name, CHANGE_IF_OWNED, owner);   // up to SWEEP_MOST
 *     sweep_run(&sweep);                                 // on_done() follows, perhaps within
 *     sweep_clear(&sweep);                               // to be used again
 *     sweep_free(&sweep);                                // when it does not run */
#ifndef PYRO_NAMING_SWEEP_H
#define PYRO_NAMING_SWEEP_H

#include "base/buffer.h"
#include "naming/registry/storage.h"

#define SWEEP_MOST 64

struct sweep_item {
    struct change change;
    struct sweep *sweep;
    size_t length, known; /* of the texts, behind each other: name and owner or URI */
};

struct sweep {
    struct storage *storage;
    void (*done)(struct sweep *sweep); /**< may free it */
    size_t count;                      /**< names that were added */
    size_t waiting;                    /**< for answers; 1 more while changes are made */
    size_t removed;                    /**< names, once it is done */
    struct pyro_error err;             /**< of a change that failed; else PYRO_OK */
    struct pyro_buffer texts;
    struct sweep_item items[SWEEP_MOST];
};

void sweep_init(struct sweep *sweep, struct storage *storage, void (*done)(struct sweep *sweep));

/** Adds a name, of which there is room for SWEEP_MOST. `known` is copied: the owner or URI that the
 * condition names; "" where it names none. False: out of memory. */
bool sweep_add(struct sweep *sweep, struct pyro_slice name, enum change_condition condition,
               const char *known);

/** Removes the names that were added. */
void sweep_run(struct sweep *sweep);

/** Returns the name that was added last: of a sweep that has run, until it is cleared. */
struct pyro_slice sweep_last(const struct sweep *sweep);

/** Forgets the names. */
void sweep_clear(struct sweep *sweep);

void sweep_free(struct sweep *sweep);

#endif
