/** @file
 * Pyro's config items, with Pyro's names and defaults, and `PYRO_` environment variables. */
#ifndef PYRO_BASE_CONFIG_H
#define PYRO_BASE_CONFIG_H

#include "base/error.h"
#include "base/slice.h"

/** type (bool, int, real, text), name, default; a text may be NULL (Python's None).
 * pyrolua's own: MAX_CONNECTIONS, HANDSHAKE_TIMEOUT (seconds) and MAX_PENDING (bytes): connections
 * of one daemon at a time, how long a client may take to introduce itself, and how much unsent
 * output a connection may hold before its other side is no longer served. PROTOCOL is what proxies
 * speak: 48 (Pyro4), 502 (Pyro5), or 0: what the server does. SERIALIZER "auto" is msgpack where
 * the server takes it, else serpent. SOCK_NODELAY is on, unlike Pyro's: messages leave whole, and
 * none shall wait for the answer to the one before. */
#define PYRO_CONFIG_ITEMS(X)                                                                       \
    X(bool, AUTOPROXY, true)                                                                       \
    X(text, BROADCAST_ADDRS, "<broadcast>, 0.0.0.0")                                               \
    X(real, COMMTIMEOUT, 0.0)                                                                      \
    X(bool, COMPRESSION, false)                                                                    \
    X(bool, DETAILED_TRACEBACK, false)                                                             \
    X(real, HANDSHAKE_TIMEOUT, 10.0)                                                               \
    X(text, HOST, "localhost")                                                                     \
    X(bool, ITER_STREAMING, true)                                                                  \
    X(real, ITER_STREAM_LIFETIME, 0.0)                                                             \
    X(real, ITER_STREAM_LINGER, 30.0)                                                              \
    X(bool, LOGWIRE, false)                                                                        \
    X(int, MAX_CONNECTIONS, 20000)                                                                 \
    X(int, MAX_MESSAGE_SIZE, 1073741824)                                                           \
    X(int, MAX_PENDING, 4194304)                                                                   \
    X(int, MAX_RETRIES, 0)                                                                         \
    X(bool, METADATA, true)                                                                        \
    X(text, NATHOST, NULL)                                                                         \
    X(int, NATPORT, 0)                                                                             \
    X(text, NS_BCHOST, NULL)                                                                       \
    X(int, NS_BCPORT, 9091)                                                                        \
    X(text, NS_HOST, "localhost")                                                                  \
    X(real, NS_LOOKUP_DELAY, 0.0)                                                                  \
    X(int, NS_PORT, 9090)                                                                          \
    X(bool, ONEWAY_THREADED, true)                                                                 \
    X(real, POLLTIMEOUT, 2.0)                                                                      \
    X(int, PREFER_IP_VERSION, 4)                                                                   \
    X(int, PROTOCOL, 0)                                                                            \
    X(bool, REQUIRE_EXPOSE, false)                                                                 \
    X(text, SERIALIZER, "auto")                                                                    \
    X(text, SERIALIZERS_ACCEPTED, "serpent,marshal,json,msgpack")                                  \
    X(bool, SERPENT_BYTES_REPR, false)                                                             \
    X(bool, SOCK_NODELAY, true)                                                                    \
    X(bool, SOCK_REUSE, true)

typedef bool pyro_config_bool;
typedef int64_t pyro_config_int;
typedef double pyro_config_real;
typedef char *pyro_config_text; /**< owned by the config; replaced texts are freed */

struct pyro_config {
    unsigned accepted; /**< SERIALIZERS_ACCEPTED as bits, by enum pyro_serializer */
#define X(type, name, value) pyro_config_##type name;
    PYRO_CONFIG_ITEMS(X)
#undef X
};

enum pyro_config_type { PYRO_CONFIG_bool, PYRO_CONFIG_int, PYRO_CONFIG_real, PYRO_CONFIG_text };

struct pyro_config_item {
    const char *name;
    enum pyro_config_type type;
    size_t offset; /**< of the field in struct pyro_config */
};

/** Sets the defaults. The caller frees the config with pyro_config_free(). */
enum pyro_code pyro_config_defaults(struct pyro_config *config, struct pyro_error *err);

/** Applies the `PYRO_…` variables of `environment` (as `environ`). A value that does not fit is a
 * PYRO_EVALUE that names variable and value ("invalid boolean value: PYRO_METADATA=maybe"). Calls
 * `warn` with each `PYRO_` variable that is no config item (LOGLEVEL, LOGFILE and HMAC_KEY are
 * known elsewhere and pass). */
enum pyro_code pyro_config_environment(struct pyro_config *config, char *const *environment,
                                       void (*warn)(void *context, const char *variable),
                                       void *context, struct pyro_error *err);

void pyro_config_free(struct pyro_config *config);

/** All items, sorted by name. */
const struct pyro_config_item *pyro_config_items(size_t *count);

/** The item of that name, or NULL. */
const struct pyro_config_item *pyro_config_find(const char *name);

/** Set an item; the item must have that type. Ranges are checked (ports 0 to 65535, timeouts not
 * negative, PREFER_IP_VERSION 0, 4 or 6, PROTOCOL 0, 48 or 502, serializer names known):
 * PYRO_EVALUE names the item. */
enum pyro_code pyro_config_set_bool(struct pyro_config *config, const struct pyro_config_item *item,
                                    bool value, struct pyro_error *err);
enum pyro_code pyro_config_set_int(struct pyro_config *config, const struct pyro_config_item *item,
                                   int64_t value, struct pyro_error *err);
enum pyro_code pyro_config_set_real(struct pyro_config *config, const struct pyro_config_item *item,
                                    double value, struct pyro_error *err);
/** `value` is copied; NULL only where the default is NULL. */
enum pyro_code pyro_config_set_text(struct pyro_config *config, const struct pyro_config_item *item,
                                    const char *value, struct pyro_error *err);

/** The serializer of that name ("msgpack"), or PYRO_SERIALIZER_UNKNOWN. */
enum pyro_serializer pyro_serializer_find(struct pyro_slice name);

/** The name of a serializer; "unknown" for PYRO_SERIALIZER_UNKNOWN. */
const char *pyro_serializer_name(enum pyro_serializer serializer);

/** Whether SERIALIZERS_ACCEPTED lists that serializer. */
bool pyro_config_accepts(const struct pyro_config *config, enum pyro_serializer serializer);

#endif
