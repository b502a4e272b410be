/* The state that the connections of a daemon share.
 *
 * A registry is open, then shut, then cleared, then (at the last release) destroyed. Objects and
 * streams are added only while it is open. Releasing an object or a stream, and every hook, may do
 * anything, even close or free the daemon: who calls one and goes on holds a reference. */
#include "rpc/registry.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "base/random.h"
#include "value/utf8.h"

/* Seconds between two rounds of housekeeping where POLLTIMEOUT says nothing. */
#define LONGEST_PERIOD 2.0

static const struct pyro_daemon_hooks no_hooks = {.handshake = NULL};

/* --- housekeeping --- */

/* Plans the next round. A timer makes every wait for the network dearer: it runs only where it is
 * needed. */
static void plan_housekeeping(struct pyro_registry *registry)
{
    double period = registry->runtime->config.POLLTIMEOUT;
    bool needed = registry->hooks->housekeeping || pyro_map_count(&registry->streams.by_id) > 0;
    if (!registry->open || registry->planned || !needed)
        return;
    registry->planned = true;
    pyro_timer_start(registry->timer, period > 0 ? period : LONGEST_PERIOD);
}

static void registry_on_due(struct pyro_completion *done)
{
    struct pyro_registry *registry = PYRO_CONTAINER(done, struct pyro_registry, due);
    const struct pyro_config *config = &registry->runtime->config;
    pyro_registry_retain(registry);
    registry->planned = false;
    pyro_streams_expire(&registry->streams, config->ITER_STREAM_LIFETIME,
                        config->ITER_STREAM_LINGER, pyro_loop_now(registry->runtime->loop));
    plan_housekeeping(registry);
    if (registry->open && registry->hooks->housekeeping)
        registry->hooks->housekeeping(registry->owner);
    pyro_registry_release(registry);
}

enum pyro_code pyro_registry_keep_items(struct pyro_registry *registry, struct pyro_items *items,
                                        const struct pyro_connection *client,
                                        struct pyro_error *err)
{
    enum pyro_code code = pyro_streams_add(&registry->streams, items, client,
                                           pyro_loop_now(registry->runtime->loop), err);
    registry->runtime->counters.item_streams += code == PYRO_OK;
    plan_housekeeping(registry);
    return code;
}

void pyro_registry_log_refusal(struct pyro_registry *registry, enum pyro_refusal reason,
                               const struct pyro_log_fields *fields, const char *format, ...)
{
    va_list args;
    if (!registry)
        return;
    registry->runtime->counters.refused[reason]++;
    va_start(args, format);
    pyro_refusal_log(&registry->runtime->log, reason, fields, format, args);
    va_end(args);
}

void pyro_registry_hook(struct pyro_registry *registry, const struct pyro_daemon_hooks *hooks,
                        void *owner)
{
    registry->hooks = hooks ? hooks : &no_hooks;
    registry->owner = owner;
    registry->guarded = registry->rules || registry->hooks->authorize;
    plan_housekeeping(registry);
}

/* --- objects --- */

enum pyro_code pyro_registry_check_id(const char *id, struct pyro_error *err)
{
    if (!*id || strpbrk(id, " \t\r\n\v\f@") || !pyro_utf8_valid(pyro_slice_text(id)))
        return pyro_error_set(err, PYRO_EVALUE,
                              "an object id is UTF-8, not empty, without spaces or '@': '%s'", id);
    return PYRO_OK;
}

enum pyro_code pyro_registry_add(struct pyro_registry *registry, const char *id,
                                 struct pyro_object *object, const char **registered,
                                 struct pyro_error *err)
{
    char fresh[4 + PYRO_HEX_ID_SIZE] = "obj_";
    enum pyro_code code;
    if (!registry->open)
        return pyro_error_set(err, PYRO_EDAEMON, "the daemon is closed");
    if (!id) {
        if (!pyro_random_hex_id(fresh + 4))
            return pyro_error_set(err, PYRO_EOS, "the system has no random numbers");
        id = fresh;
    }
    if ((code = pyro_registry_check_id(id, err)) != PYRO_OK)
        return code;
    struct pyro_slice key = pyro_slice_text(id);
    if (pyro_map_get(&registry->objects, key))
        return pyro_error_set(err, PYRO_EDAEMON,
                              "an object or class is already registered with that id: '%s'", id);
    if (!pyro_map_set(&registry->objects, key, object, NULL))
        return pyro_error_memory(err);
    if (registered)
        *registered = pyro_map_key(&registry->objects, key).data;
    return PYRO_OK;
}

static void release(struct pyro_registry *registry, struct pyro_object *object)
{
    registry->removals++;
    pyro_counters_forget(&registry->runtime->counters, object);
    object->ops->release(object);
}

bool pyro_registry_remove(struct pyro_registry *registry, struct pyro_slice id)
{
    struct pyro_object *object = pyro_map_remove(&registry->objects, id);
    if (!object)
        return false;
    release(registry, object);
    return true;
}

/* --- opening and closing --- */

enum pyro_code pyro_registry_open(struct pyro_registry *registry, struct pyro_runtime *runtime,
                                  void (*destroy)(struct pyro_registry *registry),
                                  struct pyro_error *err)
{
    *registry = (struct pyro_registry){
        .runtime = runtime, .open = true, .refcount = 1, .destroy = destroy, .hooks = &no_hooks};
    runtime->daemons++;
    pyro_streams_init(&registry->streams);
    pyro_list_init(&registry->batches);
    pyro_completion_init(&registry->due, registry_on_due);
    registry->timer = pyro_timer_new(runtime->loop, &registry->due);
    return registry->timer ? PYRO_OK : pyro_error_memory(err);
}

void pyro_registry_shut(struct pyro_registry *registry)
{
    PYRO_ASSERT(registry->open && registry->runtime->daemons > 0);
    registry->open = false;
    registry->runtime->daemons--;
    pyro_timer_free(registry->timer);
    registry->timer = NULL;
    pyro_completion_cancel(&registry->due);
}

static void release_objects(struct pyro_registry *registry)
{
    struct pyro_map objects = registry->objects;
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice id;
    void *object;
    registry->objects = (struct pyro_map){.entries = NULL};
    while (pyro_map_next(&objects, &cursor, &id, &object))
        release(registry, object);
    pyro_map_free(&objects);
}

void pyro_registry_clear(struct pyro_registry *registry)
{
    PYRO_ASSERT(!registry->open && pyro_list_empty(&registry->batches));
    pyro_streams_free(&registry->streams);
    release_objects(registry);
    pyro_rules_free(registry->rules);
    registry->rules = NULL;
}

void pyro_registry_retain(struct pyro_registry *registry)
{
    PYRO_ASSERT(registry->refcount > 0);
    registry->refcount++;
}

void pyro_registry_release(struct pyro_registry *registry)
{
    PYRO_ASSERT(registry->refcount > 0);
    if (--registry->refcount > 0)
        return;
    PYRO_ASSERT(!registry->open && pyro_map_count(&registry->objects) == 0);
    PYRO_ASSERT(pyro_map_count(&registry->streams.by_id) == 0);
    PYRO_ASSERT(pyro_list_empty(&registry->batches));
    registry->destroy(registry);
}
