/* Daemons and name servers of a C program.
 *
 * A daemon is open from its making until the runtime closes, and stays as a handle, which serves
 * nothing, until it is freed. Closing one, freeing one and unregistering an object release objects:
 * the class's release() is called, and may call any function, pyrolua_free() included, so the
 * public functions enter the runtime first. */
#include "embed/daemon.h"
#include "base/memory.h"
#include "bind/base/marks.h"
#include "bind/http/lmetrics.h"
#include "embed/method.h"
#include "embed/object.h"
#include "embed/publish.h"
#include "rpc/listening.h"

static bool is_port(int port)
{
    return port >= 0 && port <= UINT16_MAX;
}

/* `port` is the one that 0 stands for. */
static enum pyro_code read_place(const pyrolua_place *place, int64_t port,
                                 struct pyro_daemon_options *options, struct pyro_error *err)
{
    *options = (struct pyro_daemon_options){
        .port = (uint16_t)port, .natport = -1, .connected_socket = -1, .listening_socket = -1};
    if (!place)
        return PYRO_OK;
    if ((place->port != -1 && !is_port(place->port)) || !is_port(place->natport))
        return pyro_error_set(err, PYRO_EVALUE, "a port is 0 to 65535");
    if (place->port != 0)
        options->port = place->port == -1 ? 0 : (uint16_t)place->port;
    if (place->allow && !*place->allow)
        return pyro_error_set(err, PYRO_EVALUE, "the path of a file of rules is empty");
    options->allow = place->allow;
    options->host = place->host;
    options->unixsocket = place->unixsocket;
    options->nathost = place->nathost;
    if (place->nathost || place->natport)
        options->natport = place->natport;
    return PYRO_OK;
}

static enum pyro_code open_daemon(pyrolua_daemon *daemon, const pyrolua_place *place,
                                  struct pyro_error *err)
{
    struct pyro_daemon_options options;
    if (place && place->storage)
        return pyro_error_set(err, PYRO_EVALUE, "only a name server has a storage");
    if (read_place(place, 0, &options, err) == PYRO_OK)
        daemon->daemon = pyro_daemon_new(embed_core(daemon->runtime), &options, err);
    return daemon->daemon ? PYRO_OK : err->code;
}

static enum pyro_code open_nameserver(pyrolua_daemon *daemon, const pyrolua_place *place,
                                      bool broadcast, struct pyro_error *err)
{
    struct pyro_runtime *core = embed_core(daemon->runtime);
    struct pyro_daemon_options options;
    const char *storage = place && place->storage ? place->storage : "memory";
    if (read_place(place, core->config.NS_PORT, &options, err) == PYRO_OK)
        daemon->nameserver = pyro_nameserver_new(core, &options, storage, err);
    if (!daemon->nameserver)
        return err->code;
    daemon->daemon = pyro_nameserver_daemon(daemon->nameserver);
    return broadcast ? pyro_nameserver_broadcast(daemon->nameserver, NULL, -1, err) : PYRO_OK;
}

static void close_daemon(pyrolua_daemon *daemon)
{
    struct lruntime *lua = daemon->runtime->lua;
    pyro_list_remove(&daemon->node);
    pyro_publisher_free(daemon->publisher);
    if (daemon->nameserver)
        pyro_nameserver_free(daemon->nameserver);
    else
        pyro_daemon_free(daemon->daemon);
    pyro_free(daemon);
    lmetrics_stop(lua);
}

static void daemons_close(pyrolua_runtime *runtime)
{
    struct pyro_list *handles = embed_handles(runtime, EMBED_DAEMONS);
    for (struct pyro_list *node = handles->next; node != handles; node = node->next) {
        pyrolua_daemon *daemon = PYRO_CONTAINER(node, pyrolua_daemon, node);
        pyro_publisher_free(daemon->publisher);
        daemon->publisher = NULL;
        pyro_daemon_close(daemon->daemon);
    }
}

static void daemons_free(pyrolua_runtime *runtime)
{
    struct pyro_list *handles = embed_handles(runtime, EMBED_DAEMONS);
    while (!pyro_list_empty(handles))
        close_daemon(PYRO_CONTAINER(handles->next, pyrolua_daemon, node));
}

static const struct embed_part daemons = {
    .stop = daemons_close, .close = daemons_close, .free = daemons_free};

LOOP_STEPS static int new_daemon(pyrolua_runtime *runtime, const pyrolua_place *place,
                                 bool nameserver, bool broadcast, pyrolua_daemon **out)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_report report = {.code = PYRO_OK};
    if (!out)
        return embed_refuse_null(runtime, "daemon");
    *out = NULL;
    int code = nameserver ? embed_enter_wait(runtime) : embed_enter(runtime);
    if (code != PYROLUA_OK)
        return code;
    if (!lembed_serve_metrics(runtime->lua, &report))
        return embed_leave(runtime, embed_take(runtime, &report));
    pyrolua_daemon *daemon = pyro_calloc(1, sizeof(*daemon));
    if (!daemon) {
        lmetrics_stop(runtime->lua);
        pyro_error_memory(&err);
        return embed_leave(runtime, embed_fail(runtime, &err));
    }
    daemon->runtime = runtime;
    daemon->authorizer.runtime = runtime;
    pyro_list_init(&daemon->node);
    if ((nameserver ? open_nameserver(daemon, place, broadcast, &err)
                    : open_daemon(daemon, place, &err)) == PYRO_OK &&
        !runtime->closing) {
        embed_keep(runtime, EMBED_DAEMONS, &daemons, &daemon->node);
        *out = daemon;
    } else {
        close_daemon(daemon);
    }
    code = *out || runtime->closing ? PYROLUA_OK : embed_fail(runtime, &err);
    return embed_leave(runtime, code);
}

int pyrolua_daemon_new(pyrolua_runtime *runtime, const pyrolua_place *place,
                       pyrolua_daemon **daemon)
{
    return new_daemon(runtime, place, false, false, daemon);
}

int pyrolua_nameserver_new(pyrolua_runtime *runtime, const pyrolua_place *place, int broadcast,
                           pyrolua_daemon **daemon)
{
    return new_daemon(runtime, place, true, broadcast != 0, daemon);
}

const char *pyrolua_daemon_location(const pyrolua_daemon *daemon)
{
    return daemon ? pyro_daemon_location(daemon->daemon) : NULL;
}

int pyrolua_daemon_hmac_key(pyrolua_daemon *daemon, const void *key, size_t length)
{
    struct pyro_hmac_key *made;
    if (!daemon)
        return PYROLUA_EVALUE;
    int code = embed_make_key(daemon->runtime, key, length, &made);
    if (code == PYROLUA_OK)
        pyro_daemon_set_key(daemon->daemon, made);
    pyro_hmac_key_release(made);
    return code;
}

static enum pyro_code name_object(const pyrolua_daemon *daemon, const char *id,
                                  struct object *object, struct pyro_error *err)
{
    struct pyro_uri uri;
    enum pyro_code code = pyro_daemon_uri(daemon->daemon, id, true, &uri, err);
    if (code != PYRO_OK)
        return code;
    if (!pyro_uri_text(&uri, &object->uri) || !pyro_buffer_append(&object->uri, "", 1))
        code = pyro_error_memory(err);
    pyro_uri_free(&uri);
    return code;
}

static enum pyro_code register_object(pyrolua_daemon *daemon, const char *id, struct object *object,
                                      struct pyro_error *err)
{
    enum pyro_code code = pyro_daemon_register(daemon->daemon, id, &object->object, &id, err);
    if (code != PYRO_OK) {
        object_give_back(object);
    } else if ((code = name_object(daemon, id, object, err)) != PYRO_OK) {
        object_disown(object);
        pyro_daemon_unregister(daemon->daemon, pyro_slice_text(id));
    }
    return code;
}

int pyrolua_daemon_register(pyrolua_daemon *daemon, const char *id, const pyrolua_class *kind,
                            void *self, const char **uri)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!daemon)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = daemon->runtime;
    if (object_class_fault(kind))
        return embed_refuse(runtime, object_class_fault(kind));
    if (runtime->closing)
        return embed_fail_closed(runtime);
    struct object *object = object_new(runtime, &method_object_ops, kind, self);
    if (!object)
        pyro_error_memory(&err);
    if (!object || register_object(daemon, id, object, &err) != PYRO_OK)
        return embed_fail(runtime, &err);
    if (uri)
        *uri = object->uri.data;
    return PYROLUA_OK;
}

int pyrolua_daemon_unregister(pyrolua_daemon *daemon, const char *id)
{
    if (!daemon)
        return PYROLUA_EVALUE;
    pyrolua_runtime *runtime = daemon->runtime;
    if (!id)
        return embed_refuse_null(runtime, "id");
    int code = embed_enter(runtime);
    if (code != PYROLUA_OK)
        return code;
    if (!pyro_daemon_unregister(daemon->daemon, pyro_slice_text(id)))
        code = embed_refuse(runtime, "no object of the program's is registered with that id");
    return embed_leave(runtime, code);
}

int pyrolua_daemon_authorize(pyrolua_daemon *daemon, pyrolua_authorize *function, void *context)
{
    if (!daemon)
        return PYROLUA_EVALUE;
    if (daemon->runtime->closing)
        return embed_fail_closed(daemon->runtime);
    authorizer_set(&daemon->authorizer, daemon->daemon, function, context);
    return PYROLUA_OK;
}

void pyrolua_daemon_free(pyrolua_daemon *daemon)
{
    if (!daemon || daemon->freeing || embed_enter(daemon->runtime) != PYROLUA_OK)
        return;
    pyrolua_runtime *runtime = daemon->runtime;
    daemon->freeing = true;
    publish_stop(daemon);
    close_daemon(daemon);
    embed_leave(runtime, PYROLUA_OK);
}
