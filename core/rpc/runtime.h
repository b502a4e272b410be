/** @file
 * What everything in one runtime shares. A process may have several, one a thread. */
#ifndef PYRO_RPC_RUNTIME_H
#define PYRO_RPC_RUNTIME_H

#include "base/config.h"
#include "base/log.h"
#include "codec/codec.h"
#include "net/loop.h"
#include "rpc/counters.h"
#include "rpc/search.h"
#include "wire/hmac.h"

struct pyro_tls_contexts;

struct pyro_runtime {
    struct pyro_loop *loop;
    struct pyro_tls_contexts *tls; /**< NULL until TLS is used */
    struct pyro_config config;
    struct pyro_log log;
    struct pyro_timer *flood;       /**< after which the log tells what it left out; or NULL */
    struct pyro_completion flooded; /**< that it expired */
    struct pyro_chunk_pool chunks;  /**< into which connections receive */
    pyro_resolve_fn *resolve;       /**< for clients whose URIs are not direct; else may be NULL */
    unsigned nameserver;            /**< which of NS_HOSTS answered last, from 0 */
    struct pyro_hmac_key *key;      /**< HMAC_KEY as a key; NULL: there is none */
    unsigned daemons;               /**< that are open: what is called may call back */
    struct pyro_list all_daemons;   /**< open or closed, as long as they are not freed */
    struct pyro_list all_clients;
    struct pyro_counters counters;
    bool identified; /**< the last correlation id was this one: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Sets up config (defaults, then the environment), log and loop. Unknown `PYRO_` and `PYROLUA_`
 * variables are warned of on the standard error. On success the caller closes it with
 * pyro_runtime_close(). */
enum pyro_code pyro_runtime_open(struct pyro_runtime *runtime, char *const *environment,
                                 struct pyro_error *err);

/** Sets all items to their defaults, then to what the environment (NULL: none) says. After an error
 * everything is as it was. */
enum pyro_code pyro_runtime_configure(struct pyro_runtime *runtime, char *const *environment,
                                      struct pyro_error *err);

/** Makes changes of the config take effect: of the log, and of the HMAC key. */
enum pyro_code pyro_runtime_apply(struct pyro_runtime *runtime, struct pyro_error *err);

/** Returns the codec of a serializer, as the settings want it (SERPENT_BYTES_REPR,
 * PICKLE_PROTOCOL_VERSION); NULL where there is none. */
const struct pyro_codec *pyro_runtime_codec(const struct pyro_runtime *runtime,
                                            enum pyro_serializer serializer);

/** Makes a new correlation id; false when the system has no random numbers. */
bool pyro_runtime_identify(struct pyro_runtime *runtime, unsigned char out[PYRO_CORRELATION_SIZE]);

/** Everything that uses the runtime must be gone before. */
void pyro_runtime_close(struct pyro_runtime *runtime);

#endif
