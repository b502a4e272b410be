#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "naming/storage.h"

struct memory {
    struct storage storage;
    struct pyro_map records; /* name -> struct record */
};

/* A registration with its texts behind it, in one allocation. */
struct record {
    struct registration registration;
    const char *tags[];
};

static struct memory *memory_of(struct storage *self)
{
    return PYRO_CONTAINER(self, struct memory, storage);
}

/* Copies a text; returns where the next one goes. */
static char *put_text(char *to, const char *text)
{
    size_t size = strlen(text) + 1;
    memcpy(to, text, size);
    return to + size;
}

static struct record *new_record(const struct registration *from)
{
    size_t tags = from->tag_count * sizeof(char *), size = strlen(from->uri) + 1;
    for (size_t i = 0; i < from->tag_count; i++)
        size += strlen(from->tags[i]) + 1;
    struct record *record = pyro_malloc(sizeof(*record) + tags + size);
    if (!record)
        return NULL;
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

static enum pyro_code set(struct storage *self, struct pyro_slice name,
                          const struct registration *registration, struct pyro_error *err)
{
    struct record *record = new_record(registration);
    void *old = NULL;
    if (!record || !pyro_map_set(&memory_of(self)->records, name, record, &old)) {
        pyro_free(record);
        return pyro_error_memory(err);
    }
    pyro_free(old);
    return PYRO_OK;
}

static const struct registration *get(struct storage *self, struct pyro_slice name)
{
    struct record *record = pyro_map_get(&memory_of(self)->records, name);
    return record ? &record->registration : NULL;
}

static bool remove_name(struct storage *self, struct pyro_slice name)
{
    struct record *record = pyro_map_remove(&memory_of(self)->records, name);
    pyro_free(record);
    return record != NULL;
}

static size_t count(struct storage *self)
{
    return pyro_map_count(&memory_of(self)->records);
}

static void each(struct storage *self, registration_fn *call, void *context)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *record;
    while (pyro_map_next(&memory_of(self)->records, &cursor, &name, &record))
        if (!call(context, name, &((struct record *)record)->registration))
            return;
}

static bool free_record(void *context, struct pyro_slice name,
                        const struct registration *registration)
{
    (void)context;
    (void)name;
    pyro_free(PYRO_CONTAINER(registration, struct record, registration));
    return true;
}

static void close_storage(struct storage *self)
{
    each(self, free_record, NULL);
    pyro_map_free(&memory_of(self)->records);
    pyro_free(memory_of(self));
}

static const struct storage_ops memory_ops = {set, get, remove_name, count, each, close_storage};

struct storage *storage_open(const char *what, struct pyro_error *err)
{
    if (strcmp(what, "memory") != 0) {
        pyro_error_set(err, PYRO_EVALUE, "invalid storage type '%s'", what);
        return NULL;
    }
    struct memory *memory = pyro_calloc(1, sizeof(*memory));
    if (!memory) {
        pyro_error_memory(err);
        return NULL;
    }
    memory->storage.ops = &memory_ops;
    return &memory->storage;
}
