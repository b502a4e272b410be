/** @file
 * Values by string keys, in the order in which the keys were first set. Built on uthash. Each map
 * hashes with a random seed of its own: keys that a peer chooses cannot be made to collide. */
#ifndef PYRO_BASE_MAP_H
#define PYRO_BASE_MAP_H

#include "base/slice.h"

struct pyro_map_entry;

/** Zero-initialized is empty and valid. */
struct pyro_map {
    struct pyro_map_entry *entries;
    uint64_t seed[2]; /**< of the hashes; random while there are entries */
};

/** Sets the value of a key, which is copied; the old value, if any, goes to `*old` (NULL: not
 * wanted). False when out of memory, or the system has no random numbers, the map then being as
 * before. */
bool pyro_map_set(struct pyro_map *map, struct pyro_slice key, void *value, void **old);

/** Returns the value of a key, or NULL. */
void *pyro_map_get(const struct pyro_map *map, struct pyro_slice key);

/** Returns the map's own, terminated copy of a key that it has (as long as it has it); `data` NULL
 * if it has not. */
struct pyro_slice pyro_map_key(const struct pyro_map *map, struct pyro_slice key);

/** Removes a key and returns its value, or NULL. */
void *pyro_map_remove(struct pyro_map *map, struct pyro_slice key);

size_t pyro_map_count(const struct pyro_map *map);

/** Iterates: starts with `*cursor` NULL; false at the end. Nothing may be set or removed
 * meanwhile. The key is terminated. */
bool pyro_map_next(const struct pyro_map *map, struct pyro_map_entry **cursor,
                   struct pyro_slice *key, void **value);

/** Empties the map. The values are the caller's: it frees them before. */
void pyro_map_free(struct pyro_map *map);

#endif
