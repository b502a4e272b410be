/** @file
 * Which registrations a call means. Private to naming/. */
#ifndef PYRO_NAMING_SELECTION_H
#define PYRO_NAMING_SELECTION_H

#include "naming/registry/registry.h"
#include "value/tree.h"

/** Criteria of a selection: the first of the values that Python calls true; without one, everything
 * is selected. Each may be NULL. */
struct criteria {
    const struct pyro_value *prefix; /**< of the name */
    const struct pyro_value *regex;  /**< that the name begins with a match of */
    const struct pyro_value *all;    /**< tags that are all there */
    const struct pyro_value *any;    /**< tags, of which one is there */
    /** Returns whether a name may be found at all. NULL: all may. */
    bool (*admits)(const void *context, struct pyro_slice name);
    const void *context;     /**< of `admits` */
    struct pyro_slice after; /**< only names behind this one are looked at; empty: all */
    size_t most;             /**< names, after which it ends; 0: any number */
};

/** The names that were found, in order: the registry's, valid until it changes. */
struct selection {
    struct pyro_slice *names;
    size_t count;
};

/** Selects. PYRO_ENAMING where that lasts until after `deadline` (pyro_cpu_seconds()). The caller
 * frees the selection, also after an error. */
enum pyro_code selection_find(struct selection *selection, struct registry *registry,
                              const struct criteria *by, double deadline, struct pyro_error *err);

void selection_free(struct selection *selection);

#endif
