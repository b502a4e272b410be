/* The fields of proxies: a table of names, each with a getter and a setter. The lists of members
 * are three more, which one function serves; methods come from the Lua side. Setting handshake data
 * runs Lua; nothing here waits. */
#include "bind/client/lproxy_fields.h"
#include "base/serializer.h"
#include "bind/base/marks.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/lhmac.h"
#include "bind/base/lundisturbed.h"
#include "bind/message/lencryption.h"
#include "bind/value/lproxy.h"
#include "bind/value/luri.h"
#include "rpc/client_key.h"
#include "rpc/members.h"

/* The beginning of the names that belong to a proxy itself. */
#define OWN "_pyro"

static const char methods_key = 0; /* its address is the registry key of the table of methods */

/* --- each field: the proxy is at 1, and the value that the field is set to at 3 --- */

LUA_RUNS static int get_uri(lua_State *L, struct lproxy *proxy)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri copy = {.object = NULL};
    if (pyro_uri_copy(&copy, &proxy->uri, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    luri_push(L, &copy);
    return 1;
}

static int get_connection(lua_State *L, struct lproxy *proxy)
{
    lua_pushboolean(L, pyro_client_connected(proxy->client));
    return 1;
}

static int get_timeout(lua_State *L, struct lproxy *proxy)
{
    lua_pushnumber(L, proxy->timeout);
    return 1;
}

/* Raises that a field is what `wanted` says, not what it was to become. */
LUA_RUNS static int refuse(lua_State *L, const char *wanted)
{
    return luaL_error(L, "%s, not %s", wanted, luaL_tolstring(L, 3, NULL));
}

LUA_RUNS static int set_timeout(lua_State *L, struct lproxy *proxy)
{
    int is_number = 1;
    double seconds = lua_isnil(L, 3) ? 0 : lua_tonumberx(L, 3, &is_number);
    if (!is_number || !(seconds >= 0))
        return refuse(L, "a timeout is a number of seconds, 0 (none) or more");
    proxy->timeout = seconds;
    return 0;
}

static int get_retries(lua_State *L, struct lproxy *proxy)
{
    lua_pushinteger(L, proxy->retries);
    return 1;
}

LUA_RUNS static int set_retries(lua_State *L, struct lproxy *proxy)
{
    int is_integer;
    lua_Integer retries = lua_tointegerx(L, 3, &is_integer);
    if (!is_integer || retries < 0)
        return refuse(L, "a number of retries is an integer, 0 or more");
    proxy->retries = retries;
    return 0;
}

/* Pushes the protocol that was chosen, or else is spoken; nil before the first connection. */
static int get_protocol(lua_State *L, struct lproxy *proxy)
{
    const struct pyro_protocol *protocol = pyro_client_protocol(proxy->client);
    if (proxy->version)
        lua_pushinteger(L, proxy->version);
    else if (protocol)
        lua_pushinteger(L, protocol->version);
    else
        lua_pushnil(L);
    return 1;
}

LUA_RUNS static int set_protocol(lua_State *L, struct lproxy *proxy)
{
    int is_integer = 1;
    lua_Integer version = lua_isnil(L, 3) ? 0 : lua_tointegerx(L, 3, &is_integer);
    if (!is_integer || version < 0 || (version && !pyro_protocol_find((unsigned)version)))
        return refuse(L, "a protocol is 48 (Pyro4) or 502 (Pyro5), or nil for the server's");
    proxy->version = (unsigned)version;
    return 0;
}

LUA_RAISES static int get_serializer(lua_State *L, struct lproxy *proxy)
{
    if (proxy->serializer)
        lua_pushstring(L, pyro_serializer_name(proxy->serializer));
    else
        lua_pushnil(L);
    return 1;
}

LUA_RUNS static int set_serializer(lua_State *L, struct lproxy *proxy)
{
    enum pyro_serializer serializer = PYRO_SERIALIZER_UNKNOWN;
    struct pyro_error err = {.code = PYRO_OK};
    if (!lua_isnil(L, 3)) {
        const char *name = luaL_tolstring(L, 3, NULL);
        serializer = pyro_serializer_find(pyro_slice_text(name));
        if (!serializer)
            return luaL_error(L, "'%s' is no serializer (" PYRO_SERIALIZER_NAMES ")", name);
        if (pyro_client_set_serializer(proxy->client, serializer, &err) != PYRO_OK)
            return lerror_raise(L, &err);
    }
    proxy->serializer = serializer;
    return 0;
}

LUA_RAISES static int get_hmac_key(lua_State *L, struct lproxy *proxy)
{
    lhmac_push(L, pyro_client_key(proxy->client));
    return 1;
}

LUA_RAISES static int set_hmac_key(lua_State *L, struct lproxy *proxy)
{
    struct pyro_hmac_key *key = lhmac_read(L, 3);
    pyro_client_set_key(proxy->client, key);
    pyro_hmac_key_release(key);
    return 0;
}

LUA_RAISES static int get_handshake(lua_State *L, struct lproxy *proxy)
{
    (void)proxy;
    lproxy_push_handshake(L, 1);
    return 1;
}

LUA_RUNS static int set_handshake(lua_State *L, struct lproxy *proxy)
{
    (void)proxy;
    lua_settop(L, 3);
    lproxy_set_handshake(L, 1);
    return 0;
}

static int get_validator(lua_State *L, struct lproxy *proxy)
{
    (void)proxy;
    lua_getiuservalue(L, 1, LPROXY_VALIDATE);
    return 1;
}

LUA_RUNS static int set_validator(lua_State *L, struct lproxy *proxy)
{
    (void)proxy;
    if (!lua_isnil(L, 3) && !lua_isfunction(L, 3))
        return refuse(L, "validateHandshake is a function or nil");
    lua_settop(L, 3);
    lua_setiuservalue(L, 1, LPROXY_VALIDATE);
    return 0;
}

LUA_RUNS static int get_ssl(lua_State *L, struct lproxy *proxy)
{
    (void)proxy;
    lua_getiuservalue(L, 1, LPROXY_SSL);
    lencryption_push(L, -1, false);
    return 1;
}

LUA_RUNS static int set_ssl(lua_State *L, struct lproxy *proxy)
{
    (void)proxy;
    lencryption_push(L, 3, false);
    lua_setiuservalue(L, 1, LPROXY_SSL);
    return 0;
}

/* --- the names of members --- */

static const struct member_field {
    const char *name;
    unsigned member;
} member_fields[] = {
    {"_pyroMethods", PYRO_METHOD}, {"_pyroOneway", PYRO_ONEWAY}, {"_pyroAttrs", PYRO_ATTRIBUTE}};

/* Returns which members a field lists; 0 where the name is no such field. */
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
    struct lproxy *proxy = lproxy_check(L, 1);
    unsigned member = members_of(lua_tostring(L, 2));
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *bits;
    lua_Integer count = 0;
    lua_newtable(L);
    while (pyro_map_next(pyro_client_members(proxy->client), &cursor, &name, &bits)) {
        if (!((unsigned)(uintptr_t)bits & member))
            continue;
        lua_pushlstring(L, name.data, name.length);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* Makes the names in the list at 3 all members of that kind. */
LUA_RAISES static int set_members(lua_State *L, struct lproxy *proxy, unsigned member)
{
    luaL_checktype(L, 3, LUA_TTABLE);
    pyro_client_forget_members(proxy->client, member);
    for (lua_Integer i = 1; lua_rawgeti(L, 3, i) != LUA_TNIL; i++) {
        struct pyro_slice name;
        name.data = luaL_checklstring(L, -1, &name.length);
        if (!pyro_client_add_member(proxy->client, name, member))
            return luaL_error(L, "not enough memory");
        lua_pop(L, 1);
    }
    return 0;
}

/* --- all of them --- */

static const struct field {
    const char *name;
    int (*get)(lua_State *L, struct lproxy *proxy);
    int (*set)(lua_State *L, struct lproxy *proxy); /* NULL: it cannot be set */
} fields[] = {
    {"_pyroUri", get_uri, NULL},
    {"_pyroConnection", get_connection, NULL},
    {"_pyroTimeout", get_timeout, set_timeout},
    {"_pyroMaxRetries", get_retries, set_retries},
    {"_pyroProtocol", get_protocol, set_protocol},
    {"_pyroSerializer", get_serializer, set_serializer},
    {"_pyroHmacKey", get_hmac_key, set_hmac_key},
    {"_pyroHandshake", get_handshake, set_handshake},
    {"_pyroValidateHandshake", get_validator, set_validator},
    {"_pyroSsl", get_ssl, set_ssl},
};

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < PYRO_COUNT(fields); i++)
        if (strcmp(name, fields[i].name) == 0)
            return &fields[i];
    return NULL;
}

bool lproxy_is_field(const char *name)
{
    return strncmp(name, OWN, sizeof(OWN) - 1) == 0;
}

int lproxy_get_field(lua_State *L)
{
    struct lproxy *proxy = lproxy_check(L, 1);
    const char *name = lua_tostring(L, 2);
    const struct field *field = find_field(name);
    if (field)
        return field->get(L, proxy);
    if (members_of(name))
        return lundisturbed_call(L, collect_members);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &methods_key);
    return lua_getfield(L, -1, name) != LUA_TNIL ? 1 : 0;
}

int lproxy_set_field(lua_State *L)
{
    struct lproxy *proxy = lproxy_check(L, 1);
    const char *name = lua_tostring(L, 2);
    const struct field *field = find_field(name);
    unsigned member = members_of(name);
    if (member)
        return set_members(L, proxy, member);
    if (!field || !field->set)
        return luaL_error(L, "'%s' of a proxy cannot be set", name);
    return field->set(L, proxy);
}

void lproxy_keep_methods(lua_State *L)
{
    lua_rawsetp(L, LUA_REGISTRYINDEX, &methods_key);
}
