/** @file
 * pyro.Proxy: userdata that calls a remote object. */
#ifndef PYRO_BIND_LPROXY_H
#define PYRO_BIND_LPROXY_H

#include <lua.h>

#include "rpc/client.h"

struct lproxy {
    struct pyro_uri uri;        /**< as given; the direct one after _pyroBind */
    struct pyro_client *client; /**< NULL until the URI is resolved */
    double timeout;             /**< seconds a call may take; 0: any time */
};

/** The proxy at `index`, or NULL. */
struct lproxy *lproxy_test(lua_State *L, int index);

/** Pushes a proxy for a URI. Takes `uri`, also when it raises an error. */
struct lproxy *lproxy_push(lua_State *L, struct pyro_uri *uri);

/** Pushes a proxy for a connected client. Takes the client, also when it raises an error. */
void lproxy_push_client(lua_State *L, struct pyro_client *client);

/** Registers the type; adds core.proxy(uri). */
void lproxy_open(lua_State *L);

#endif
