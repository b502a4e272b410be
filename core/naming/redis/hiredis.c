#include "naming/redis/hiredis.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

/* The layout of replies differs between versions: only the one that was compiled for will do. */
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define LIBRARY "libhiredis.so." TEXT(HIREDIS_SONAME)

struct function {
    const char *name;
    size_t offset; /* in struct hiredis */
};

#define X(function) {#function, offsetof(struct hiredis, function)},
static const struct function functions[] = {HIREDIS_FUNCTIONS(X)};
#undef X

static enum pyro_code fail(struct pyro_error *err)
{
    const char *why = dlerror();
    return pyro_error_set(
        err, PYRO_EOS,
        "Redis needs hiredis (on Debian: the package libhiredis" TEXT(HIREDIS_SONAME) "): %s",
        why ? why : "it cannot be loaded");
}

static enum pyro_code load(struct hiredis *api, struct pyro_error *err)
{
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail(err);
    for (size_t i = 0; i < PYRO_COUNT(functions); i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function)
            return fail(err);
        memcpy((char *)api + functions[i].offset, &function, sizeof(function));
    }
    return PYRO_OK;
}

const struct hiredis *hiredis_load(struct pyro_error *err)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct hiredis found; /* constant once it is loaded */
    static bool loaded;
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = load(&found, err) == PYRO_OK;
    pthread_mutex_unlock(&mutex);
    return loaded ? &found : NULL;
}
