#include "bind/lproxy.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/lcall.h"
#include "bind/lerror.h"
#include "bind/linvoke.h"
#include "bind/luri.h"

#define PROXY_TYPE "pyro.Proxy"

/* Registry key of the table of method functions: name -> function that calls that method. */
static const char methods_key = 0;

struct lproxy *lproxy_test(lua_State *L, int index)
{
    return luaL_testudata(L, index, PROXY_TYPE);
}

static struct lproxy *check_proxy(lua_State *L, int index)
{
    return luaL_checkudata(L, index, PROXY_TYPE);
}

struct lproxy *lproxy_push(lua_State *L, struct pyro_uri *uri)
{
    luri_push(L, uri); /* owns it until the proxy does */
    struct pyro_uri *owned = lua_touserdata(L, -1);
    struct lproxy *proxy = lua_newuserdatauv(L, sizeof(*proxy), 0);
    *proxy = (struct lproxy){.timeout = lruntime_of(L)->core.config.COMMTIMEOUT, .uri = *owned};
    *owned = (struct pyro_uri){.object = NULL};
    luaL_setmetatable(L, PROXY_TYPE);
    lua_remove(L, -2);
    return proxy;
}

void lproxy_push_client(lua_State *L, struct pyro_client *client)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri none = {.object = NULL};
    struct lcall *holder = lcall_push(L); /* frees the client should this fail */
    holder->located = client;
    struct lproxy *proxy = lproxy_push(L, &none);
    if (pyro_uri_copy(&proxy->uri, pyro_client_uri(client), &err) != PYRO_OK)
        lerror_raise(L, &err);
    proxy->client = client;
    holder->located = NULL;
    lua_remove(L, -2);
}

static int proxy_new(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri copy = {.object = NULL};
    lua_settop(L, 1);
    if (pyro_uri_copy(&copy, luri_check(L, 1), &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lproxy_push(L, &copy);
    return 1;
}

static int proxy_gc(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    pyro_client_free(proxy->client);
    proxy->client = NULL;
    pyro_uri_free(&proxy->uri);
    return 0;
}

static int proxy_eq(lua_State *L)
{
    struct lproxy *a = lproxy_test(L, 1), *b = lproxy_test(L, 2);
    lua_pushboolean(L, a && b && pyro_uri_equals(&a->uri, &b->uri));
    return 1;
}

static int proxy_tostring(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    bool connected = proxy->client && pyro_client_connected(proxy->client);
    luri_push_text(L, &proxy->uri);
    lua_pushfstring(L, "<pyro.Proxy at %p; %s; for %s>", lua_topointer(L, 1),
                    connected ? "connected" : "not connected", lua_tostring(L, -1));
    return 1;
}

static int proxy_release(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    if (proxy->client)
        pyro_client_disconnect(proxy->client);
    return 0;
}

/* --- the names that belong to the proxy itself --- */

static int bind_done(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lproxy *proxy = check_proxy(L, 1);
    struct pyro_error err = {.code = PYRO_OK};
    if (proxy->uri.protocol != PYRO_URI_PYRO) { /* now bound to the exact object */
        struct pyro_uri direct = {.object = NULL};
        if (pyro_uri_copy(&direct, pyro_client_uri(proxy->client), &err) != PYRO_OK)
            return lerror_raise(L, &err);
        pyro_uri_free(&proxy->uri);
        proxy->uri = direct;
    }
    lua_pushboolean(L, lua_toboolean(L, 2));
    return 1;
}

static int proxy_bind(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    bool connected = proxy->client && pyro_client_connected(proxy->client);
    lua_settop(L, 1);
    lua_pushboolean(L, !connected); /* whether a connection was made */
    return linvoke_bind(L, 1, 0, bind_done);
}

static const struct {
    const char *name;
    unsigned member;
} member_fields[] = {
    {"_pyroMethods", PYRO_METHOD}, {"_pyroOneway", PYRO_ONEWAY}, {"_pyroAttrs", PYRO_ATTRIBUTE}};

/* Which members the name lists; 0: it is no such name. */
static unsigned members_of(const char *name)
{
    for (size_t i = 0; i < PYRO_COUNT(member_fields); i++)
        if (strcmp(name, member_fields[i].name) == 0)
            return member_fields[i].member;
    return 0;
}

/* (proxy, name) -> list of members */
static int collect_members(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    unsigned member = members_of(lua_tostring(L, 2));
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *bits;
    lua_Integer count = 0;
    lua_newtable(L);
    while (proxy->client &&
           pyro_map_next(pyro_client_members(proxy->client), &cursor, &name, &bits)) {
        if (!((unsigned)(uintptr_t)bits & member))
            continue;
        lua_pushlstring(L, name.data, name.length);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static void push_uri(lua_State *L, const struct lproxy *proxy)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri copy = {.object = NULL};
    if (pyro_uri_copy(&copy, &proxy->uri, &err) != PYRO_OK)
        lerror_raise(L, &err);
    luri_push(L, &copy);
}

/* Pushes the value of a name that starts with an underscore. */
static int own_field(lua_State *L, const struct lproxy *proxy, const char *name)
{
    if (strcmp(name, "_pyroUri") == 0)
        push_uri(L, proxy);
    else if (strcmp(name, "_pyroTimeout") == 0)
        lua_pushnumber(L, proxy->timeout);
    else if (members_of(name))
        return lruntime_undisturbed(L, collect_members);
    else if (strcmp(name, "_pyroBind") == 0)
        lua_pushcfunction(L, proxy_bind);
    else if (strcmp(name, "_pyroRelease") == 0)
        lua_pushcfunction(L, proxy_release);
    else
        return linvoke_no_member(L, proxy, name);
    return 1;
}

static int set_own_field(lua_State *L, struct lproxy *proxy, const char *name)
{
    if (strcmp(name, "_pyroTimeout") != 0)
        return luaL_error(L, "'%s' of a proxy cannot be set", name);
    double seconds = lua_isnil(L, 3) ? 0 : luaL_checknumber(L, 3);
    luaL_argcheck(L, seconds >= 0, 3, "a timeout in seconds may not be negative");
    proxy->timeout = seconds;
    return 0;
}

/* --- remote names --- */

static int call_method(lua_State *L)
{
    const char *method = lua_tostring(L, lua_upvalueindex(1));
    if (!luaL_testudata(L, 1, PROXY_TYPE))
        return luaL_error(L, "a remote method is called with a colon: proxy:%s(…)", method);
    return linvoke_call(L, method);
}

/* Pushes the function that calls the method whose name is at `index`. */
static void push_method(lua_State *L, int index)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &methods_key);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushvalue(L, index);
        lua_pushcclosure(L, call_method, 1);
        lua_pushvalue(L, index);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
}

/* The metadata is known: is the name at 2 a method or an attribute? */
static int index_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lproxy *proxy = check_proxy(L, 1);
    size_t length;
    const char *name = lua_tolstring(L, 2, &length);
    unsigned member = pyro_client_member(proxy->client, pyro_slice(name, length));
    lua_settop(L, 2);
    if (member & PYRO_ATTRIBUTE)
        return linvoke_get(L);
    if (!(member & PYRO_METHOD) && lruntime_of(L)->core.config.METADATA)
        return linvoke_no_member(L, proxy, name);
    push_method(L, 2);
    return 1;
}

static int proxy_index(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    const char *name = luaL_checkstring(L, 2);
    if (*name == '_')
        return own_field(L, proxy, name);
    if (proxy->client && pyro_client_described(proxy->client))
        return index_bound(L, LUA_OK, 0);
    if (!lruntime_of(L)->core.config.METADATA) {
        push_method(L, 2);
        return 1;
    }
    return linvoke_bind(L, 1, 0, index_bound);
}

static int newindex_bound(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct lproxy *proxy = check_proxy(L, 1);
    size_t length;
    const char *name = lua_tolstring(L, 2, &length);
    lua_settop(L, 3);
    if (!(pyro_client_member(proxy->client, pyro_slice(name, length)) & PYRO_ATTRIBUTE))
        return linvoke_no_member(L, proxy, name);
    return linvoke_set(L);
}

static int proxy_newindex(lua_State *L)
{
    struct lproxy *proxy = check_proxy(L, 1);
    const char *name = luaL_checkstring(L, 2);
    if (*name == '_')
        return set_own_field(L, proxy, name);
    if (proxy->client && pyro_client_described(proxy->client))
        return newindex_bound(L, LUA_OK, 0);
    return linvoke_bind(L, 1, 0, newindex_bound);
}

void lproxy_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__index", proxy_index},
                                       {"__newindex", proxy_newindex},
                                       {"__tostring", proxy_tostring},
                                       {"__eq", proxy_eq},
                                       {"__gc", proxy_gc},
                                       {"__close", proxy_release},
                                       {NULL, NULL}};
    luaL_newmetatable(L, PROXY_TYPE);
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &methods_key);
    lua_pushcfunction(L, proxy_new);
    lua_setfield(L, -2, "proxy");
}
