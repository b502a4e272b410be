#include "rpc/daemon.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/random.h"
#include "net/listener.h"
#include "rpc/connection.h"
#include "rpc/daemon_object.h"
#include "rpc/items.h"
#include "rpc/native.h"
#include "value/utf8.h"

/* Seconds between two rounds of housekeeping where POLLTIMEOUT says nothing. */
#define LONGEST_PERIOD 2.0

struct pyro_daemon {
    struct pyro_runtime *runtime;
    bool open;
    struct pyro_listener *listener; /* NULL once closed, and where a connected socket is served */
    struct pyro_list connections;
    size_t connection_count;
    struct pyro_map objects;
    struct pyro_streams streams;
    struct pyro_list batches;
    struct pyro_refusals refusals;
    unsigned users; /* functions on the C stack that still look at it */
    bool freed;     /* the last of them is to free it */
    const struct pyro_daemon_hooks *hooks;
    void *owner; /* of the hooks */
    struct pyro_timer *timer;
    struct pyro_completion due; /* it is time to keep house */
    bool planned;               /* it will be */
    struct pyro_uri place;      /* the location, as a URI of Pyro.Daemon */
    struct pyro_uri nat;        /* the location under NAT; host NULL where there is none */
    struct pyro_buffer location, nat_location;
    char address[64];
};

static const struct pyro_daemon_hooks no_hooks = {.handshake = NULL};

static void accept_stream(void *owner, struct pyro_stream *stream)
{
    struct pyro_daemon *daemon = owner;
    if (daemon->connection_count >= (size_t)daemon->runtime->config.MAX_CONNECTIONS) {
        pyro_daemon_log_refusal(daemon, PYRO_REFUSED_FULL,
                                "%s: connection refused: MAX_CONNECTIONS (%zu) are open",
                                pyro_stream_peer(stream), daemon->connection_count);
        pyro_stream_close(stream);
        return;
    }
    pyro_log_write(&daemon->runtime->log, PYRO_DEBUG, "daemon", "%s: connected",
                   pyro_stream_peer(stream));
    if (!pyro_connection_open(daemon, daemon->runtime, stream, false))
        pyro_daemon_log_refusal(daemon, PYRO_REFUSED_SCARCE, "connection refused: out of memory");
}

static void note_scarcity(void *owner, size_t connections)
{
    while (connections-- > 0)
        pyro_daemon_log_refusal(owner, PYRO_REFUSED_SCARCE,
                                "connection refused: too many open files; raise `ulimit -n`");
}

void pyro_daemon_adopt(struct pyro_daemon *daemon, struct pyro_connection *connection)
{
    pyro_list_push(&daemon->connections, &connection->node);
    daemon->connection_count++;
}

static void destroy(struct pyro_daemon *daemon)
{
    pyro_uri_free(&daemon->place);
    pyro_uri_free(&daemon->nat);
    pyro_buffer_free(&daemon->location);
    pyro_buffer_free(&daemon->nat_location);
    pyro_free(daemon);
}

/* Streams that end, and hooks, may do anything, even free the daemon. */
static void use(struct pyro_daemon *daemon)
{
    daemon->users++;
}

static void end_use(struct pyro_daemon *daemon)
{
    if (--daemon->users == 0 && daemon->freed)
        destroy(daemon);
}

void pyro_daemon_forget(struct pyro_daemon *daemon, struct pyro_connection *connection,
                        bool welcomed)
{
    pyro_list_remove(&connection->node);
    daemon->connection_count--;
    use(daemon);
    pyro_streams_orphan(&daemon->streams, connection,
                        daemon->runtime->config.ITER_STREAM_LINGER > 0,
                        pyro_loop_now(daemon->runtime->loop));
    if (daemon->hooks->disconnected)
        daemon->hooks->disconnected(daemon->owner, connection, welcomed);
    if (!daemon->listener && daemon->open && daemon->connection_count == 0 && daemon->hooks->ended)
        daemon->hooks->ended(daemon->owner);
    end_use(daemon);
}

struct pyro_list *pyro_daemon_batches(struct pyro_daemon *daemon)
{
    return &daemon->batches;
}

struct pyro_streams *pyro_daemon_streams(struct pyro_daemon *daemon)
{
    return &daemon->streams;
}

/* --- housekeeping --- */

/* A timer makes every wait for the network dearer: it runs only where it is needed. */
static void plan_housekeeping(struct pyro_daemon *daemon)
{
    double period = daemon->runtime->config.POLLTIMEOUT;
    bool needed = daemon->hooks->housekeeping || pyro_map_count(&daemon->streams.by_id) > 0 ||
                  pyro_refusals_untold(&daemon->refusals);
    if (!daemon->open || daemon->planned || !needed)
        return;
    daemon->planned = true;
    pyro_timer_start(daemon->timer, period > 0 ? period : LONGEST_PERIOD);
}

static void keep_house(struct pyro_completion *done)
{
    struct pyro_daemon *daemon = PYRO_CONTAINER(done, struct pyro_daemon, due);
    const struct pyro_config *config = &daemon->runtime->config;
    use(daemon);
    daemon->planned = false;
    pyro_streams_expire(&daemon->streams, config->ITER_STREAM_LIFETIME, config->ITER_STREAM_LINGER,
                        pyro_loop_now(daemon->runtime->loop));
    pyro_refusals_turn(&daemon->refusals);
    plan_housekeeping(daemon);
    if (daemon->open && daemon->hooks->housekeeping)
        daemon->hooks->housekeeping(daemon->owner);
    end_use(daemon);
}

enum pyro_code pyro_daemon_keep_items(struct pyro_daemon *daemon, struct pyro_items *items,
                                      const struct pyro_connection *client, struct pyro_error *err)
{
    enum pyro_code code = pyro_streams_add(&daemon->streams, items, client,
                                           pyro_loop_now(daemon->runtime->loop), err);
    plan_housekeeping(daemon);
    return code;
}

void pyro_daemon_log_refusal(struct pyro_daemon *daemon, enum pyro_refusal kind, const char *format,
                             ...)
{
    va_list args;
    if (!daemon)
        return;
    va_start(args, format);
    pyro_refusals_log(&daemon->refusals, kind, format, args);
    va_end(args);
    plan_housekeeping(daemon); /* in which it is told how many were counted */
}

/* --- hooks --- */

void pyro_daemon_hook(struct pyro_daemon *daemon, const struct pyro_daemon_hooks *hooks,
                      void *owner)
{
    daemon->hooks = hooks;
    daemon->owner = owner;
    plan_housekeeping(daemon);
}

bool pyro_daemon_validates(struct pyro_daemon *daemon, struct pyro_handshake *handshake)
{
    return daemon->hooks->handshake && daemon->hooks->handshake(daemon->owner, handshake);
}

void pyro_daemon_annotate(struct pyro_daemon *daemon, const struct pyro_annotation **annotations,
                          size_t *count)
{
    if (daemon->hooks->annotate)
        daemon->hooks->annotate(daemon->owner, annotations, count);
}

bool pyro_daemon_heeds_failures(const struct pyro_daemon *daemon)
{
    return daemon->hooks->failed != NULL;
}

void pyro_daemon_failed(struct pyro_daemon *daemon, struct pyro_request *request, void *failure)
{
    daemon->hooks->failed(daemon->owner, request, failure);
}

/* --- opening and closing --- */

static bool is_socket_host(const char *host)
{
    return host && *host;
}

static enum pyro_code listen_on(struct pyro_daemon *daemon,
                                const struct pyro_daemon_options *options, struct pyro_error *err)
{
    const struct pyro_config *config = &daemon->runtime->config;
    const char *host = options->host ? options->host : config->HOST;
    struct pyro_listen_options where = {.host = host,
                                        .port = options->port,
                                        .unixsocket = options->unixsocket,
                                        .ip_version = (int)config->PREFER_IP_VERSION,
                                        .exclusive = !config->SOCK_REUSE};
    daemon->listener = pyro_listener_new(daemon->runtime->loop, &where, accept_stream, daemon, err);
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

/* It is where the socket is, or, if that is on a host, where `host` (NULL: none) says. */
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
static enum pyro_code adopt_socket(struct pyro_daemon *daemon, int descriptor,
                                   struct pyro_error *err)
{
    struct pyro_stream *stream = pyro_stream_adopt(daemon->runtime->loop, descriptor, err);
    if (!stream)
        return err->code;
    if (!pyro_connection_open(daemon, daemon->runtime, stream, true))
        return pyro_error_memory(err);
    return take_place(daemon, descriptor, NULL, err);
}

static enum pyro_code adopt_listener(struct pyro_daemon *daemon,
                                     const struct pyro_daemon_options *options,
                                     struct pyro_error *err)
{
    daemon->listener = pyro_listener_adopt(daemon->runtime->loop, options->listening_socket,
                                           accept_stream, daemon, err);
    if (!daemon->listener)
        return err->code;
    return take_place(daemon, options->listening_socket, options->host, err);
}

static enum pyro_code open_socket(struct pyro_daemon *daemon,
                                  const struct pyro_daemon_options *options, struct pyro_error *err)
{
    if (options->connected_socket >= 0)
        return adopt_socket(daemon, options->connected_socket, err);
    if (options->listening_socket >= 0)
        return adopt_listener(daemon, options, err);
    return listen_on(daemon, options, err);
}

static enum pyro_code set_nat(struct pyro_daemon *daemon, const struct pyro_daemon_options *options,
                              struct pyro_error *err)
{
    const struct pyro_config *config = &daemon->runtime->config;
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
    daemon->open = true;
    daemon->runtime->daemons++;
    enum pyro_code code = open_socket(daemon, options, err);
    if (code == PYRO_OK && !(daemon->timer = pyro_timer_new(daemon->runtime->loop, &daemon->due)))
        code = pyro_error_memory(err);
    if (code == PYRO_OK && options->connected_socket < 0)
        code = set_nat(daemon, options, err);
    if (code == PYRO_OK)
        code = name_location(&daemon->place, &daemon->location, err);
    if (code == PYRO_OK && daemon->nat.host)
        code = name_location(&daemon->nat, &daemon->nat_location, err);
    if (code != PYRO_OK)
        return code;
    if (daemon->listener)
        pyro_listener_on_scarce(daemon->listener, note_scarcity);
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
    struct pyro_daemon *daemon = pyro_calloc(1, sizeof(*daemon));
    if (!daemon) {
        pyro_error_memory(err);
        return NULL;
    }
    daemon->runtime = runtime;
    daemon->hooks = &no_hooks;
    pyro_list_init(&daemon->connections);
    pyro_streams_init(&daemon->streams);
    pyro_list_init(&daemon->batches);
    pyro_refusals_init(&daemon->refusals, &runtime->log);
    pyro_completion_init(&daemon->due, keep_house);
    if (open_daemon(daemon, options, err) != PYRO_OK) {
        pyro_daemon_free(daemon);
        return NULL;
    }
    pyro_log_write(&runtime->log, PYRO_INFO, "daemon", "daemon created on %s",
                   pyro_daemon_location(daemon));
    return daemon;
}

/* Connections that are closed, and who hears of it, may do anything. */
void pyro_daemon_drain(struct pyro_daemon *daemon)
{
    struct pyro_list *node;
    use(daemon);
    pyro_listener_close(daemon->listener);
    daemon->listener = NULL;
    size_t left = daemon->connection_count;
    for (; left > 0 && (node = pyro_list_pop(&daemon->connections)) != NULL; left--) {
        pyro_list_push(&daemon->connections, node);
        pyro_connection_leave(PYRO_CONTAINER(node, struct pyro_connection, node));
    }
    end_use(daemon);
}

void pyro_daemon_close(struct pyro_daemon *daemon)
{
    if (!daemon->open)
        return;
    daemon->open = false;
    daemon->runtime->daemons--;
    pyro_listener_close(daemon->listener);
    daemon->listener = NULL;
    while (!pyro_list_empty(&daemon->connections))
        pyro_connection_close(
            PYRO_CONTAINER(daemon->connections.next, struct pyro_connection, node));
    pyro_timer_free(daemon->timer);
    daemon->timer = NULL;
    pyro_completion_cancel(&daemon->due);
    pyro_streams_free(&daemon->streams);
    pyro_native_drop_all(&daemon->batches);
    pyro_refusals_end(&daemon->refusals);
    struct pyro_map objects = daemon->objects;
    daemon->objects = (struct pyro_map){.entries = NULL};
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice id;
    void *object;
    while (pyro_map_next(&objects, &cursor, &id, &object))
        ((struct pyro_object *)object)->ops->release(object);
    pyro_map_free(&objects);
    pyro_log_write(&daemon->runtime->log, PYRO_INFO, "daemon", "daemon on %s closed",
                   pyro_daemon_location(daemon));
}

void pyro_daemon_free(struct pyro_daemon *daemon)
{
    if (!daemon)
        return;
    pyro_daemon_close(daemon);
    daemon->hooks = &no_hooks;
    daemon->freed = true;
    if (daemon->users == 0)
        destroy(daemon);
}

bool pyro_daemon_closed(const struct pyro_daemon *daemon)
{
    return !daemon->open;
}

static enum pyro_code check_id(const char *id, struct pyro_error *err)
{
    if (!*id || strpbrk(id, " \t\r\n\v\f@") || !pyro_utf8_valid(pyro_slice_text(id)))
        return pyro_error_set(err, PYRO_EVALUE,
                              "an object id is UTF-8, not empty, without spaces or '@': '%s'", id);
    return PYRO_OK;
}

enum pyro_code pyro_daemon_register(struct pyro_daemon *daemon, const char *id,
                                    struct pyro_object *object, const char **registered,
                                    struct pyro_error *err)
{
    char fresh[4 + PYRO_HEX_ID_SIZE] = "obj_";
    enum pyro_code code;
    if (pyro_daemon_closed(daemon))
        return pyro_error_set(err, PYRO_EDAEMON, "the daemon is closed");
    if (!id) {
        if (!pyro_random_hex_id(fresh + 4))
            return pyro_error_set(err, PYRO_EOS, "the system has no random numbers");
        id = fresh;
    }
    if ((code = check_id(id, err)) != PYRO_OK)
        return code;
    struct pyro_slice key = pyro_slice_text(id);
    if (pyro_map_get(&daemon->objects, key))
        return pyro_error_set(err, PYRO_EDAEMON,
                              "an object or class is already registered with that id: '%s'", id);
    if (!pyro_map_set(&daemon->objects, key, object, NULL))
        return pyro_error_memory(err);
    if (registered)
        *registered = pyro_map_key(&daemon->objects, key).data;
    return PYRO_OK;
}

bool pyro_daemon_unregister(struct pyro_daemon *daemon, struct pyro_slice id)
{
    if (pyro_slice_equals(id, PYRO_DAEMON_NAME))
        return false;
    struct pyro_object *object = pyro_map_remove(&daemon->objects, id);
    if (object)
        object->ops->release(object);
    return object != NULL;
}

struct pyro_object *pyro_daemon_find(const struct pyro_daemon *daemon, struct pyro_slice id)
{
    return pyro_map_get(&daemon->objects, id);
}

const struct pyro_map *pyro_daemon_objects(const struct pyro_daemon *daemon)
{
    return &daemon->objects;
}

enum pyro_code pyro_daemon_uri(const struct pyro_daemon *daemon, const char *id, bool nat,
                               struct pyro_uri *uri, struct pyro_error *err)
{
    const struct pyro_uri *place = nat && daemon->nat.host ? &daemon->nat : &daemon->place;
    enum pyro_code code = check_id(id, err);
    if (code != PYRO_OK)
        return code;
    return pyro_uri_make(uri, PYRO_URI_PYRO, id, place->host, place->sockname, place->port, err);
}

const char *pyro_daemon_location(const struct pyro_daemon *daemon)
{
    return daemon->location.data;
}

const char *pyro_daemon_nat_location(const struct pyro_daemon *daemon)
{
    return daemon->nat_location.data;
}

const char *pyro_daemon_address(const struct pyro_daemon *daemon)
{
    return daemon->address;
}

size_t pyro_daemon_connections(const struct pyro_daemon *daemon)
{
    return daemon->connection_count;
}
