#include "bind/message/lconnection.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lweak.h"
#include "bind/base/marks.h"
#include "bind/message/lcertificate.h"
#include "bind/task/lruntime.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"

#define CONNECTION_TYPE "pyro.Connection"

/* Registry keys of tables that map connections (light userdata) to their userdata: of all, weakly;
 * of those that something is kept for, as long as they are open. */
static const char connections_key = 0;
static const char kept_key = 0;

/* User values: the set of tracked resources, the table of instances. */
enum { RESOURCES = 1, INSTANCES, USER_VALUES = INSTANCES };

struct lconnection {
    struct pyro_connection *connection; /* held */
};

LUA_RAISES static struct pyro_connection *check_connection(lua_State *L)
{
    struct lconnection *self = luaL_checkudata(L, 1, CONNECTION_TYPE);
    return self->connection;
}

void lconnection_push(lua_State *L, struct pyro_connection *connection)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &connections_key);
    if (lua_rawgetp(L, -1, connection) == LUA_TNIL) {
        lua_pop(L, 1);
        struct lconnection *self = lua_newuserdatauv(L, sizeof(*self), USER_VALUES);
        self->connection = connection;
        pyro_connection_retain(connection);
        luaL_setmetatable(L, CONNECTION_TYPE);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -3, connection);
    }
    lua_remove(L, -2);
}

/* Gives the userdata at `index` the table at the top as a user value, which keeps the userdata
 * alive until the connection is closed. */
LUA_RAISES static void keep(lua_State *L, int index, int value)
{
    struct lconnection *self = lua_touserdata(L, index);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, value);
    if (pyro_connection_closed(self->connection))
        return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key);
    lua_pushvalue(L, index);
    lua_rawsetp(L, -2, self->connection);
    lua_pop(L, 1);
}

void lconnection_push_resources(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_checkudata(L, index, CONNECTION_TYPE);
    if (lua_getiuservalue(L, index, RESOURCES) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    keep(L, index, RESOURCES);
}

bool lconnection_closed(lua_State *L, int index)
{
    const struct lconnection *self = lua_touserdata(L, index);
    return pyro_connection_closed(self->connection);
}

void lconnection_push_instances(lua_State *L, struct pyro_connection *connection)
{
    lconnection_push(L, connection);
    if (lua_getiuservalue(L, -1, INSTANCES) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        keep(L, lua_gettop(L) - 1, INSTANCES);
    }
    lua_remove(L, -2);
}

bool lconnection_depart(lua_State *L, struct pyro_connection *connection)
{
    PYRO_ASSERT(pyro_connection_closed(connection));
    lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key);
    bool kept = lua_rawgetp(L, -1, connection) == LUA_TUSERDATA;
    lua_pushnil(L);
    lua_rawsetp(L, -3, connection);
    lua_remove(L, -2);
    if (kept) {
        lua_pushnil(L);
        lua_setiuservalue(L, -2, INSTANCES);
        if (lua_getiuservalue(L, -1, RESOURCES) == LUA_TTABLE)
            return true;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return false;
}

static int connection_gc(lua_State *L)
{
    struct lconnection *self = lua_touserdata(L, 1);
    pyro_connection_release(self->connection);
    return 0;
}

static int connection_close(lua_State *L)
{
    pyro_connection_close(check_connection(L));
    return 0;
}

/* connection:getpeercert() -> the client's certificate, or nil */
static int connection_certificate(lua_State *L)
{
    lcertificate_push(L, pyro_connection_certificate(check_connection(L)));
    return 1;
}

static int connection_tostring(lua_State *L)
{
    struct pyro_connection *connection = check_connection(L);
    lua_pushfstring(L, "<pyro.Connection at %p; %s; from %s>", (void *)connection,
                    pyro_connection_closed(connection) ? "closed" : "open",
                    pyro_connection_peer(connection));
    return 1;
}

/* Pushes the data that the client sent in its handshake; nil where they were not kept. */
LUA_RUNS static void push_handshake(lua_State *L, const struct pyro_connection *connection)
{
    const struct pyro_value *data = pyro_connection_greeting(connection);
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    int top = lua_gettop(L);
    if (!data) {
        lua_pushnil(L);
        return;
    }
    lbuilder_init(&builder, L, false, &err);
    if (pyro_value_put(data, &builder.sink) != PYRO_OK)
        lbuilder_raise(L, top, &builder.sink);
}

/* Fields: `address`, `closed`, `handshake`, `hmac`, `subject`, `tracked_resources`; and the methods
 * close() and getpeercert(). */
static int connection_index(lua_State *L)
{
    struct pyro_connection *connection = check_connection(L);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "address") == 0)
        lua_pushstring(L, pyro_connection_peer(connection));
    else if (strcmp(name, "closed") == 0)
        lua_pushboolean(L, pyro_connection_closed(connection));
    else if (strcmp(name, "handshake") == 0)
        push_handshake(L, connection);
    else if (strcmp(name, "hmac") == 0)
        lua_pushboolean(L, pyro_connection_identity(connection)->keyed);
    else if (strcmp(name, "subject") == 0)
        lua_pushstring(L, pyro_connection_identity(connection)->subject);
    else if (strcmp(name, "tracked_resources") == 0)
        lconnection_push_resources(L, 1);
    else if (strcmp(name, "close") == 0)
        lua_pushcfunction(L, connection_close);
    else if (strcmp(name, "getpeercert") == 0)
        lua_pushcfunction(L, connection_certificate);
    else
        lua_pushnil(L);
    return 1;
}

void lconnection_open(lua_State *L)
{
    static const luaL_Reg metamethods[] = {{"__gc", connection_gc},
                                           {"__tostring", connection_tostring},
                                           {"__index", connection_index},
                                           {NULL, NULL}};
    lweak_push_table(L, "v");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &connections_key);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &kept_key);
    luaL_newmetatable(L, CONNECTION_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    lua_pop(L, 1);
}
