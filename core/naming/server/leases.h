/** @file
 * The leases of names, for storages that do not end them: a name whose owner does not renew it in
 * time is removed. All names of an owner are renewed at once, at the same cost for one and for
 * many. When a name server starts, leases begin anew. Private to naming/. */
#ifndef PYRO_NAMING_LEASES_H
#define PYRO_NAMING_LEASES_H

#include "naming/registry/storage.h"
#include "rpc/runtime.h"

struct leases;

/** Keeps the leases of what is registered now, and later. All are borrowed until leases_free().
 * NULL: out of memory. */
struct leases *leases_new(struct pyro_runtime *runtime, struct registry *registry,
                          struct storage *storage, struct pyro_error *err);

/** Frees them, once the storage is closed. Accepts NULL. */
void leases_free(struct leases *leases);

/** Lets the leases of an owner's names begin anew; returns how many names these are. An owner gets
 * fewer than it published where others registered them, or where memory lacked: it publishes those
 * again. */
size_t leases_renew(struct leases *leases, struct pyro_slice owner);

/** Returns how many seconds of a registration's lease are left, never less than 0; 0 also where it
 * has none. */
double leases_left(const struct leases *leases, const struct registration *registration);

/** Returns how many names were removed because nobody renewed their leases. */
uint64_t leases_ended(const struct leases *leases);

#endif
