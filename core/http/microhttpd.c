#include "http/microhttpd.h"

#include <pthread.h>
#include <stddef.h>

#include "base/library.h"

#define WANTED "HTTP needs libmicrohttpd (on Debian: the package libmicrohttpd12)"

#define X(function) {#function, offsetof(struct microhttpd, function)},
static const struct pyro_library_function functions[] = {PYRO_MICROHTTPD(X)};
#undef X

const struct microhttpd *microhttpd_load(struct pyro_error *err)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct microhttpd api; /* constant once it is loaded */
    static bool loaded;
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = pyro_library_load("libmicrohttpd.so.12", functions, PYRO_COUNT(functions), &api,
                                   WANTED, err) == PYRO_OK;
    pthread_mutex_unlock(&mutex);
    return loaded ? &api : NULL;
}
