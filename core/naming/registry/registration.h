/** @file
 * What is registered under a name. Private to naming/. */
#ifndef PYRO_NAMING_REGISTRATION_H
#define PYRO_NAMING_REGISTRATION_H

#include "base/common.h"

/** One registration. */
struct registration {
    const char *uri;
    size_t tag_count;
    const char *const *tags; /**< metadata, in order (strcmp), without duplicates */
    const char *owner;       /**< who keeps it: hex digits; NULL: nobody */
    double lease;            /**< seconds that it stays without a renewal; 0: for ever */
    int64_t since;           /**< when it was registered, in seconds since 1970 */
};

/** Returns how many bytes registration_copy() needs. */
size_t registration_size(const struct registration *from);

/** Copies a registration, whose strings and list of tags go to `memory`, aligned for pointers;
 * returns the end of what is used of that. */
char *registration_copy(struct registration *to, const struct registration *from, void *memory);

/** Returns whether it is kept by `owner`, which may be NULL: that keeps nothing. */
bool registration_is_kept_by(const struct registration *registration, const char *owner);

/** Returns whether it ends unless its owner renews it. */
bool registration_has_lease(const struct registration *registration);

#endif
