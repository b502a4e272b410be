#include "naming/registry/registry.h"

#include <bsd/sys/tree.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"

/* About what the map takes for a key of no length. */
#define ENTRY_SIZE 120

/* About what a name takes in the list of its owner, and an owner. */
#define KEPT_SIZE 300

/* A name. */
struct record {
    RB_ENTRY(record) place;
    struct pyro_slice name;            /* the map's key */
    size_t size;                       /* that it takes */
    struct registration *registration; /* in one allocation with its strings */
};

RB_HEAD(ordered, record);

struct registry {
    size_t most, used;       /* bytes */
    size_t leases;           /* names that have one */
    size_t reserved;         /* bytes of what is being stored */
    struct pyro_map records; /* name -> struct record: to look one up costs the same among many */
    struct ordered ordered;  /* the same by name: those with a prefix are neighbours */
    struct pyro_list listeners;
};

static int compare_names(const struct record *a, const struct record *b)
{
    return pyro_slice_compare(a->name, b->name);
}

/* Defines what RB_GENERATE_STATIC does, whose word for what need not be used glibc does not know.
 */
RB_GENERATE_INTERNAL(ordered, record, place, compare_names, __attribute__((unused)) static)

/* --- records --- */

/* Returns about how many bytes a name takes. */
static size_t cost(struct pyro_slice name, const struct registration *registration)
{
    size_t size = sizeof(struct record) + sizeof(*registration) + registration_size(registration);
    return size + name.length + ENTRY_SIZE + (registration->owner ? KEPT_SIZE : 0);
}

static struct registration *new_registration(const struct registration *from)
{
    struct registration *copy = pyro_malloc(sizeof(*copy) + registration_size(from));
    if (copy)
        registration_copy(copy, from, copy + 1);
    return copy;
}

/* Adds a name without a registration. NULL: out of memory. */
static struct record *add_record(struct registry *registry, struct pyro_slice name)
{
    struct record *record = pyro_calloc(1, sizeof(*record));
    if (!record || !pyro_map_set(&registry->records, name, record, NULL)) {
        pyro_free(record);
        return NULL;
    }
    record->name = pyro_map_key(&registry->records, name);
    const struct record *twin = RB_INSERT(ordered, &registry->ordered, record);
    PYRO_ASSERT(!twin);
    return record;
}

static void free_record(struct record *record)
{
    pyro_free(record->registration);
    pyro_free(record);
}

/* Counts what a record has now. */
static void count_in(struct registry *registry, struct record *record)
{
    record->size = cost(record->name, record->registration);
    registry->used += record->size;
    registry->leases += registration_has_lease(record->registration);
}

/* Takes back what was counted for a record. */
static void count_out(struct registry *registry, const struct record *record)
{
    PYRO_ASSERT(registry->used >= record->size);
    registry->used -= record->size;
    registry->leases -= registration_has_lease(record->registration);
}

/* --- changes --- */

static void tell_set(struct registry *registry, const struct record *now,
                     const struct registration *before)
{
    for (struct pyro_list *node = registry->listeners.next; node != &registry->listeners;
         node = node->next) {
        struct registry_listener *listener = PYRO_CONTAINER(node, struct registry_listener, node);
        listener->on_set(listener, now->name, now->registration, before);
    }
}

static void tell_remove(struct registry *registry, const struct record *before)
{
    for (struct pyro_list *node = registry->listeners.next; node != &registry->listeners;
         node = node->next) {
        struct registry_listener *listener = PYRO_CONTAINER(node, struct registry_listener, node);
        listener->on_remove(listener, before->name, before->registration);
    }
}

enum pyro_code registry_set(struct registry *registry, struct pyro_slice name,
                            const struct registration *registration, struct pyro_error *err)
{
    struct record *record = pyro_map_get(&registry->records, name);
    struct registration *now = new_registration(registration), *before;
    if (!now || (!record && !(record = add_record(registry, name)))) {
        pyro_free(now);
        return pyro_error_memory(err);
    }
    before = record->registration;
    if (before)
        count_out(registry, record);
    record->registration = now;
    count_in(registry, record);
    tell_set(registry, record, before);
    pyro_free(before);
    return PYRO_OK;
}

bool registry_remove(struct registry *registry, struct pyro_slice name)
{
    struct record *record = pyro_map_get(&registry->records, name);
    if (!record)
        return false;
    count_out(registry, record);
    RB_REMOVE(ordered, &registry->ordered, record);
    tell_remove(registry, record);
    pyro_map_remove(&registry->records, name); /* the record's name is the map's */
    free_record(record);
    return true;
}

enum pyro_code registry_reserve(struct registry *registry, struct pyro_slice name,
                                const struct registration *registration, size_t *room,
                                struct pyro_error *err)
{
    const struct record *before = pyro_map_get(&registry->records, name);
    size_t needed = cost(name, registration), there = before ? before->size : 0;
    *room = needed > there ? needed - there : 0;
    size_t taken = registry->used + registry->reserved;
    if (registry->most > 0 && *room > 0 &&
        (taken > registry->most || *room > registry->most - taken)) {
        *room = 0;
        return pyro_error_set(err, PYRO_ENAMING,
                              "the name server is full (NS_MAX_MEMORY: %zu bytes)", registry->most);
    }
    registry->reserved += *room;
    return PYRO_OK;
}

void registry_release(struct registry *registry, size_t room)
{
    PYRO_ASSERT(registry->reserved >= room);
    registry->reserved -= room;
}

void registry_listen(struct registry *registry, struct registry_listener *listener)
{
    pyro_list_push(&registry->listeners, &listener->node);
}

/* --- reading --- */

const struct registration *registry_get(const struct registry *registry, struct pyro_slice name)
{
    struct record *record = pyro_map_get(&registry->records, name);
    return record ? record->registration : NULL;
}

size_t registry_count(const struct registry *registry)
{
    return pyro_map_count(&registry->records);
}

size_t registry_leases(const struct registry *registry)
{
    return registry->leases;
}

void registry_each(struct registry *registry, struct pyro_slice prefix, struct pyro_slice after,
                   registration_fn *call, void *context)
{
    struct record first = {.name = prefix}, last = {.name = after};
    if (compare_names(&last, &first) >= 0)
        first = last;
    struct record *record = RB_NFIND(ordered, &registry->ordered, &first);
    if (record && after.length > 0 && compare_names(record, &last) == 0)
        record = RB_NEXT(ordered, , record);
    for (; record && pyro_slice_starts_with(record->name, prefix);
         record = RB_NEXT(ordered, , record))
        if (!call(context, record->name, record->registration))
            return;
}

/* --- life --- */

struct registry *registry_new(size_t most, struct pyro_error *err)
{
    struct registry *registry = pyro_calloc(1, sizeof(*registry));
    if (!registry) {
        pyro_error_memory(err);
        return NULL;
    }
    registry->most = most;
    RB_INIT(&registry->ordered);
    pyro_list_init(&registry->listeners);
    return registry;
}

void registry_free(struct registry *registry)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *record;
    if (!registry)
        return;
    PYRO_ASSERT(registry->reserved == 0 && pyro_list_empty(&registry->listeners));
    while (pyro_map_next(&registry->records, &cursor, &name, &record))
        free_record(record);
    pyro_map_free(&registry->records);
    pyro_free(registry);
}
