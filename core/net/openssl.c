#include "net/openssl.h"

#include <dlfcn.h>
#include <pthread.h>

/* OpenSSL frees nothing at exit: others that end the process may be closing connections still. */
#define INIT_OPTIONS (OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_LOAD_CONFIG)

struct function {
    const char *name;
    size_t offset; /* in struct pyro_openssl */
};

#define X(function) {#function, offsetof(struct pyro_openssl, function)},
static const struct function of_ssl[] = {PYRO_OPENSSL_SSL(X)};
static const struct function of_crypto[] = {PYRO_OPENSSL_CRYPTO(X)};
#undef X

static enum pyro_code fail(struct pyro_error *err)
{
    const char *why = dlerror();
    return pyro_error_set(err, PYRO_EOS, "TLS needs OpenSSL 3 (on Debian: the package libssl3): %s",
                          why ? why : "it cannot be loaded");
}

static enum pyro_code load(struct pyro_openssl *api, const char *library,
                           const struct function *functions, size_t count, struct pyro_error *err)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail(err);
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function)
            return fail(err);
        memcpy((char *)api + functions[i].offset, &function, sizeof(function));
    }
    return PYRO_OK;
}

/* Loads both. OpenSSL is of the whole process, and so is what leads to it. */
static enum pyro_code load_all(struct pyro_openssl *api, struct pyro_error *err)
{
    enum pyro_code code = load(api, "libcrypto.so.3", of_crypto, PYRO_COUNT(of_crypto), err);
    if (code == PYRO_OK)
        code = load(api, "libssl.so.3", of_ssl, PYRO_COUNT(of_ssl), err);
    if (code == PYRO_OK && api->OPENSSL_init_ssl(INIT_OPTIONS, NULL) != 1)
        code = fail(err);
    return code;
}

static struct pyro_openssl functions_found; /* constant once it is loaded */

const struct pyro_openssl *pyro_openssl(void)
{
    return &functions_found;
}

const struct pyro_openssl *pyro_openssl_load(struct pyro_error *err)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static bool loaded;
    pthread_mutex_lock(&mutex);
    if (!loaded)
        loaded = load_all(&functions_found, err) == PYRO_OK;
    pthread_mutex_unlock(&mutex);
    return loaded ? &functions_found : NULL;
}
