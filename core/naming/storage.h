/** @file
 * Where a name server keeps its registrations: one interface. Private to naming/. */
#ifndef PYRO_NAMING_STORAGE_H
#define PYRO_NAMING_STORAGE_H

#include "base/error.h"
#include "base/slice.h"

/** One registration. */
struct registration {
    const char *uri;
    size_t tag_count;
    const char *const *tags; /**< metadata, without duplicates */
};

/** Called with each registration; true to go on. Nothing may be changed meanwhile. */
typedef bool registration_fn(void *context, struct pyro_slice name,
                             const struct registration *registration);

struct storage;

struct storage_ops {
    /** Adds or replaces; everything is copied. PYRO_ENAMING where there is no room for it. */
    enum pyro_code (*set)(struct storage *self, struct pyro_slice name,
                          const struct registration *registration, struct pyro_error *err);
    /** Valid until the next change; NULL when there is no such name. */
    const struct registration *(*get)(struct storage *self, struct pyro_slice name);
    bool (*remove)(struct storage *self, struct pyro_slice name);
    size_t (*count)(struct storage *self);
    /** Calls with the registrations whose name starts with `prefix` (empty: all), in the order of
     * their names, at a cost in proportion to their number. */
    void (*each)(struct storage *self, struct pyro_slice prefix, registration_fn *call,
                 void *context);
    void (*close)(struct storage *self);
};

struct storage {
    const struct storage_ops *ops;
};

/** Opens "memory", which takes about `most` bytes (0: any number). NULL with the error (PYRO_EVALUE
 * "invalid storage type 'x'"). */
struct storage *storage_open(const char *what, size_t most, struct pyro_error *err);

#endif
