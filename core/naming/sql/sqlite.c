#include "naming/sql/sqlite.h"

#include <pthread.h>
#include <stddef.h>

#include "base/library.h"

#define WANTED "the storage sql needs SQLite 3 (on Debian: the package libsqlite3-0)"

#define X(function) {#function, offsetof(struct sqlite, function)},
static const struct pyro_library_function functions[] = {PYRO_SQLITE(X)};
#undef X

static enum pyro_code load(struct sqlite *api, struct pyro_error *err)
{
    enum pyro_code code =
        pyro_library_load("libsqlite3.so.0", functions, PYRO_COUNT(functions), api, WANTED, err);
    if (code == PYRO_OK && !api->sqlite3_threadsafe())
        code = pyro_error_set(err, PYRO_EOS, WANTED ": this one was built without threads");
    return code;
}

const struct sqlite *sqlite_load(struct pyro_error *err)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct sqlite api; /* constant once it is loaded */
    static bool loaded;
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = load(&api, err) == PYRO_OK;
    pthread_mutex_unlock(&mutex);
    return loaded ? &api : NULL;
}
