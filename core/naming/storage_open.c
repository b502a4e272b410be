#include "naming/storage_open.h"

#include "naming/redis_url.h"
#include "naming/storage_memory.h"
#include "naming/storage_redis.h"

struct storage *storage_open(struct pyro_runtime *runtime, const char *what,
                             struct registry *registry, struct pyro_error *err)
{
    if (strcmp(what, "memory") == 0)
        return storage_memory_open(registry, err);
    if (redis_url_is(what))
        return storage_redis_open(runtime, what, registry, err);
    pyro_error_set(err, PYRO_EVALUE, "invalid storage type '%.40s'; there are memory and redis://",
                   what);
    return NULL;
}
