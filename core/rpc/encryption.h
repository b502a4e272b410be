/** @file
 * Whether a daemon or a client speaks TLS, and with which certificates: as its own options say,
 * else as the settings do. */
#ifndef PYRO_RPC_ENCRYPTION_H
#define PYRO_RPC_ENCRYPTION_H

#include "net/tls.h"
#include "rpc/runtime.h"

enum pyro_choice { PYRO_AS_SET, PYRO_NO, PYRO_YES };

/** Deviations from the settings. Zero-initialized, there are none. Strings are borrowed. */
struct pyro_encryption {
    enum pyro_choice wanted;   /**< SSL */
    enum pyro_choice required; /**< SSL_REQUIRECLIENTCERT, of a daemon */
    const char *certificate;   /**< SSL_SERVERCERT or SSL_CLIENTCERT; key and password then count,
                                    too, and not as set */
    const char *key;           /**< SSL_SERVERKEY or SSL_CLIENTKEY */
    const char *password;      /**< SSL_SERVERKEYPASSWD or SSL_CLIENTKEYPASSWD */
    const char *authorities;   /**< SSL_CACERTS */
};

/** Returns whether TLS is wanted. */
bool pyro_encryption_wanted(const struct pyro_runtime *runtime,
                            const struct pyro_encryption *options);

/** Finds the context for what is wanted: `*out` is NULL where no TLS is. The caller releases it. An
 * error names the file, and says what to do. */
enum pyro_code pyro_encryption_context(struct pyro_runtime *runtime, bool server,
                                       const struct pyro_encryption *options,
                                       struct pyro_tls_context **out, struct pyro_error *err);

/** Refuses to use a connected socket where TLS is wanted, as Pyro does; Unix sockets stay plain. */
enum pyro_code pyro_encryption_check_socket(const struct pyro_runtime *runtime,
                                            const struct pyro_encryption *options, int descriptor,
                                            struct pyro_error *err);

#endif
