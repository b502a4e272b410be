/** @file
 * What searches have in common. Private to naming/. */
#ifndef PYRO_NAMING_SEARCH_H
#define PYRO_NAMING_SEARCH_H

#include "naming/resolve.h"

struct pyro_search {
    void (*cancel)(struct pyro_search *self); /**< frees it */
    pyro_found_fn *found;
    void *owner;
};

#endif
