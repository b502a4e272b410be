/* The type pyro.Proxy: making and copying proxies, and their metamethods.
 *
 * A name that is none of the proxy's own is a method, an attribute, or the key of an item: metadata
 * tells. Where none has come yet, the proxy is connected first, which waits. Metamethods wait
 * as other functions do. */
#include "bind/client/lproxy_type.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/client/lconnect.h"
#include "bind/client/linvoke.h"
#include "bind/client/lproxy_fields.h"
#include "bind/message/lcertificate.h"
#include "bind/message/lencryption.h"
#include "bind/value/luri.h"
#include "net/socket.h"
#include "rpc/client_key.h"
#include "rpc/members.h"

/* The socket name in the URI of a proxy that was given a connected socket, as Pyro has it. */
#define CONNECTED_SOCKET "<<connected-socket>>"

/* --- making --- */

/* Pushes a copy, which has all that the user set, and a connection of its own. */
LUA_RUNS static int copy_proxy(lua_State *L, const struct lproxy *from)
{
    struct lproxy *proxy = lproxy_push_for(L, &from->uri);
    proxy->timeout = from->timeout;
    proxy->retries = from->retries;
    proxy->version = from->version;
    proxy->serializer = from->serializer;
    pyro_client_set_key(proxy->client, pyro_client_key(from->client));
    if (!pyro_client_copy_metadata(proxy->client, from->client))
        return luaL_error(L, "not enough memory");
    if (from->handshake != LUA_NOREF) {
        lua_getiuservalue(L, 1, LPROXY_HANDSHAKE);
        lproxy_set_handshake(L, -2);
    }
    lua_getiuservalue(L, 1, LPROXY_VALIDATE);
    lua_setiuservalue(L, -2, LPROXY_VALIDATE);
    lua_getiuservalue(L, 1, LPROXY_SSL);
    lua_setiuservalue(L, -2, LPROXY_SSL);
    return 1;
}

/* Pushes a proxy of the object with the id at 1, over the connected socket at 2. At 3 is what it
 * has as `ssl`. */
static int adopt_socket(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri uri = {.object = NULL};
    const char *id = luaL_checkstring(L, 1);
    lua_Integer descriptor = luaL_checkinteger(L, 2);
    luaL_argcheck(L, descriptor >= 0 && descriptor <= INT_MAX, 2, "a descriptor is not negative");
    if (pyro_uri_make(&uri, PYRO_URI_PYRO, id, CONNECTED_SOCKET, NULL, 0, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    struct lproxy *proxy = lproxy_push(L, &uri);
    lencryption_push(L, 3, false);
    struct pyro_encryption encryption = lencryption_read(L, -1);
    lua_setiuservalue(L, -2, LPROXY_SSL);
    if (pyro_client_adopt(proxy->client, (int)descriptor, &encryption, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    return 1;
}

static int proxy_new(lua_State *L)
{
    const struct lproxy *original = lproxy_test(L, 1);
    lua_settop(L, 3);
    if (!lua_isnil(L, 2))
        return adopt_socket(L);
    if (original)
        return copy_proxy(L, lproxy_check(L, 1));
    lproxy_push_for(L, luri_check(L, 1));
    return 1;
}

static int proxy_gc(lua_State *L)
{
    lproxy_free(L, luaL_checkudata(L, 1, LPROXY_TYPE));
    return 0;
}

/* --- what Lua does with it --- */

static int proxy_eq(lua_State *L)
{
    struct lproxy *a = lproxy_test(L, 1), *b = lproxy_test(L, 2);
    lua_pushboolean(L, a && b && pyro_uri_equals(&a->uri, &b->uri));
    return 1;
}

static int proxy_tostring(lua_State *L)
{
    struct lproxy *proxy = lproxy_check(L, 1);
    luri_push_text(L, &proxy->uri);
    lua_pushfstring(L, "<pyro.Proxy at %p; %s; for %s>", lua_topointer(L, 1),
                    pyro_client_connected(proxy->client) ? "connected" : "not connected",
                    lua_tostring(L, -1));
    return 1;
}

static int proxy_release(lua_State *L)
{
    struct lproxy *proxy = luaL_checkudata(L, 1, LPROXY_TYPE);
    if (proxy->client)
        pyro_client_disconnect(proxy->client);
    return 0;
}

static int bind_done(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lproxy *proxy = lproxy_check(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    if (proxy->uri.protocol != PYRO_URI_PYRO) { /* now bound to the exact object */
        struct pyro_uri direct = {.object = NULL};
        if (pyro_uri_copy(&direct, pyro_client_uri(proxy->client), &err) != PYRO_OK)
            return lerror_raise(L, &err);
        pyro_uri_free(&proxy->uri);
        proxy->uri = direct;
        pyro_client_keep_uri(proxy->client);
    }
    lua_pushboolean(L, lua_toboolean(L, 2));
    return 1;
}

/* proxy:_pyroBind() -> whether a connection was made */
static int proxy_bind(lua_State *L)
{
    struct lproxy *proxy = lproxy_check(L, 1);
    lua_settop(L, 1);
    lua_pushboolean(L, !pyro_client_connected(proxy->client));
    return lconnect_proxy(L, 1, 0, bind_done);
}

/* --- remote names --- */

LUA_RAISES static struct lproxy *check_self(lua_State *L)
{
    struct lproxy *proxy = luserdata_test(L, 1, lua_upvalueindex(LMETHOD_TYPE));
    if (!proxy) {
        luaL_typeerror(L, 1, LPROXY_TYPE);
        return NULL; /* never */
    }
    lproxy_check_open(L, proxy);
    return proxy;
}

static int call_method(lua_State *L)
{
    const char *method = lua_tostring(L, lua_upvalueindex(LMETHOD_NAME));
    const struct lproxy *proxy = luserdata_test(L, 1, lua_upvalueindex(LMETHOD_TYPE));
    if (!proxy)
        return luaL_error(L, "a remote method is called with a colon: proxy:%s(…)", method);
    lproxy_check_open(L, proxy);
    return linvoke_call(L, method);
}

/* The methods that Python's operators call to get, set and delete `object[key]`. */
#define GET_ITEM "__getitem__"
#define SET_ITEM "__setitem__"
#define DELETE_ITEM "__delitem__"

/* Returns whether a name that is no member is the key of an item. */
static bool is_item(const struct lproxy *proxy, const char *name)
{
    if (name[0] == '_' && name[1] == '_')
        return false; /* it is what an operator calls */
    return (pyro_client_member(proxy->client, pyro_slice_text(GET_ITEM)) |
            pyro_client_member(proxy->client, pyro_slice_text(SET_ITEM))) &
           PYRO_METHOD;
}

static int get_item(lua_State *L)
{
    lua_settop(L, 2);
    return linvoke_call(L, GET_ITEM);
}

/* Sets an item; deletes the item where the value is nil, as in a table. */
static int set_item(lua_State *L)
{
    lua_settop(L, lua_isnil(L, 3) ? 2 : 3);
    return linvoke_call(L, lua_gettop(L) == 2 ? DELETE_ITEM : SET_ITEM);
}

static int proxy_len(lua_State *L)
{
    lproxy_check(L, 1);
    lua_settop(L, 1);
    return linvoke_call(L, "__len__");
}

/* Returns what the metadata says of the name at 2: bits of enum pyro_member. */
static unsigned member_named(lua_State *L, const struct lproxy *proxy)
{
    struct pyro_slice name;
    name.data = lua_tolstring(L, 2, &name.length);
    return pyro_client_member(proxy->client, name);
}

/* (struct pyro_certificate *) -> table */
static int push_certificate(lua_State *L)
{
    lcertificate_push(L, lua_touserdata(L, 1));
    return 1;
}

/* proxy:getpeercert() -> the server's certificate; nil on a plain connection */
static int proxy_certificate(lua_State *L)
{
    struct pyro_certificate *certificate = pyro_client_certificate(lproxy_check(L, 1)->client);
    lua_settop(L, 0);
    lua_pushcfunction(L, push_certificate);
    lua_pushlightuserdata(L, certificate);
    int status = lua_pcall(L, 1, 1, 0); /* there may be no memory for it */
    pyro_certificate_free(certificate);
    return status == LUA_OK ? 1 : lua_error(L);
}

/* The one name that a proxy has besides its fields. It goes before a remote member of that name:
 * no server may make up its own certificate. */
static bool is_certificate(const char *name)
{
    return strcmp(name, "getpeercert") == 0;
}

/* Looks up the name at 2, of a proxy whose metadata is known: a method, an attribute, or the key of
 * an item. */
static int index_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    const struct lproxy *proxy = lua_touserdata(L, 1); /* checked before */
    const char *name = lua_tostring(L, 2);
    unsigned member = member_named(L, proxy);
    lua_settop(L, 2);
    if (is_certificate(name)) {
        lua_pushcfunction(L, proxy_certificate);
        return 1;
    }
    if (member & PYRO_ATTRIBUTE)
        return linvoke_get(L);
    if (!(member & PYRO_METHOD) && proxy->runtime->core.config.METADATA)
        return is_item(proxy, name) ? get_item(L) : linvoke_no_member(L, proxy, name);
    luserdata_push_method(L, call_method);
    return 1;
}

static int proxy_index(lua_State *L)
{
    struct lproxy *proxy = check_self(L);
    if (lua_type(L, 2) != LUA_TSTRING)
        return get_item(L);
    const char *name = lua_tostring(L, 2);
    if (*name == '_' && lproxy_is_field(name))
        return lproxy_get_field(L) ? 1 : linvoke_no_member(L, proxy, name);
    if (pyro_client_has_metadata(proxy->client))
        return index_bound(L, LUA_OK, 0);
    if (!proxy->runtime->core.config.METADATA && !is_certificate(name)) {
        luserdata_push_method(L, call_method);
        return 1;
    }
    return lconnect_for_call(L, 1, 0, index_bound);
}

static int newindex_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    const struct lproxy *proxy = lua_touserdata(L, 1); /* checked before */
    const char *name = lua_tostring(L, 2);
    unsigned member = member_named(L, proxy);
    lua_settop(L, 3);
    if (member & PYRO_ATTRIBUTE)
        return linvoke_set(L);
    return !member && is_item(proxy, name) ? set_item(L) : linvoke_no_attribute(L, proxy, name);
}

static int proxy_newindex(lua_State *L)
{
    struct lproxy *proxy = lproxy_check(L, 1);
    if (lua_type(L, 2) != LUA_TSTRING)
        return set_item(L);
    if (lproxy_is_field(lua_tostring(L, 2)))
        return lproxy_set_field(L);
    if (pyro_client_has_metadata(proxy->client))
        return newindex_bound(L, LUA_OK, 0);
    return lconnect_for_call(L, 1, 0, newindex_bound);
}

/* core.socketpair() -> two descriptors */
static int socket_pair(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    int descriptors[2];
    if (pyro_socket_pair(descriptors, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_pushinteger(L, descriptors[0]);
    lua_pushinteger(L, descriptors[1]);
    return 2;
}

void lproxy_type_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__newindex", proxy_newindex},
                                       {"__len", proxy_len},
                                       {"__tostring", proxy_tostring},
                                       {"__eq", proxy_eq},
                                       {"__gc", proxy_gc},
                                       {"__close", proxy_release},
                                       {NULL, NULL}};
    static const luaL_Reg own[] = {
        {"_pyroBind", proxy_bind}, {"_pyroRelease", proxy_release}, {NULL, NULL}};
    luaL_newmetatable(L, LPROXY_TYPE);
    luaL_setfuncs(L, methods, 0);
    luserdata_index_methods(L, proxy_index);
    lua_setfield(L, -2, "proxy_type");
    luaL_newlib(L, own);
    lua_pushvalue(L, -1);
    lproxy_keep_methods(L);
    lua_setfield(L, -2, "proxy_methods");
    lua_pushcfunction(L, proxy_new);
    lua_setfield(L, -2, "new_proxy");
    lua_pushcfunction(L, socket_pair);
    lua_setfield(L, -2, "socketpair");
}
