/** @file
 * Pyro's config items, with Pyro's names and defaults, and those of our own; and the environment
 * variables that set them: `PYRO_…` and `PYROLUA_…`. */
#ifndef PYRO_BASE_CONFIG_H
#define PYRO_BASE_CONFIG_H

#include "base/error.h"
#include "base/slice.h"

/** The default of SERIALIZERS_ACCEPTED: all, as none of them runs code here. */
#define PYRO_EVERY_SERIALIZER "serpent,marshal,json,msgpack,pickle,cloudpickle,dill"

/** type (bool, int, real, text, list), name, default, range (of enum pyro_config_range), origin
 * (whose item it is: pyro4, pyro5, both, own). docs/settings.md says what each means. */
#define PYRO_CONFIG_ITEMS(X)                                                                       \
    X(text, ALLOW, NULL, path, own)                                                                \
    X(bool, AUTOPROXY, true, any, pyro4)                                                           \
    X(list, BROADCAST_ADDRS, "<broadcast>, 0.0.0.0", any, both)                                    \
    X(text, BYTES, "string", bytes_as, own)                                                        \
    X(real, CALL_TIME_LIMIT, 0.0, seconds, own)                                                    \
    X(real, COMMTIMEOUT, 0.0, seconds, both)                                                       \
    X(bool, COMPRESSION, false, any, both)                                                         \
    X(bool, DETAILED_TRACEBACK, false, any, both)                                                  \
    X(real, GRACE_TIME, 5.0, seconds, own)                                                         \
    X(real, HANDSHAKE_TIMEOUT, 10.0, positive, own)                                                \
    X(text, HMAC_KEY, NULL, secret, own)                                                           \
    X(text, HOST, "localhost", any, both)                                                          \
    X(bool, ITER_STREAMING, true, any, both)                                                       \
    X(real, ITER_STREAM_LIFETIME, 0.0, seconds, both)                                              \
    X(real, ITER_STREAM_LINGER, 30.0, seconds, both)                                               \
    X(text, LOGFILE, NULL, optional, both)                                                         \
    X(text, LOGFORMAT, "text", log_form, own)                                                      \
    X(text, LOGLEVEL, NULL, level, both)                                                           \
    X(real, LOGSLOW, 0.0, seconds, own)                                                            \
    X(bool, LOGWIRE, false, any, both)                                                             \
    X(int, MAX_CONNECTIONS, 20000, positive, own)                                                  \
    X(int, MAX_MESSAGE_SIZE, 1073741824, bytes, both)                                              \
    X(int, MAX_NESTED_WAITS, 50, count, own)                                                       \
    X(int, MAX_PENDING, 4194304, positive, own)                                                    \
    X(int, MAX_RETRIES, 0, count, both)                                                            \
    X(int, MAX_VALUE_MEMORY, 268435456, bytes, own)                                                \
    X(real, MESSAGE_TIMEOUT, 60.0, seconds, own)                                                   \
    X(bool, METADATA, true, any, pyro4)                                                            \
    X(text, METRICS, NULL, place, own)                                                             \
    X(text, NATHOST, NULL, optional, both)                                                         \
    X(int, NATPORT, 0, port, both)                                                                 \
    X(real, NS_AUTOCLEAN, 0.0, interval, both)                                                     \
    X(text, NS_BCHOST, NULL, optional, both)                                                       \
    X(int, NS_BCPORT, 9091, port, both)                                                            \
    X(text, NS_HOST, "localhost", any, both)                                                       \
    X(list, NS_HOSTS, "", places, own)                                                             \
    X(real, NS_LOOKUP_DELAY, 0.0, seconds, pyro5)                                                  \
    X(int, NS_MAX_MEMORY, 536870912, bytes, own)                                                   \
    X(int, NS_PORT, 9090, port, both)                                                              \
    X(bool, ONEWAY_THREADED, true, any, pyro4)                                                     \
    X(int, PICKLE_PROTOCOL_VERSION, 4, pickle, pyro4)                                              \
    X(real, POLLTIMEOUT, 2.0, seconds, both)                                                       \
    X(int, PREFER_IP_VERSION, 4, ip_version, both)                                                 \
    X(int, PROTOCOL, 0, protocol, own)                                                             \
    X(bool, REQUIRE_EXPOSE, false, any, pyro4)                                                     \
    X(text, SERIALIZER, "auto", serializer, both)                                                  \
    X(list, SERIALIZERS_ACCEPTED, PYRO_EVERY_SERIALIZER, serializers, pyro4)                       \
    X(bool, SERPENT_BYTES_REPR, false, any, pyro5)                                                 \
    X(bool, SOCK_NODELAY, true, any, both)                                                         \
    X(bool, SOCK_REUSE, true, any, both)                                                           \
    X(bool, SSL, false, any, both)                                                                 \
    X(text, SSL_CACERTS, "", any, both)                                                            \
    X(text, SSL_CLIENTCERT, "", any, both)                                                         \
    X(text, SSL_CLIENTKEY, "", any, both)                                                          \
    X(text, SSL_CLIENTKEYPASSWD, "", secret, both)                                                 \
    X(bool, SSL_REQUIRECLIENTCERT, false, any, both)                                               \
    X(text, SSL_SERVERCERT, "", any, both)                                                         \
    X(text, SSL_SERVERKEY, "", any, both)                                                          \
    X(text, SSL_SERVERKEYPASSWD, "", secret, both)

typedef bool pyro_config_bool;
typedef int64_t pyro_config_int;
typedef double pyro_config_real;
typedef char *pyro_config_text; /**< owned by the config; replaced strings are freed */
typedef char *pyro_config_list; /**< likewise; its elements with commas between them */

struct pyro_config {
    unsigned accepted; /**< SERIALIZERS_ACCEPTED as bits, by enum pyro_serializer */
    bool typed_bytes;  /**< whether BYTES is "bytes" */
#define X(type, name, value, range, origin) pyro_config_##type name;
    PYRO_CONFIG_ITEMS(X)
#undef X
};

enum pyro_config_type {
    PYRO_CONFIG_bool,
    PYRO_CONFIG_int,
    PYRO_CONFIG_real,
    PYRO_CONFIG_text,
    PYRO_CONFIG_list,
};

/** The values that an item takes. */
enum pyro_config_range {
    PYRO_RANGE_any,         /**< all of its type; no string is nil */
    PYRO_RANGE_optional,    /**< text, or nil */
    PYRO_RANGE_path,        /**< text but "", or nil */
    PYRO_RANGE_seconds,     /**< seconds, not negative */
    PYRO_RANGE_positive,    /**< more than 0 */
    PYRO_RANGE_interval,    /**< seconds, 3 or more, or 0 */
    PYRO_RANGE_count,       /**< not negative */
    PYRO_RANGE_bytes,       /**< bytes, not negative */
    PYRO_RANGE_port,        /**< 0 to 65535 */
    PYRO_RANGE_place,       /**< a host and a port to listen on, or nil */
    PYRO_RANGE_places,      /**< locations, as in a PYRONAME URI behind its @ */
    PYRO_RANGE_ip_version,  /**< 4, 6 or 0 */
    PYRO_RANGE_protocol,    /**< 48, 502 or 0 */
    PYRO_RANGE_pickle,      /**< a protocol of pickle that is written: 2 to 5 */
    PYRO_RANGE_level,       /**< a log level, "" or nil */
    PYRO_RANGE_log_form,    /**< "text" or "json" */
    PYRO_RANGE_bytes_as,    /**< "string" or "bytes" */
    PYRO_RANGE_serializer,  /**< a serializer's name, or "auto" */
    PYRO_RANGE_serializers, /**< names of serializers */
    PYRO_RANGE_secret,      /**< text, or nil; not shown with other settings */
};

struct pyro_config_item {
    const char *name;
    enum pyro_config_type type;
    enum pyro_config_range range;
    size_t offset; /**< of the field in struct pyro_config */
};

/** An item, and the name that a message calls it: the item's behind `prefix` ("PYRO_", "PYROLUA_",
 * or "" where no environment variable sets it). */
struct pyro_setting {
    const struct pyro_config_item *item;
    const char *prefix;
};

/** Sets the defaults. The caller frees the config with pyro_config_free(). */
enum pyro_code pyro_config_defaults(struct pyro_config *config, struct pyro_error *err);

/** Hears of a variable that names no item; `meant` is one of nearly that name, or NULL. */
typedef void pyro_config_warn(void *context, const char *prefix, const char *name,
                              const struct pyro_config_item *meant);

/** Applies the `PYRO_…` and `PYROLUA_…` variables of `environment` (as `environ`); where both of an
 * item are set, the latter. A value that does not fit is a PYRO_EVALUE that names variable and
 * value ("invalid boolean value: PYRO_METADATA=maybe"). */
enum pyro_code pyro_config_environment(struct pyro_config *config, char *const *environment,
                                       pyro_config_warn *warn, void *context,
                                       struct pyro_error *err);

void pyro_config_free(struct pyro_config *config);

/** All items, sorted by name. */
const struct pyro_config_item *pyro_config_items(size_t *count);

/** Finds the item of that name, or NULL. */
const struct pyro_config_item *pyro_config_find(const char *name);

/** Finds the item whose name differs in the fewest letters, for "did you mean"; NULL where none is
 * near. Case does not matter. */
const struct pyro_config_item *pyro_config_nearest(const char *name);

/** Records that there is no item of that name, which is a PYRO_EVALUE, and which was perhaps meant.
 */
enum pyro_code pyro_config_unknown(const char *name, struct pyro_error *err);

#endif
