/** @file
 * What is counted of calls: how many there were, how long they took, how they failed. */
#ifndef PYRO_BASE_TALLY_H
#define PYRO_BASE_TALLY_H

#include "base/error.h"
#include "base/histogram.h"
#include "base/slice.h"

/** Classes of errors that are told apart. Those that come later are one: "other". */
#define PYRO_TOLD_CLASSES 64

/** The classes by number, which the tallies of a runtime share. Zero-initialized are none. */
struct pyro_classes {
    char names[PYRO_TOLD_CLASSES][PYRO_CLASS_SIZE];
    unsigned count;
};

/** Zero-initialized is empty; pyro_tally_free() frees its memory. */
struct pyro_tally {
    struct pyro_histogram times; /**< of the calls that have ended */
    uint64_t in_flight;
    uint64_t *errors; /**< by the number of their class; NULL: there were none */
};

/** Counts an error of the class with that name, which may be any. */
void pyro_tally_error(struct pyro_tally *tally, struct pyro_classes *classes,
                      struct pyro_slice name);

/** Adds what another one has counted, whose classes have the same numbers. */
void pyro_tally_add(struct pyro_tally *tally, const struct pyro_tally *other);

void pyro_tally_free(struct pyro_tally *tally);

#endif
