/** @file
 * Room for the bodies of requests, from their arrival until they are answered. The clients of one
 * address never have more of it than they leave to others. Private to http/. */
#ifndef PYRO_HTTP_BODIES_H
#define PYRO_HTTP_BODIES_H

#include "base/list.h"
#include "base/slice.h"

/** Bytes of a body that needs no room. */
#define HTTP_SMALL_BODY ((size_t)4096)

/** The room of a server. */
struct http_bodies {
    size_t most, taken;      /**< bytes */
    struct pyro_list shares; /**< of the addresses that have taken some */
};

struct http_share;

/** The room that a body has taken; it may outlive the server. Zero-initialized is none. */
struct http_room {
    struct http_share *share; /**< of the client's address; NULL: none is taken */
    size_t size;
};

/** Makes room of so many bytes. */
void http_bodies_init(struct http_bodies *bodies, size_t most);

/** Forgets what is taken, as the server ends. */
void http_bodies_close(struct http_bodies *bodies);

/** Takes room until a body has so many bytes, which are more than it had. Returns false if there is
 * not enough, or no memory. */
bool http_room_take(struct http_room *room, struct http_bodies *bodies, struct pyro_slice address,
                    size_t size);

/** Gives back what a body has taken. Accepts none. */
void http_room_free(struct http_room *room);

#endif
