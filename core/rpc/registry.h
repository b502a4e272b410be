/** @file
 * What the connections of one daemon share, below all of them: the objects that are served by id,
 * item streams, batches that pause, and the owner's hooks. */
#ifndef PYRO_RPC_REGISTRY_H
#define PYRO_RPC_REGISTRY_H

#include "net/timer.h"
#include "rpc/hooks.h"
#include "rpc/items.h"
#include "rpc/object.h"
#include "rpc/refusals.h"
#include "rpc/rules.h"
#include "rpc/runtime.h"

/** Embedded in a daemon. */
struct pyro_registry {
    struct pyro_runtime *runtime;
    bool open;
    unsigned refcount; /**< the owner's, and those of functions on the C stack that use it */
    void (*destroy)(struct pyro_registry *registry); /**< called by the last release */
    struct pyro_map objects;
    uint64_t removals; /**< of objects */
    struct pyro_streams streams;
    struct pyro_list batches;  /**< those of C objects that pause (rpc/native.h) */
    struct pyro_rules *rules;  /**< of ALLOW; NULL: there are none */
    bool guarded;              /**< whether rules, or a hook, decide what clients may call */
    struct pyro_hmac_key *key; /**< the daemon's own, or NULL */
    const struct pyro_daemon_hooks *hooks; /**< never NULL */
    void *owner;                           /**< of the hooks */
    struct pyro_timer *timer;              /**< of housekeeping; NULL once closed */
    struct pyro_completion due;            /**< housekeeping is due */
    bool planned;                          /**< housekeeping will be due */
};

/** Sets up a registry, open and with one reference. With an error (PYRO_EMEMORY), close and release
 * it all the same. */
enum pyro_code pyro_registry_open(struct pyro_registry *registry, struct pyro_runtime *runtime,
                                  void (*destroy)(struct pyro_registry *registry),
                                  struct pyro_error *err);

/** Marks a registry as closed: nothing more is registered, and no housekeeping is planned. */
void pyro_registry_shut(struct pyro_registry *registry);

/** Lets go of all objects and streams of a registry that was shut. */
void pyro_registry_clear(struct pyro_registry *registry);

/** Keeps the registry, and so its daemon, in place: streams that end, and hooks, may do anything,
 * even free the daemon. */
void pyro_registry_retain(struct pyro_registry *registry);
void pyro_registry_release(struct pyro_registry *registry);

/** Sets the hooks, which stay where they are. */
void pyro_registry_hook(struct pyro_registry *registry, const struct pyro_daemon_hooks *hooks,
                        void *owner);

/** Checks an id: PYRO_EVALUE where no URI can hold it. */
enum pyro_code pyro_registry_check_id(const char *id, struct pyro_error *err);

/** Serves `object` as `id` (NULL: a new obj_ id), as pyro_daemon_register() does. */
enum pyro_code pyro_registry_add(struct pyro_registry *registry, const char *id,
                                 struct pyro_object *object, const char **registered,
                                 struct pyro_error *err);

/** Stops serving the object of that id, and releases it; false where there is none. */
bool pyro_registry_remove(struct pyro_registry *registry, struct pyro_slice id);

/** Returns the object of that id, or NULL. */
static inline struct pyro_object *pyro_registry_find(const struct pyro_registry *registry,
                                                     struct pyro_slice id)
{
    return pyro_map_get(&registry->objects, id);
}

/** Returns the key that the daemon's messages are signed with, or NULL. */
static inline struct pyro_hmac_key *pyro_registry_key(const struct pyro_registry *registry)
{
    return pyro_hmac_key_choose(registry->key, registry->runtime->key);
}

/** Keeps an item stream for a client. Takes `items`; not on failure. */
enum pyro_code pyro_registry_keep_items(struct pyro_registry *registry, struct pyro_items *items,
                                        const struct pyro_connection *client,
                                        struct pyro_error *err);

/** Logs that a connection is refused, or counts it. With `registry` NULL, nobody is to know. */
void pyro_registry_log_refusal(struct pyro_registry *registry, enum pyro_refusal reason,
                               const struct pyro_log_fields *fields, const char *format, ...)
    PYRO_PRINTF(4, 5);

/** Replaces the annotations of a message by those and the owner's. */
static inline void pyro_registry_annotate(const struct pyro_registry *registry,
                                          const struct pyro_annotation **annotations, size_t *count)
{
    if (registry->hooks->annotate)
        registry->hooks->annotate(registry->owner, annotations, count);
}

#endif
