#include <bsd/sys/tree.h>
#include <string.h>

#include "base/assert.h"
#include "base/map.h"
#include "base/memory.h"
#include "naming/storage_memory.h"

/* About what the map takes for a key of no length. */
#define ENTRY_SIZE 120

/* A registration with its strings behind it, in one allocation. */
struct record {
    RB_ENTRY(record) place;
    struct pyro_slice name; /* the map's key */
    size_t size;            /* that it takes */
    struct registration registration;
    const char *tags[];
};

RB_HEAD(ordered, record);

struct memory {
    struct storage storage;
    size_t most, used;       /* bytes */
    struct pyro_map records; /* name -> struct record: to look one up costs the same among many */
    struct ordered ordered;  /* the same by name: those with a prefix are neighbours */
};

static int compare_names(const struct record *a, const struct record *b)
{
    size_t common = a->name.length < b->name.length ? a->name.length : b->name.length;
    int order = common > 0 ? memcmp(a->name.data, b->name.data, common) : 0;
    if (order != 0 || a->name.length == b->name.length)
        return order;
    return a->name.length < b->name.length ? -1 : 1;
}

/* Defines what RB_GENERATE_STATIC does, whose word for what need not be used glibc does not know.
 */
RB_GENERATE_INTERNAL(ordered, record, place, compare_names, __attribute__((unused)) static)

static struct memory *memory_of(struct storage *self)
{
    return PYRO_CONTAINER(self, struct memory, storage);
}

/* Copies a string; returns where the next one goes. */
static char *put_text(char *to, const char *text)
{
    size_t size = strlen(text) + 1;
    memcpy(to, text, size);
    return to + size;
}

static struct record *new_record(struct pyro_slice name, const struct registration *from)
{
    size_t tags = from->tag_count * sizeof(char *), size = strlen(from->uri) + 1;
    for (size_t i = 0; i < from->tag_count; i++)
        size += strlen(from->tags[i]) + 1;
    size += sizeof(struct record) + tags;
    struct record *record = pyro_malloc(size);
    if (!record)
        return NULL;
    record->size = size + name.length + ENTRY_SIZE;
    char *text = (char *)(record->tags + from->tag_count);
    record->registration =
        (struct registration){.uri = text, .tag_count = from->tag_count, .tags = record->tags};
    text = put_text(text, from->uri);
    for (size_t i = 0; i < from->tag_count; i++) {
        record->tags[i] = text;
        text = put_text(text, from->tags[i]);
    }
    return record;
}

static void free_ordered(struct memory *memory, struct record *record)
{
    if (!record)
        return;
    PYRO_ASSERT(memory->used >= record->size);
    memory->used -= record->size;
    RB_REMOVE(ordered, &memory->ordered, record);
    pyro_free(record);
}

/* Returns whether the record may be added, or take the place of the name's former one. */
static bool has_room(const struct memory *memory, const struct record *record,
                     struct pyro_slice name)
{
    const struct record *former = pyro_map_get(&memory->records, name);
    size_t room = memory->most + (former ? former->size : 0);
    return memory->most == 0 || memory->used + record->size <= room;
}

static enum pyro_code full(const struct memory *memory, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ENAMING, "the name server is full (NS_MAX_MEMORY: %zu bytes)",
                          memory->most);
}

static enum pyro_code memory_set(struct storage *self, struct pyro_slice name,
                                 const struct registration *registration, struct pyro_error *err)
{
    struct memory *memory = memory_of(self);
    struct record *record = new_record(name, registration);
    void *old = NULL;
    bool fits = record && has_room(memory, record, name);
    if (!fits || !pyro_map_set(&memory->records, name, record, &old)) {
        bool lacks_room = record && !fits;
        pyro_free(record);
        return lacks_room ? full(memory, err) : pyro_error_memory(err);
    }
    free_ordered(memory, old);
    memory->used += record->size;
    record->name = pyro_map_key(&memory->records, name);
    const struct record *twin = RB_INSERT(ordered, &memory->ordered, record);
    PYRO_ASSERT(!twin && (memory->most == 0 || memory->used <= memory->most));
    return PYRO_OK;
}

static const struct registration *memory_get(struct storage *self, struct pyro_slice name)
{
    struct record *record = pyro_map_get(&memory_of(self)->records, name);
    return record ? &record->registration : NULL;
}

static bool memory_remove(struct storage *self, struct pyro_slice name)
{
    struct memory *memory = memory_of(self);
    struct record *record = pyro_map_get(&memory->records, name);
    if (!record)
        return false;
    free_ordered(memory, record); /* its name is the map's */
    pyro_map_remove(&memory->records, name);
    return true;
}

static size_t memory_count(struct storage *self)
{
    return pyro_map_count(&memory_of(self)->records);
}

static bool starts_with(struct pyro_slice name, struct pyro_slice prefix)
{
    return name.length >= prefix.length &&
           (prefix.length == 0 || memcmp(name.data, prefix.data, prefix.length) == 0);
}

static void memory_each(struct storage *self, struct pyro_slice prefix, registration_fn *call,
                        void *context)
{
    struct record first = {.name = prefix};
    struct record *record = RB_NFIND(ordered, &memory_of(self)->ordered, &first);
    for (; record && starts_with(record->name, prefix); record = RB_NEXT(ordered, , record))
        if (!call(context, record->name, &record->registration))
            return;
}

static void memory_close(struct storage *self)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *record;
    while (pyro_map_next(&memory_of(self)->records, &cursor, &name, &record))
        pyro_free(record);
    pyro_map_free(&memory_of(self)->records);
    pyro_free(memory_of(self));
}

static const struct storage_ops memory_ops = {memory_set,   memory_get,  memory_remove,
                                              memory_count, memory_each, memory_close};

struct storage *storage_memory_open(size_t most, struct pyro_error *err)
{
    struct memory *memory = pyro_calloc(1, sizeof(*memory));
    if (!memory) {
        pyro_error_memory(err);
        return NULL;
    }
    memory->storage.ops = &memory_ops;
    memory->most = most;
    RB_INIT(&memory->ordered);
    return &memory->storage;
}
