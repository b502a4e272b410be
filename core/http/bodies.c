#include "http/bodies.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

/* The part of the room that the bodies of an address have taken. */
struct http_share {
    struct pyro_list node;
    struct http_bodies *bodies; /* NULL: the server has ended */
    size_t taken;               /* bytes; one of which none are is freed */
    char address[];
};

void http_bodies_init(struct http_bodies *bodies, size_t most)
{
    *bodies = (struct http_bodies){.most = most};
    pyro_list_init(&bodies->shares);
}

void http_bodies_close(struct http_bodies *bodies)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&bodies->shares)))
        PYRO_CONTAINER(node, struct http_share, node)->bodies = NULL;
}

static struct http_share *find_share(const struct http_bodies *bodies, struct pyro_slice address)
{
    for (struct pyro_list *node = bodies->shares.next; node != &bodies->shares; node = node->next) {
        struct http_share *share = PYRO_CONTAINER(node, struct http_share, node);
        if (pyro_slice_equals(address, share->address))
            return share;
    }
    return NULL;
}

static struct http_share *add_share(struct http_bodies *bodies, struct pyro_slice address)
{
    struct http_share *share = pyro_calloc(1, sizeof(*share) + address.length + 1);
    if (!share)
        return NULL;
    memcpy(share->address, address.data, address.length);
    share->bodies = bodies;
    pyro_list_push(&bodies->shares, &share->node);
    return share;
}

/* Returns whether an address (NULL: one without a share) leaves as much as it has with `more`. */
static bool has_room(const struct http_bodies *bodies, const struct http_share *share, size_t more)
{
    size_t left = bodies->most - bodies->taken, taken = share ? share->taken : 0;
    return more <= left && taken + more <= left - more;
}

bool http_room_take(struct http_room *room, struct http_bodies *bodies, struct pyro_slice address,
                    size_t size)
{
    PYRO_ASSERT(size > room->size);
    size_t more = size - room->size;
    struct http_share *share = room->share ? room->share : find_share(bodies, address);
    if (!has_room(bodies, share, more))
        return false;
    if (!share)
        share = add_share(bodies, address);
    if (!share)
        return false;
    share->taken += more;
    bodies->taken += more;
    *room = (struct http_room){share, size};
    return true;
}

void http_room_free(struct http_room *room)
{
    struct http_share *share = room->share;
    if (!share)
        return;
    share->taken -= room->size;
    if (share->bodies)
        share->bodies->taken -= room->size;
    if (share->taken == 0) {
        pyro_list_remove(&share->node);
        pyro_free(share);
    }
    *room = (struct http_room){.share = NULL};
}
