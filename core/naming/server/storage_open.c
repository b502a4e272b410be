#include "naming/server/storage_open.h"

#include "naming/redis/redis_url.h"
#include "naming/redis/storage_redis.h"
#include "naming/registry/storage_memory.h"
#include "naming/sql/storage_sql.h"

/* Returns what follows the prefix "sql:" or "dbm:" of a storage's name; NULL where it has another.
 */
static const char *after(const char *prefix, const char *what)
{
    size_t length = strlen(prefix);
    return strncmp(what, prefix, length) == 0 ? what + length : NULL;
}

struct storage *storage_open(struct pyro_runtime *runtime, const char *what,
                             struct registry *registry, struct pyro_error *err)
{
    const char *path = after("sql:", what);
    if (path)
        return storage_sql_open(runtime, path, registry, err);
    if (strcmp(what, "memory") == 0)
        return storage_memory_open(registry, err);
    if (redis_url_is(what))
        return storage_redis_open(runtime, what, registry, err);
    if (after("dbm:", what))
        pyro_error_set(err, PYRO_EVALUE,
                       "the storage '%s' is not supported; copy its names into a file for sql:FILE "
                       "with share/pyrolua/import-dbm",
                       what);
    else
        pyro_error_set(err, PYRO_EVALUE,
                       "invalid storage type '%.40s'; there are memory, sql:FILE, redis://, "
                       "rediss:// and redis+sentinel://",
                       what);
    return NULL;
}
