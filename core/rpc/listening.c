/* Opens daemons: binds or takes over a socket, names the location, serves `Pyro.Daemon`.
 *
 * The callbacks take accepted streams over, or count those that could not be accepted. */
#include "rpc/listening.h"

#include <inttypes.h>
#include <stdio.h>

#include "net/adopt.h"
#include "net/place.h"
#include "rpc/daemon_object.h"
#include "rpc/daemon_state.h"
#include "rpc/guard.h"

/* Returns whether there is no room for one more connection. Those that are closed count while they
 * have output that their clients hardly read. */
static bool is_full(const struct pyro_daemon *daemon)
{
    const struct pyro_runtime *runtime = daemon->registry.runtime;
    return daemon->connection_count + pyro_loop_outlasting(runtime->loop) >=
           (size_t)runtime->config.MAX_CONNECTIONS;
}

static const struct pyro_log_fields nobody = {.client = {NULL, 0}};

static void listening_on_stream(void *owner, struct pyro_stream *stream)
{
    struct pyro_daemon *daemon = owner;
    const struct pyro_log_topic topic = {.fields.client =
                                             pyro_slice_text(pyro_stream_peer(stream))};
    if (is_full(daemon)) {
        pyro_registry_log_refusal(&daemon->registry, PYRO_REFUSED_FULL, &topic.fields,
                                  "connection refused: MAX_CONNECTIONS (%" PRId64 ") are open",
                                  daemon->registry.runtime->config.MAX_CONNECTIONS);
        pyro_stream_close(stream);
        return;
    }
    pyro_log_about(&daemon->registry.runtime->log, &topic, PYRO_DEBUG, "daemon", "connected");
    if (!pyro_daemon_serve(daemon, stream, false))
        pyro_registry_log_refusal(&daemon->registry, PYRO_REFUSED_SCARCE, &nobody,
                                  "connection refused: out of memory");
}

static void listening_on_scarce(void *owner, size_t connections)
{
    struct pyro_daemon *daemon = owner;
    while (connections-- > 0)
        pyro_registry_log_refusal(&daemon->registry, PYRO_REFUSED_SCARCE, &nobody,
                                  "connection refused: too many open files; raise `ulimit -n`");
}

static bool is_socket_host(const char *host)
{
    return host && *host;
}

static enum pyro_code listen_on(struct pyro_daemon *daemon,
                                const struct pyro_daemon_options *options, struct pyro_error *err)
{
    const struct pyro_config *config = &daemon->registry.runtime->config;
    const char *host = options->host ? options->host : config->HOST;
    struct pyro_listen_options where = {.host = host,
                                        .port = options->port,
                                        .unixsocket = options->unixsocket,
                                        .ip_version = (int)config->PREFER_IP_VERSION,
                                        .exclusive = !config->SOCK_REUSE};
    daemon->listener =
        pyro_listener_new(daemon->registry.runtime->loop, &where, listening_on_stream, daemon, err);
    if (!daemon->listener)
        return err->code;
    snprintf(daemon->address, sizeof(daemon->address), "%s",
             pyro_listener_address(daemon->listener));
    if (options->unixsocket)
        host = NULL;
    else if (!is_socket_host(host))
        host = daemon->address;
    return pyro_uri_make(&daemon->place, PYRO_URI_PYRO, PYRO_DAEMON_NAME, host, options->unixsocket,
                         pyro_listener_port(daemon->listener), err);
}

/* Takes the daemon's place: where the socket is, or, if that is on a host, where `host` (NULL:
 * none) says. */
static enum pyro_code take_place(struct pyro_daemon *daemon, int descriptor, const char *host,
                                 struct pyro_error *err)
{
    struct pyro_place place;
    pyro_place_of(descriptor, &place);
    snprintf(daemon->address, sizeof(daemon->address), "%s", place.host);
    if (!*place.host)
        host = NULL;
    else if (!is_socket_host(host))
        host = place.host;
    return pyro_uri_make(&daemon->place, PYRO_URI_PYRO, PYRO_DAEMON_NAME, host,
                         *place.path ? place.path : NULL, place.port, err);
}

/* Serves a connected socket. */
static enum pyro_code adopt_socket(struct pyro_daemon *daemon,
                                   const struct pyro_daemon_options *options,
                                   struct pyro_error *err)
{
    int descriptor = options->connected_socket;
    if (pyro_encryption_check_socket(daemon->registry.runtime, &options->encryption, descriptor,
                                     err) != PYRO_OK)
        return err->code;
    struct pyro_stream *stream = pyro_stream_adopt(daemon->registry.runtime->loop, descriptor, err);
    if (!stream)
        return err->code;
    if (!pyro_daemon_serve(daemon, stream, true))
        return pyro_error_memory(err);
    return take_place(daemon, descriptor, NULL, err);
}

static enum pyro_code adopt_listener(struct pyro_daemon *daemon,
                                     const struct pyro_daemon_options *options,
                                     struct pyro_error *err)
{
    daemon->listener =
        pyro_listener_adopt(daemon->registry.runtime->loop, options->listening_socket,
                            listening_on_stream, daemon, err);
    if (!daemon->listener)
        return err->code;
    return take_place(daemon, options->listening_socket, options->host, err);
}

static enum pyro_code open_socket(struct pyro_daemon *daemon,
                                  const struct pyro_daemon_options *options, struct pyro_error *err)
{
    if (options->connected_socket >= 0)
        return adopt_socket(daemon, options, err);
    if (options->listening_socket >= 0)
        return adopt_listener(daemon, options, err);
    return listen_on(daemon, options, err);
}

static enum pyro_code set_nat(struct pyro_daemon *daemon, const struct pyro_daemon_options *options,
                              struct pyro_error *err)
{
    const struct pyro_config *config = &daemon->registry.runtime->config;
    const char *host = options->nathost ? options->nathost : config->NATHOST;
    if (!host)
        return options->natport >= 0
                   ? pyro_error_set(err, PYRO_EVALUE, "must provide nathost with natport")
                   : PYRO_OK;
    if (daemon->place.sockname)
        return pyro_error_set(err, PYRO_EVALUE, "cannot use nathost together with unixsocket");
    int64_t port = options->natport >= 0 ? options->natport : config->NATPORT;
    if (port == 0)
        port = daemon->place.port;
    return pyro_uri_make(&daemon->nat, PYRO_URI_PYRO, PYRO_DAEMON_NAME, host, NULL, (uint16_t)port,
                         err);
}

static enum pyro_code name_location(const struct pyro_uri *place, struct pyro_buffer *out,
                                    struct pyro_error *err)
{
    if (!pyro_uri_location(place, out) || !pyro_buffer_append(out, "", 1))
        return pyro_error_memory(err);
    return PYRO_OK;
}

static enum pyro_code open_daemon(struct pyro_daemon *daemon,
                                  const struct pyro_daemon_options *options, struct pyro_error *err)
{
    enum pyro_code code = open_socket(daemon, options, err);
    if (code == PYRO_OK && options->connected_socket < 0)
        code = set_nat(daemon, options, err);
    if (code == PYRO_OK && options->connected_socket < 0 && daemon->place.host)
        code = pyro_encryption_context(daemon->registry.runtime, true, &options->encryption,
                                       &daemon->tls, err);
    if (code == PYRO_OK)
        code = name_location(&daemon->place, &daemon->location, err);
    if (code == PYRO_OK && daemon->nat.host)
        code = name_location(&daemon->nat, &daemon->nat_location, err);
    if (code != PYRO_OK)
        return code;
    if (daemon->listener)
        pyro_listener_on_scarce(daemon->listener, listening_on_scarce);
    struct pyro_object *self = pyro_daemon_object_new(daemon, err);
    if (!self)
        return err->code;
    code = pyro_daemon_register(daemon, PYRO_DAEMON_NAME, self, NULL, err);
    if (code != PYRO_OK)
        self->ops->release(self);
    return code;
}

struct pyro_daemon *pyro_daemon_new(struct pyro_runtime *runtime,
                                    const struct pyro_daemon_options *options,
                                    struct pyro_error *err)
{
    const char *allow = options->allow ? options->allow : runtime->config.ALLOW;
    struct pyro_daemon *daemon = pyro_daemon_create(runtime, err);
    if (!daemon)
        return NULL;
    if ((allow && pyro_guard_open(&daemon->registry, allow, err) != PYRO_OK) ||
        open_daemon(daemon, options, err) != PYRO_OK) {
        pyro_daemon_free(daemon);
        return NULL;
    }
    pyro_log_write(&runtime->log, PYRO_INFO, "daemon", "daemon created on %s%s",
                   pyro_daemon_location(daemon), daemon->tls ? ", with TLS" : "");
    return daemon;
}
