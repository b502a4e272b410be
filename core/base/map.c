#include "base/map.h"

#include "base/assert.h"

#define HASH_NONFATAL_OOM 1
#include "base/memory.h"
#include "base/random.h"
#include "base/siphash.h"
#define uthash_malloc(size) pyro_malloc(size)
#define uthash_free(memory, size) pyro_free(memory)
#include <uthash.h>

struct pyro_map_entry {
    UT_hash_handle hh;
    void *value;
    size_t length;
    char key[]; /* terminated */
};

static unsigned hash(const struct pyro_map *map, struct pyro_slice key)
{
    return (unsigned)pyro_siphash(map->seed, key);
}

static struct pyro_map_entry *find(const struct pyro_map *map, struct pyro_slice key)
{
    struct pyro_map_entry *entry = NULL;
    if (!map->entries)
        return NULL;
    unsigned hashed = hash(map, key);
    HASH_FIND_BYHASHVALUE(hh, map->entries, key.length > 0 ? key.data : "", key.length, hashed,
                          entry);
    return entry;
}

/* Gives a map that is empty a seed; false where the system has no random numbers. */
static bool seed(struct pyro_map *map)
{
    return map->entries || map->seed[0] || map->seed[1] ||
           pyro_random(map->seed, sizeof(map->seed));
}

static struct pyro_map_entry *new_entry(struct pyro_slice key, void *value)
{
    struct pyro_map_entry *entry = pyro_malloc(sizeof(*entry) + key.length + 1);
    if (!entry)
        return NULL;
    memset(entry, 0, sizeof(*entry));
    entry->value = value;
    entry->length = key.length;
    if (key.length > 0)
        memcpy(entry->key, key.data, key.length);
    entry->key[key.length] = '\0';
    return entry;
}

bool pyro_map_set(struct pyro_map *map, struct pyro_slice key, void *value, void **old)
{
    struct pyro_map_entry *entry = find(map, key);
    if (old)
        *old = entry ? entry->value : NULL;
    if (entry) {
        entry->value = value;
        return true;
    }
    if (!seed(map) || !(entry = new_entry(key, value)))
        return false;
    size_t before = HASH_COUNT(map->entries);
    unsigned hashed = hash(map, key);
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, map->entries, entry->key, entry->length, hashed, entry);
    if (!entry->hh.tbl) { /* out of memory */
        pyro_free(entry);
        PYRO_ASSERT(HASH_COUNT(map->entries) == before);
        return false;
    }
    PYRO_ASSERT(HASH_COUNT(map->entries) == before + 1);
    return true;
}

void *pyro_map_get(const struct pyro_map *map, struct pyro_slice key)
{
    struct pyro_map_entry *entry = find(map, key);
    return entry ? entry->value : NULL;
}

struct pyro_slice pyro_map_key(const struct pyro_map *map, struct pyro_slice key)
{
    struct pyro_map_entry *entry = find(map, key);
    return entry ? pyro_slice(entry->key, entry->length) : pyro_slice(NULL, 0);
}

void *pyro_map_remove(struct pyro_map *map, struct pyro_slice key)
{
    struct pyro_map_entry *entry = find(map, key);
    if (!entry)
        return NULL;
    void *value = entry->value;
    HASH_DEL(map->entries, entry);
    pyro_free(entry);
    return value;
}

size_t pyro_map_count(const struct pyro_map *map)
{
    return HASH_COUNT(map->entries);
}

bool pyro_map_next(const struct pyro_map *map, struct pyro_map_entry **cursor,
                   struct pyro_slice *key, void **value)
{
    struct pyro_map_entry *entry = *cursor ? (*cursor)->hh.next : map->entries;
    if (!entry)
        return false;
    *cursor = entry;
    *key = pyro_slice(entry->key, entry->length);
    *value = entry->value;
    return true;
}

void pyro_map_free(struct pyro_map *map)
{
    struct pyro_map_entry *entry, *next;
    HASH_ITER(hh, map->entries, entry, next)
    {
        HASH_DEL(map->entries, entry);
        pyro_free(entry);
    }
    map->entries = NULL;
}
