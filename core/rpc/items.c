#include "rpc/items.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

/* Streams of a daemon; and of one client, so that one cannot leave nothing to the others. */
#define MOST_STREAMS 10000
#define MOST_OF_CLIENT 1000

static struct pyro_items *items_at(struct pyro_list *node)
{
    return PYRO_CONTAINER(node, struct pyro_items, node);
}

void pyro_streams_init(struct pyro_streams *streams)
{
    streams->by_id = (struct pyro_map){.entries = NULL};
    pyro_list_init(&streams->oldest_first);
}

void pyro_items_release(struct pyro_items *items)
{
    pyro_free(items->maker);
    items->maker = NULL;
    items->ops->release(items);
}

bool pyro_items_name(struct pyro_items *items, struct pyro_slice object, struct pyro_slice method)
{
    char *maker = pyro_malloc(object.length + method.length + 1);
    if (!maker)
        return false;
    memcpy(maker, object.data, object.length);
    memcpy(maker + object.length, method.data, method.length);
    items->maker = maker;
    items->object = pyro_slice(maker, object.length);
    items->method = pyro_slice(maker + object.length, method.length);
    return true;
}

/* Lets nobody find the items any more, and releases them; if one is just being made, when that is
 * done. */
static void forget(struct pyro_items *items)
{
    pyro_map_remove(&items->streams->by_id, pyro_slice_text(items->id));
    pyro_list_remove(&items->node);
    items->streams = NULL;
    if (!items->busy)
        pyro_items_release(items);
}

void pyro_items_served(struct pyro_items *items, bool failed)
{
    PYRO_ASSERT(items->busy);
    items->busy = false;
    if (!items->streams)
        pyro_items_release(items);
    else if (failed)
        forget(items);
}

/* Makes room for another stream, if need be in place of the oldest one whose client has left. */
static bool make_room(struct pyro_streams *streams)
{
    struct pyro_list *node = streams->oldest_first.next;
    if (pyro_map_count(&streams->by_id) < MOST_STREAMS)
        return true;
    while (node != &streams->oldest_first && items_at(node)->client)
        node = node->next;
    if (node == &streams->oldest_first)
        return false;
    forget(items_at(node));
    return true;
}

static size_t count_of(const struct pyro_streams *streams, const struct pyro_connection *client)
{
    size_t count = 0;
    for (struct pyro_list *node = streams->oldest_first.next; node != &streams->oldest_first;
         node = node->next)
        count += items_at(node)->client == client;
    return count;
}

enum pyro_code pyro_streams_add(struct pyro_streams *streams, struct pyro_items *items,
                                const struct pyro_connection *client, double now,
                                struct pyro_error *err)
{
    unsigned char uuid[PYRO_UUID_SIZE];
    PYRO_ASSERT(!items->streams && !items->busy);
    if (count_of(streams, client) >= MOST_OF_CLIENT || !make_room(streams))
        return pyro_error_set(err, PYRO_EPYRO, "too many item streams are open");
    if (!pyro_random_uuid(uuid))
        return pyro_error_set(err, PYRO_EOS, "the system has no random numbers");
    pyro_uuid_text(uuid, items->id);
    if (!pyro_map_set(&streams->by_id, pyro_slice_text(items->id), items, NULL))
        return pyro_error_memory(err);
    pyro_list_init(&items->node);
    pyro_list_push(&streams->oldest_first, &items->node);
    items->streams = streams;
    items->client = client;
    items->created = now;
    return PYRO_OK;
}

struct pyro_items *pyro_streams_find(const struct pyro_streams *streams, struct pyro_slice id)
{
    return pyro_map_get(&streams->by_id, id);
}

struct pyro_items *pyro_streams_take(struct pyro_streams *streams, struct pyro_slice id,
                                     const struct pyro_connection *client, struct pyro_error *err)
{
    struct pyro_items *items = pyro_streams_find(streams, id);
    if (!items) {
        pyro_error_set(err, PYRO_EPYRO, "item stream terminated");
        return NULL;
    }
    if (items->busy) {
        pyro_error_set(err, PYRO_EVALUE, "generator already executing");
        return NULL;
    }
    if (!items->client)
        items->client = client;
    items->busy = true;
    return items;
}

void pyro_streams_close(struct pyro_streams *streams, struct pyro_slice id)
{
    struct pyro_items *items = pyro_streams_find(streams, id);
    if (items)
        forget(items);
}

/* Closes the streams that `over` picks, and shows it all of them. Closing one may do anything, even
 * close others: so the picked ones are gathered first. */
static void close_some(struct pyro_streams *streams,
                       bool (*over)(struct pyro_items *items, const void *context),
                       const void *context)
{
    struct pyro_list picked, *node = streams->oldest_first.next;
    pyro_list_init(&picked);
    while (node != &streams->oldest_first) {
        struct pyro_items *items = items_at(node);
        node = node->next;
        if (over(items, context)) {
            pyro_list_remove(&items->node);
            pyro_list_push(&picked, &items->node);
        }
    }
    while (!pyro_list_empty(&picked))
        forget(items_at(picked.next));
}

struct departure {
    const struct pyro_connection *client;
    bool linger;
    double now;
};

static bool is_orphan(struct pyro_items *items, const void *context)
{
    const struct departure *departure = context;
    if (items->client != departure->client)
        return false;
    items->client = NULL;
    items->orphaned = departure->now;
    return !departure->linger;
}

void pyro_streams_orphan(struct pyro_streams *streams, const struct pyro_connection *client,
                         bool linger, double now)
{
    struct departure departure = {client, linger, now};
    close_some(streams, is_orphan, &departure);
}

struct limits {
    double lifetime, linger, now;
};

static bool is_expired(struct pyro_items *items, const void *context)
{
    const struct limits *limits = context;
    return (limits->lifetime > 0 && limits->now - items->created > limits->lifetime) ||
           (limits->linger > 0 && !items->client && limits->now - items->orphaned > limits->linger);
}

void pyro_streams_expire(struct pyro_streams *streams, double lifetime, double linger, double now)
{
    struct limits limits = {lifetime, linger, now};
    close_some(streams, is_expired, &limits);
}

static bool is_any(struct pyro_items *items, const void *context)
{
    (void)items;
    (void)context;
    return true;
}

void pyro_streams_free(struct pyro_streams *streams)
{
    close_some(streams, is_any, NULL);
    PYRO_ASSERT(pyro_list_empty(&streams->oldest_first));
    PYRO_ASSERT(pyro_map_count(&streams->by_id) == 0);
    pyro_map_free(&streams->by_id);
}
