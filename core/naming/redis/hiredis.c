#include "naming/redis/hiredis.h"

#include <pthread.h>

#include "base/library.h"

/* The layout of replies differs between versions: only the one that was compiled for will do. */
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define LIBRARY "libhiredis.so." TEXT(HIREDIS_SONAME)
#define WANTED "Redis needs hiredis (on Debian: the package libhiredis" TEXT(HIREDIS_SONAME) ")"

#define X(function) {#function, offsetof(struct hiredis, function)},
static const struct pyro_library_function functions[] = {HIREDIS_FUNCTIONS(X)};
#undef X

const struct hiredis *hiredis_load(struct pyro_error *err)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct hiredis found; /* constant once it is loaded */
    static bool loaded;
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = pyro_library_load(LIBRARY, functions, PYRO_COUNT(functions), &found, WANTED,
                                   err) == PYRO_OK;
    pthread_mutex_unlock(&mutex);
    return loaded ? &found : NULL;
}
