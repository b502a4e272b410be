#include "naming/registry/storage.h"

#include "rpc/object.h"

/* Finds what a name has once a change is applied; false where that gives it nothing. */
static bool after_change(const struct registry *registry, const struct change *change,
                         struct registration *after)
{
    *after = change->registration;
    if (change->kind == CHANGE_SET)
        return true;
    const struct registration *now =
        change->kind == CHANGE_TAGS ? registry_get(registry, change->name) : NULL;
    if (!now)
        return false;
    *after = *now;
    after->tags = change->registration.tags;
    after->tag_count = change->registration.tag_count;
    return true;
}

static enum pyro_code reserve(struct registry *registry, struct change *change,
                              struct pyro_error *err)
{
    struct registration after;
    change->room = 0;
    if (!after_change(registry, change, &after))
        return PYRO_OK;
    return registry_reserve(registry, change->name, &after, &change->room, err);
}

void storage_change(struct storage *storage, struct change *change)
{
    struct pyro_error err;
    PYRO_ASSERT(change->kind == CHANGE_RENEW
                    ? storage->ops->ask != NULL
                    : !pyro_slice_equals(change->name, PYRO_NAMESERVER_NAME));
    pyro_list_init(&change->node);
    change->applied = 0;
    if (reserve(storage->registry, change, &err) == PYRO_OK) {
        storage->pending++;
        storage->ops->change(storage, change);
    } else {
        storage->failed++;
        change->stored(change, &err);
    }
}

enum pyro_code storage_apply(struct storage *storage, const struct change *change,
                             struct pyro_error *err)
{
    struct registration after;
    if (change->kind == CHANGE_REMOVE)
        registry_remove(storage->registry, change->name);
    if (!after_change(storage->registry, change, &after))
        return PYRO_OK;
    return registry_set(storage->registry, change->name, &after, err);
}

void storage_answer(struct storage *storage, struct change *change, const struct pyro_error *why)
{
    PYRO_ASSERT(pyro_list_empty(&change->node) && storage->pending > 0);
    storage->pending--;
    storage->changes += !why;
    storage->failed += why != NULL;
    registry_release(storage->registry, change->room);
    change->room = 0;
    change->stored(change, why);
}

bool storage_holds(const struct change *change, const struct registration *now)
{
    switch (change->condition) {
    case CHANGE_IF_ABSENT:
        return !now || registration_is_kept_by(now, change->registration.owner);
    case CHANGE_IF_OWNED:
        return now && registration_is_kept_by(now, change->registration.owner);
    case CHANGE_IF_URI:
        return now && !now->owner && strcmp(now->uri, change->registration.uri) == 0;
    case CHANGE_ALWAYS:
        break;
    }
    return now || change->kind == CHANGE_SET;
}
