/* Runs and closes daemons.
 *
 * A daemon is open, then closed, then freed. Connections come from listening.c, and leave the list
 * when they close. Hooks, streams that end, and objects that are released may do anything, even
 * close or free the daemon: who calls them and goes on holds a reference of the registry. */
#include "rpc/daemon.h"

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/connection.h"
#include "rpc/daemon_state.h"
#include "rpc/dispatch.h"
#include "rpc/handshake.h"
#include "rpc/native.h"

static struct pyro_daemon *daemon_of(struct pyro_registry *registry)
{
    return PYRO_CONTAINER(registry, struct pyro_daemon, registry);
}

static void daemon_on_destroy(struct pyro_registry *registry)
{
    struct pyro_daemon *daemon = daemon_of(registry);
    PYRO_ASSERT(pyro_list_empty(&daemon->connections) && daemon->connection_count == 0);
    pyro_list_remove(&daemon->node);
    pyro_tls_context_release(daemon->tls);
    pyro_hmac_key_release(registry->key);
    pyro_uri_free(&daemon->place);
    pyro_uri_free(&daemon->nat);
    pyro_buffer_free(&daemon->location);
    pyro_buffer_free(&daemon->nat_location);
    pyro_free(daemon);
}

/* --- connections --- */

static void daemon_on_closed(struct pyro_registry *registry, struct pyro_connection *connection,
                             bool accepted)
{
    struct pyro_daemon *daemon = daemon_of(registry);
    PYRO_ASSERT(daemon->connection_count > 0);
    pyro_list_remove(&connection->node);
    daemon->connection_count--;
    pyro_registry_retain(registry);
    pyro_streams_orphan(&registry->streams, connection,
                        registry->runtime->config.ITER_STREAM_LINGER > 0,
                        pyro_loop_now(registry->runtime->loop));
    if (registry->hooks->disconnected)
        registry->hooks->disconnected(registry->owner, connection, accepted);
    if (!daemon->listener && registry->open && daemon->connection_count == 0 &&
        registry->hooks->ended)
        registry->hooks->ended(registry->owner);
    pyro_registry_release(registry);
}

bool pyro_daemon_serve(struct pyro_daemon *daemon, struct pyro_stream *stream, bool accepted)
{
    static const struct pyro_connection_ops ops = {
        .handshake = pyro_handshake_receive,
        .request = pyro_dispatch,
        .stranger = pyro_handshake_refuse,
        .closed = daemon_on_closed,
    };
    struct pyro_connection *connection =
        pyro_connection_open(&daemon->registry, &ops, stream, accepted);
    if (!connection)
        return false;
    pyro_list_push(&daemon->connections, &connection->node);
    daemon->connection_count++;
    daemon->registry.runtime->counters.connections++;
    if (!daemon->tls || pyro_tls_start(stream, daemon->tls, NULL, 0, NULL) == PYRO_OK)
        return true;
    pyro_connection_close(connection);
    return false;
}

/* --- opening and closing --- */

struct pyro_daemon *pyro_daemon_create(struct pyro_runtime *runtime, struct pyro_error *err)
{
    struct pyro_daemon *daemon = pyro_calloc(1, sizeof(*daemon));
    if (!daemon) {
        pyro_error_memory(err);
        return NULL;
    }
    pyro_list_init(&daemon->connections);
    pyro_list_push(&runtime->all_daemons, &daemon->node);
    if (pyro_registry_open(&daemon->registry, runtime, daemon_on_destroy, err) == PYRO_OK)
        return daemon;
    pyro_daemon_free(daemon);
    return NULL;
}

void pyro_daemon_hook(struct pyro_daemon *daemon, const struct pyro_daemon_hooks *hooks,
                      void *owner)
{
    pyro_registry_hook(&daemon->registry, hooks, owner);
}

void pyro_daemon_set_key(struct pyro_daemon *daemon, struct pyro_hmac_key *key)
{
    pyro_hmac_key_retain(key);
    pyro_hmac_key_release(daemon->registry.key);
    daemon->registry.key = key;
}

struct pyro_hmac_key *pyro_daemon_key(const struct pyro_daemon *daemon)
{
    return daemon->registry.key;
}

/* Connections that are closed, and who hears of it, may do anything. */
void pyro_daemon_drain(struct pyro_daemon *daemon)
{
    struct pyro_list *node;
    pyro_registry_retain(&daemon->registry);
    pyro_listener_close(daemon->listener);
    daemon->listener = NULL;
    size_t left = daemon->connection_count;
    for (; left > 0 && (node = pyro_list_pop(&daemon->connections)) != NULL; left--) {
        pyro_list_push(&daemon->connections, node);
        pyro_connection_drain(PYRO_CONTAINER(node, struct pyro_connection, node));
    }
    pyro_registry_release(&daemon->registry);
}

void pyro_daemon_close(struct pyro_daemon *daemon)
{
    struct pyro_registry *registry = &daemon->registry;
    if (!registry->open)
        return;
    pyro_registry_retain(registry);
    pyro_registry_shut(registry);
    pyro_listener_close(daemon->listener);
    daemon->listener = NULL;
    while (!pyro_list_empty(&daemon->connections))
        pyro_connection_close(
            PYRO_CONTAINER(daemon->connections.next, struct pyro_connection, node));
    pyro_native_drop_all(&registry->batches);
    pyro_registry_clear(registry);
    if (daemon->location.data)
        pyro_log_write(&registry->runtime->log, PYRO_INFO, "daemon", "daemon on %s closed",
                       pyro_daemon_location(daemon));
    pyro_registry_release(registry);
}

void pyro_daemon_free(struct pyro_daemon *daemon)
{
    if (!daemon)
        return;
    pyro_daemon_close(daemon);
    pyro_registry_hook(&daemon->registry, NULL, NULL);
    pyro_registry_release(&daemon->registry);
}

bool pyro_daemon_closed(const struct pyro_daemon *daemon)
{
    return !daemon->registry.open;
}

/* --- objects --- */

enum pyro_code pyro_daemon_register(struct pyro_daemon *daemon, const char *id,
                                    struct pyro_object *object, const char **registered,
                                    struct pyro_error *err)
{
    return pyro_registry_add(&daemon->registry, id, object, registered, err);
}

bool pyro_daemon_unregister(struct pyro_daemon *daemon, struct pyro_slice id)
{
    return !pyro_slice_equals(id, PYRO_DAEMON_NAME) && pyro_registry_remove(&daemon->registry, id);
}

struct pyro_object *pyro_daemon_find(const struct pyro_daemon *daemon, struct pyro_slice id)
{
    return pyro_registry_find(&daemon->registry, id);
}

const struct pyro_map *pyro_daemon_objects(const struct pyro_daemon *daemon)
{
    return &daemon->registry.objects;
}

struct pyro_streams *pyro_daemon_streams(struct pyro_daemon *daemon)
{
    return &daemon->registry.streams;
}

/* --- places --- */

enum pyro_code pyro_daemon_uri(const struct pyro_daemon *daemon, const char *id, bool nat,
                               struct pyro_uri *uri, struct pyro_error *err)
{
    const struct pyro_uri *place = nat && daemon->nat.host ? &daemon->nat : &daemon->place;
    enum pyro_code code = pyro_registry_check_id(id, err);
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
