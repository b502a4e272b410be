#include "naming/storage.h"

#include <string.h>

#include "naming/storage_memory.h"

struct storage *storage_open(const char *what, size_t most, struct pyro_error *err)
{
    if (strcmp(what, "memory") == 0)
        return storage_memory_open(most, err);
    pyro_error_set(err, PYRO_EVALUE, "invalid storage type '%s'; there is memory", what);
    return NULL;
}
