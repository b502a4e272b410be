#include "naming/registry/storage_memory.h"

#include "base/memory.h"

static void memory_change(struct storage *self, struct change *change)
{
    struct pyro_error err;
    enum pyro_code code = PYRO_OK;
    if (storage_holds(change, registry_get(self->registry, change->name))) {
        code = storage_apply(self, change, &err);
        change->applied = code == PYRO_OK;
    }
    storage_answer(self, change, code == PYRO_OK ? NULL : &err);
}

static void memory_close(struct storage *self)
{
    pyro_free(self);
}

static const struct storage_ops memory_ops = {memory_change, memory_close, NULL};

struct storage *storage_memory_open(struct registry *registry, struct pyro_error *err)
{
    struct storage *storage = pyro_malloc(sizeof(*storage));
    if (!storage) {
        pyro_error_memory(err);
        return NULL;
    }
    *storage = (struct storage){.ops = &memory_ops, .registry = registry};
    return storage;
}
