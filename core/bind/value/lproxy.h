/** @file
 * pyro.Proxy as data: what a proxy knows of its remote object. The client's room gives the type its
 * methods. */
#ifndef PYRO_BIND_VALUE_LPROXY_H
#define PYRO_BIND_VALUE_LPROXY_H

#include <lua.h>

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "rpc/client.h"

#define LPROXY_TYPE "pyro.Proxy"

/** Pyro's handshake data where the user sets none. */
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

/** User values of a proxy. */
enum {
    LPROXY_HANDSHAKE = 1, /**< the handshake data as they were set, or nil */
    LPROXY_VALIDATE,      /**< the function that validates the server's answer, or nil */
    LPROXY_SSL,           /**< whether to speak TLS, and with what; nil: as the settings say */
    LPROXY_USER_VALUES = LPROXY_SSL
};

/** Returns the proxy at `index`; NULL where there is none. */
struct lproxy *lproxy_test(lua_State *L, int index);

/** Raises an error where a proxy has been collected. */
LUA_RAISES void lproxy_check_open(lua_State *L, const struct lproxy *proxy);

/** Returns the proxy at `index`; raises an error where there is none. */
LUA_RAISES struct lproxy *lproxy_check(lua_State *L, int index);

/** Pushes a proxy that has neither URI nor client yet: the caller gives it both. */
LUA_RAISES struct lproxy *lproxy_push_empty(lua_State *L);

/** Pushes a proxy for a URI. Takes `uri`, also when an error is raised. */
LUA_RUNS struct lproxy *lproxy_push(lua_State *L, struct pyro_uri *uri);

/** Pushes a proxy for a copy of the URI. */
LUA_RUNS struct lproxy *lproxy_push_for(lua_State *L, const struct pyro_uri *uri);

/** Frees what a proxy holds. It is then a collected one. */
void lproxy_free(lua_State *L, struct lproxy *proxy);

/** Pushes the handshake data of the proxy at `index`. */
LUA_RAISES void lproxy_push_handshake(lua_State *L, int index);

/** Gives the proxy at `index` the handshake data at the top, which are popped. Runs Lua. */
LUA_RUNS void lproxy_set_handshake(lua_State *L, int index);

#endif
