/** @file
 * pyro.Proxy: userdata that calls a remote object. */
#ifndef PYRO_BIND_CLIENT_LPROXY_H
#define PYRO_BIND_CLIENT_LPROXY_H

#include <lua.h>

#include "bind/task/lruntime.h"
#include "rpc/client.h"

/** What Pyro sends as handshake data where the user sets none. */
#define LPROXY_HELLO "hello"

struct lproxy {
    struct lruntime *runtime;
    struct pyro_uri uri;             /**< as given; the direct one after _pyroBind */
    struct pyro_client *client;      /**< NULL once collected */
    double timeout;                  /**< seconds a call may take; 0: any time */
    lua_Integer retries;             /**< of calls whose connection broke */
    unsigned version;                /**< of the protocol; 0: not chosen */
    enum pyro_serializer serializer; /**< UNKNOWN: not chosen */
    int handshake;                   /**< registry reference of the data; LUA_NOREF: "hello" */
};

/** What the names start with that belong to a proxy itself. */
#define LPROXY_OWN "_pyro"

/** User values of a proxy. */
enum {
    LPROXY_HANDSHAKE = 1, /**< the handshake data as they were set, or nil */
    LPROXY_VALIDATE,      /**< the function that validates the server's answer, or nil */
    LPROXY_USER_VALUES = LPROXY_VALIDATE
};

/** The proxy at `index`, or NULL. */
struct lproxy *lproxy_test(lua_State *L, int index);

/** The proxy at `index`; raises an error where there is none. */
struct lproxy *lproxy_check(lua_State *L, int index);

/** Pushes a proxy for a URI. Takes `uri`, also when it raises an error. */
struct lproxy *lproxy_push(lua_State *L, struct pyro_uri *uri);

/** Pushes a proxy for a connected client. Takes the client, also when it raises an error. */
void lproxy_push_client(lua_State *L, struct pyro_client *client);

/** Pushes the handshake data of the proxy at `index`. */
void lproxy_push_handshake(lua_State *L, int index);

/** The proxy at `index` gets the handshake data at the top of the stack, which are popped. */
void lproxy_set_handshake(lua_State *L, int index);

/** Sends the handshake data of the proxy (NULL: of one without settings). */
enum pyro_code lproxy_put_handshake(lua_State *L, const struct lproxy *proxy,
                                    const struct pyro_protocol *protocol, struct pyro_sink *to);

/** The terms on which the proxy connects. */
struct pyro_connect_options lproxy_connect_options(struct lproxy *proxy);

/** Pushes the value of a name that belongs to the proxy itself, 0 where there is none. The proxy is
 * at 1, the name at 2. */
int lproxy_get_field(lua_State *L);

/** Sets it to the value at 3. */
int lproxy_set_field(lua_State *L);

/** Keeps the table at the top, which is popped, as that of a proxy's own methods. */
void lproxy_keep_methods(lua_State *L);

/** Registers the type; adds core.proxy(uri | proxy | id, [descriptor]), and core.proxy_methods and
 * core.proxy_type, the metatable, to which the Lua side adds its own. */
void lproxy_open(lua_State *L);

#endif
