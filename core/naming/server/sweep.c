#include "naming/server/sweep.h"

void sweep_init(struct sweep *sweep, struct storage *storage, void (*done)(struct sweep *sweep))
{
    sweep->storage = storage;
    sweep->done = done;
    sweep->waiting = 0;
    sweep->texts = (struct pyro_buffer){.data = NULL};
    sweep_clear(sweep);
}

void sweep_clear(struct sweep *sweep)
{
    PYRO_ASSERT(sweep->waiting == 0);
    sweep->count = sweep->removed = 0;
    pyro_error_clear(&sweep->err);
    pyro_buffer_truncate(&sweep->texts, 0);
}

void sweep_free(struct sweep *sweep)
{
    PYRO_ASSERT(sweep->waiting == 0);
    pyro_buffer_free(&sweep->texts);
}

bool sweep_add(struct sweep *sweep, struct pyro_slice name, enum change_condition condition,
               const char *known)
{
    struct sweep_item *item = &sweep->items[sweep->count];
    size_t begin = sweep->texts.length;
    PYRO_ASSERT(sweep->count < SWEEP_MOST && sweep->waiting == 0);
    item->sweep = sweep;
    item->length = name.length;
    item->known = strlen(known);
    item->change = (struct change){.kind = CHANGE_REMOVE, .condition = condition};
    if (!pyro_buffer_append(&sweep->texts, name.data, name.length) ||
        !pyro_buffer_append(&sweep->texts, "", 1) ||
        !pyro_buffer_append(&sweep->texts, known, item->known + 1)) {
        pyro_buffer_truncate(&sweep->texts, begin);
        return false;
    }
    sweep->count++;
    return true;
}

static void settle(struct sweep *sweep)
{
    PYRO_ASSERT(sweep->waiting > 0);
    if (--sweep->waiting == 0)
        sweep->done(sweep);
}

static void sweep_on_stored(struct change *change, const struct pyro_error *why)
{
    struct sweep *sweep = PYRO_CONTAINER(change, struct sweep_item, change)->sweep;
    sweep->removed += change->applied;
    if (why)
        sweep->err = *why;
    settle(sweep);
}

void sweep_run(struct sweep *sweep)
{
    const char *text = sweep->texts.data;
    sweep->waiting = 1;
    for (size_t i = 0; i < sweep->count; i++) {
        struct sweep_item *item = &sweep->items[i];
        const char *known = text + item->length + 1;
        item->change.name = pyro_slice(text, item->length);
        item->change.registration.owner = item->change.registration.uri = known;
        item->change.stored = sweep_on_stored;
        text = known + item->known + 1;
        sweep->waiting++;
        storage_change(sweep->storage, &item->change);
    }
    settle(sweep);
}

struct pyro_slice sweep_last(const struct sweep *sweep)
{
    PYRO_ASSERT(sweep->count > 0);
    return sweep->items[sweep->count - 1].change.name;
}
