#include "naming/storage_open.h"

#include "naming/storage_memory.h"

struct storage *storage_open(struct pyro_runtime *runtime, const char *what,
                             struct registry *registry, struct pyro_error *err)
{
    (void)runtime;
    if (strcmp(what, "memory") == 0)
        return storage_memory_open(registry, err);
    pyro_error_set(err, PYRO_EVALUE, "invalid storage type '%s'; there is memory", what);
    return NULL;
}
