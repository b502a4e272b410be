#include "naming/sql/sqlite.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

static const struct function {
    const char *name;
    size_t offset; /* in struct sqlite */
} functions[] = {
#define X(function) {#function, offsetof(struct sqlite, function)},
    PYRO_SQLITE(X)
#undef X
};

static enum pyro_code fail(const char *why, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EOS,
                          "the storage sql needs SQLite 3 (on Debian: the package libsqlite3-0): "
                          "%s",
                          why ? why : "it cannot be loaded");
}

static enum pyro_code load_all(struct sqlite *api, struct pyro_error *err)
{
    void *handle = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail(dlerror(), err);
    for (size_t i = 0; i < PYRO_COUNT(functions); i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function)
            return fail(dlerror(), err);
        memcpy((char *)api + functions[i].offset, &function, sizeof(function));
    }
    return api->sqlite3_threadsafe() ? PYRO_OK : fail("this one was built without threads", err);
}

const struct sqlite *sqlite_load(struct pyro_error *err)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct sqlite api; /* constant once it is loaded */
    static bool loaded;
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = load_all(&api, err) == PYRO_OK;
    pthread_mutex_unlock(&mutex);
    return loaded ? &api : NULL;
}
