/** @file
 * The names that a name server has: all in memory, in order, at once. Everything that is read is
 * read here. What changes them is their storage (storage.h). Private to naming/. */
#ifndef PYRO_NAMING_REGISTRY_H
#define PYRO_NAMING_REGISTRY_H

#include "base/error.h"
#include "base/list.h"
#include "base/slice.h"
#include "naming/registry/registration.h"

struct registry;

/** Somebody who hears of each change, once it is made. Embedded; nothing may be changed meanwhile.
 */
struct registry_listener {
    struct pyro_list node;
    /** `before`: what `now` replaces; NULL: the name is new. */
    void (*on_set)(struct registry_listener *self, struct pyro_slice name,
                   const struct registration *now, const struct registration *before);
    void (*on_remove)(struct registry_listener *self, struct pyro_slice name,
                      const struct registration *before);
};

/** Makes an empty registry for about `most` bytes (0: any number). NULL: out of memory. */
struct registry *registry_new(size_t most, struct pyro_error *err);

/** Frees it; nobody hears of that. Accepts NULL. */
void registry_free(struct registry *registry);

/** Adds a listener, which is borrowed until pyro_list_remove() of its node. */
void registry_listen(struct registry *registry, struct registry_listener *listener);

/** Returns a name's registration, valid until the next change; NULL when there is no such name. */
const struct registration *registry_get(const struct registry *registry, struct pyro_slice name);

size_t registry_count(const struct registry *registry);

/** Returns how many of the names have a lease. */
size_t registry_leases(const struct registry *registry);

/** Called with each registration; true to go on. Nothing may be changed meanwhile. The name is
 * terminated. */
typedef bool registration_fn(void *context, struct pyro_slice name,
                             const struct registration *registration);

/** Calls with the registrations whose name starts with `prefix` (empty: all) and comes behind
 * `after` (empty: from the first), in the order of their names, at a cost in proportion to their
 * number. */
void registry_each(struct registry *registry, struct pyro_slice prefix, struct pyro_slice after,
                   registration_fn *call, void *context);

/** Adds or replaces; everything is copied. It does not look at the limit, since what it is given is
 * stored already: storage_change() has reserved room for it. Fails only for want of memory. */
enum pyro_code registry_set(struct registry *registry, struct pyro_slice name,
                            const struct registration *registration, struct pyro_error *err);

/** Returns whether there was such a name. */
bool registry_remove(struct registry *registry, struct pyro_slice name);

/** Reserves room for a registration that is about to be stored: `*room` bytes, which
 * registry_release() gives back. PYRO_ENAMING "the name server is full" where there is none. */
enum pyro_code registry_reserve(struct registry *registry, struct pyro_slice name,
                                const struct registration *registration, size_t *room,
                                struct pyro_error *err);

void registry_release(struct registry *registry, size_t room);

#endif
