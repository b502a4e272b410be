#include "bind/value/lproxy.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/value/lconvert.h"
#include "bind/value/luri.h"

struct lproxy *lproxy_test(lua_State *L, int index)
{
    return luaL_testudata(L, index, LPROXY_TYPE);
}

void lproxy_check_open(lua_State *L, const struct lproxy *proxy)
{
    if (!proxy->client)
        luaL_error(L, "the proxy has been collected");
}

struct lproxy *lproxy_check(lua_State *L, int index)
{
    struct lproxy *proxy = luaL_checkudata(L, index, LPROXY_TYPE);
    lproxy_check_open(L, proxy);
    return proxy;
}

struct lproxy *lproxy_push_empty(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    struct lproxy *proxy = lua_newuserdatauv(L, sizeof(*proxy), LPROXY_USER_VALUES);
    *proxy = (struct lproxy){.runtime = runtime,
                             .timeout = runtime->core.config.COMMTIMEOUT,
                             .retries = runtime->core.config.MAX_RETRIES,
                             .handshake = LUA_NOREF};
    luaL_setmetatable(L, LPROXY_TYPE);
    return proxy;
}

struct lproxy *lproxy_push(lua_State *L, struct pyro_uri *uri)
{
    struct pyro_error err = {.code = PYRO_OK};
    luri_push(L, uri); /* owns it until the proxy does */
    struct pyro_uri *owned = lua_touserdata(L, -1);
    struct lproxy *proxy = lproxy_push_empty(L);
    proxy->uri = *owned;
    *owned = (struct pyro_uri){.object = NULL};
    proxy->client = pyro_client_new(&proxy->runtime->core, &proxy->uri, &err);
    if (!proxy->client)
        lerror_raise(L, &err);
    lua_remove(L, -2);
    return proxy;
}

struct lproxy *lproxy_push_for(lua_State *L, const struct pyro_uri *uri)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri copy = {.object = NULL};
    if (pyro_uri_copy(&copy, uri, &err) != PYRO_OK)
        lerror_raise(L, &err);
    return lproxy_push(L, &copy);
}

void lproxy_free(lua_State *L, struct lproxy *proxy)
{
    pyro_client_free(proxy->client);
    proxy->client = NULL;
    pyro_uri_free(&proxy->uri);
    luaL_unref(L, LUA_REGISTRYINDEX, proxy->handshake);
    proxy->handshake = LUA_NOREF;
}

/* --- handshake data --- */

void lproxy_push_handshake(lua_State *L, int index)
{
    if (lproxy_check(L, index)->handshake == LUA_NOREF)
        lua_pushliteral(L, LPROXY_HELLO);
    else
        lua_getiuservalue(L, index, LPROXY_HANDSHAKE);
}

/* Converts the data now, as no Lua may run when they are sent. */
void lproxy_set_handshake(lua_State *L, int index)
{
    struct lproxy *proxy = lproxy_check(L, index);
    index = lua_absindex(L, index);
    lua_pushvalue(L, -1);
    lconvert_outward(L, -1, "handshake data");
    PYRO_ASSERT(proxy->client);
    int reference = luaL_ref(L, LUA_REGISTRYINDEX);
    luaL_unref(L, LUA_REGISTRYINDEX, proxy->handshake);
    proxy->handshake = reference;
    lua_setiuservalue(L, index, LPROXY_HANDSHAKE);
}
