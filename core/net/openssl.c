#include "net/openssl.h"

#include <pthread.h>

#include "base/library.h"

/* OpenSSL frees nothing at exit: others that end the process may be closing connections still. */
#define INIT_OPTIONS (OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_LOAD_CONFIG)

#define WANTED "TLS needs OpenSSL 3 (on Debian: the package libssl3)"

#define X(function) {#function, offsetof(struct pyro_openssl, function)},
static const struct pyro_library_function of_ssl[] = {PYRO_OPENSSL_SSL(X)};
static const struct pyro_library_function of_crypto[] = {PYRO_OPENSSL_CRYPTO(X)};
#undef X

/* Loads both. OpenSSL is of the whole process, and so is what leads to it. */
static enum pyro_code load_all(struct pyro_openssl *api, struct pyro_error *err)
{
    enum pyro_code code =
        pyro_library_load("libcrypto.so.3", of_crypto, PYRO_COUNT(of_crypto), api, WANTED, err);
    if (code == PYRO_OK)
        code = pyro_library_load("libssl.so.3", of_ssl, PYRO_COUNT(of_ssl), api, WANTED, err);
    if (code == PYRO_OK && api->OPENSSL_init_ssl(INIT_OPTIONS, NULL) != 1)
        code = pyro_error_set(err, PYRO_EOS, WANTED ": it cannot be initialized");
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
