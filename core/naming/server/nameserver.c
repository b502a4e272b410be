#include "naming/server/nameserver.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "naming/server/calls.h"
#include "naming/server/leases.h"
#include "naming/server/watch.h"
#include "net/datagram.h"

struct pyro_nameserver {
    struct pyro_object object;
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon;
    struct calls calls;
    struct pyro_gauge_source gauges;
    struct pyro_datagram *responder;
    char broadcast_location[96];
};

static struct pyro_nameserver *nameserver_of(struct pyro_object *self)
{
    return PYRO_CONTAINER(self, struct pyro_nameserver, object);
}

static enum pyro_code nameserver_describe(struct pyro_object *self, struct pyro_sink *to)
{
    (void)self;
    return calls_describe(to);
}

static enum pyro_code nameserver_run(const struct pyro_native_call *call)
{
    return calls_run(&nameserver_of(call->self)->calls, call);
}

static void nameserver_invoke(struct pyro_object *self, struct pyro_request *request)
{
    pyro_native_serve(self, request, nameserver_run);
}

static void nameserver_release(struct pyro_object *self)
{
    (void)self; /* lives as long as its name server */
}

static const struct pyro_object_ops nameserver_ops = {nameserver_describe, nameserver_invoke,
                                                      nameserver_release, NULL};

/* Writes the name server's URI as a string, terminated. */
static enum pyro_code uri_text(const struct pyro_nameserver *ns, bool nat, const char *interface,
                               struct pyro_buffer *out, struct pyro_error *err)
{
    struct pyro_uri uri = {.object = NULL}, seen = {.object = NULL};
    enum pyro_code code = pyro_daemon_uri(ns->daemon, PYRO_NAMESERVER_NAME, nat, &uri, err);
    if (code == PYRO_OK)
        code = pyro_uri_make(&seen, uri.protocol, uri.object, interface ? interface : uri.host,
                             uri.sockname, uri.port, err);
    if (code == PYRO_OK && (!pyro_uri_text(&seen, out) || !pyro_buffer_append(out, "", 1)))
        code = pyro_error_memory(err);
    pyro_uri_free(&seen);
    pyro_uri_free(&uri);
    return code;
}

static void nameserver_add_gauges(const struct pyro_gauge_source *source,
                                  struct pyro_gauges *gauges)
{
    const struct calls *calls = &PYRO_CONTAINER(source, struct pyro_nameserver, gauges)->calls;
    gauges->names += registry_count(calls->registry);
    gauges->leases += registry_leases(calls->registry);
    gauges->renewals += calls->renewals;
    gauges->ended_leases += calls->leases ? leases_ended(calls->leases) : 0;
    gauges->changes += calls->storage->changes;
    gauges->failed_changes += calls->storage->failed;
    gauges->pending_changes += calls->storage->pending;
}

static enum pyro_code register_itself(struct pyro_nameserver *ns, struct pyro_error *err)
{
    static const char *const tags[] = {NAMESERVER_TAG_4, NAMESERVER_TAG_5};
    struct pyro_buffer uri = {.data = NULL};
    enum pyro_code code =
        pyro_daemon_register(ns->daemon, PYRO_NAMESERVER_NAME, &ns->object, NULL, err);
    if (code == PYRO_OK)
        code = uri_text(ns, true, NULL, &uri, err);
    if (code == PYRO_OK) {
        struct registration own = {.uri = uri.data,
                                   .tag_count = PYRO_COUNT(tags),
                                   .tags = tags,
                                   .since = (int64_t)pyro_date_seconds()};
        code = registry_set(ns->calls.registry, pyro_slice_text(PYRO_NAMESERVER_NAME), &own, err);
    }
    pyro_buffer_free(&uri);
    return code;
}

struct pyro_nameserver *pyro_nameserver_new(struct pyro_runtime *runtime,
                                            const struct pyro_daemon_options *options,
                                            const char *storage, struct pyro_error *err)
{
    struct pyro_nameserver *ns = pyro_calloc(1, sizeof(*ns));
    if (!ns) {
        pyro_error_memory(err);
        return NULL;
    }
    ns->object = (struct pyro_object){.ops = &nameserver_ops, .asks_names = true};
    ns->runtime = runtime;
    ns->gauges.add = nameserver_add_gauges;
    pyro_list_init(&ns->gauges.node);
    if (calls_open(&ns->calls, runtime, storage, err) == PYRO_OK)
        ns->daemon = pyro_daemon_new(runtime, options, err);
    if (!ns->daemon || register_itself(ns, err) != PYRO_OK) {
        pyro_nameserver_free(ns);
        return NULL;
    }
    pyro_list_push(&runtime->counters.sources, &ns->gauges.node);
    return ns;
}

static bool listens_everywhere(const struct pyro_nameserver *ns)
{
    return strcmp(pyro_daemon_address(ns->daemon), "0.0.0.0") == 0;
}

/* Returns whether only this machine reaches the name server: at a loopback address, or a Unix
 * socket. */
static bool is_local(const struct pyro_nameserver *ns)
{
    const char *address = pyro_daemon_address(ns->daemon);
    return !*address || strcmp(address, "::1") == 0 || strncmp(address, "127.", 4) == 0;
}

/* Answers who asks where the name server is, and can reach it there. A server on all interfaces
 * names the one that reaches the asker. */
static void nameserver_on_question(void *owner, struct pyro_slice data,
                                   const struct pyro_address *from)
{
    struct pyro_nameserver *ns = owner;
    struct pyro_buffer uri = {.data = NULL};
    struct pyro_error err;
    char interface[64];
    bool everywhere = listens_everywhere(ns);
    if (!pyro_slice_equals(data, "GET_NSURI"))
        return;
    if (!everywhere && !pyro_interface_reaches(pyro_daemon_address(ns->daemon), from->text)) {
        pyro_log_write(&ns->runtime->log, PYRO_DEBUG, "naming",
                       "%s asks for a name server, but is in another network than ours",
                       from->text);
        return;
    }
    everywhere = everywhere && pyro_interface_address(from->text, interface);
    if (uri_text(ns, false, everywhere ? interface : NULL, &uri, &err) == PYRO_OK &&
        pyro_datagram_send(ns->responder, from->text, from->port, pyro_slice_text(uri.data),
                           &err) != PYRO_OK)
        pyro_log_write(&ns->runtime->log, PYRO_WARNING, "naming", "%s", err.message);
    pyro_buffer_free(&uri);
}

enum pyro_code pyro_nameserver_broadcast(struct pyro_nameserver *ns, const char *bchost, int bcport,
                                         struct pyro_error *err)
{
    const struct pyro_config *config = &ns->runtime->config;
    int64_t port = bcport >= 0 ? bcport : config->NS_BCPORT;
    if (!bchost)
        bchost = config->NS_BCHOST;
    if ((!bchost || !*bchost) && is_local(ns))
        bchost = "127.0.0.1";
    pyro_datagram_close(ns->responder);
    ns->responder = pyro_datagram_new(ns->runtime->loop, bchost, (uint16_t)port,
                                      nameserver_on_question, ns, err);
    if (!ns->responder)
        return err->code;
    snprintf(ns->broadcast_location, sizeof(ns->broadcast_location), "%s:%u",
             bchost && *bchost ? bchost : pyro_datagram_address(ns->responder),
             (unsigned)pyro_datagram_port(ns->responder));
    return PYRO_OK;
}

const char *pyro_nameserver_broadcast_location(const struct pyro_nameserver *ns)
{
    return ns->broadcast_location;
}

struct pyro_daemon *pyro_nameserver_daemon(const struct pyro_nameserver *ns)
{
    return ns->daemon;
}

size_t pyro_nameserver_count(const struct pyro_nameserver *ns)
{
    return registry_count(ns->calls.registry);
}

void pyro_nameserver_drain(struct pyro_nameserver *ns)
{
    pyro_datagram_close(ns->responder);
    ns->responder = NULL;
    pyro_daemon_drain(ns->daemon);
    watch_end(ns->calls.watch);
}

void pyro_nameserver_free(struct pyro_nameserver *ns)
{
    if (!ns)
        return;
    pyro_list_remove(&ns->gauges.node);
    pyro_datagram_close(ns->responder);
    pyro_daemon_free(ns->daemon);
    calls_close(&ns->calls);
    pyro_free(ns);
}
