#include "bind/lconnection.h"

#include <lauxlib.h>
#include <string.h>

#define CONNECTION_TYPE "pyro.Connection"

/* Registry key of the table that maps connections (light userdata) to their userdata, weakly. */
static const char connections_key = 0;

#define RESOURCES 1 /* the user value that is the set of tracked resources */

struct lconnection {
    struct pyro_connection *connection; /* held */
};

static struct pyro_connection *check_connection(lua_State *L)
{
    struct lconnection *self = luaL_checkudata(L, 1, CONNECTION_TYPE);
    return self->connection;
}

void lconnection_push(lua_State *L, struct pyro_connection *connection)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &connections_key);
    if (lua_rawgetp(L, -1, connection) == LUA_TNIL) {
        lua_pop(L, 1);
        struct lconnection *self = lua_newuserdatauv(L, sizeof(*self), RESOURCES);
        self->connection = connection;
        pyro_connection_hold(connection);
        luaL_setmetatable(L, CONNECTION_TYPE);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, -3, connection);
    }
    lua_remove(L, -2);
}

/* A table with weak keys: what is tracked shall not live on for that. */
static void push_weak_set(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

void lconnection_push_resources(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_checkudata(L, index, CONNECTION_TYPE);
    if (lua_getiuservalue(L, index, RESOURCES) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    push_weak_set(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, RESOURCES);
}

static int connection_gc(lua_State *L)
{
    struct lconnection *self = lua_touserdata(L, 1);
    pyro_connection_drop(self->connection);
    return 0;
}

static int connection_close(lua_State *L)
{
    pyro_connection_close(check_connection(L));
    return 0;
}

static int connection_tostring(lua_State *L)
{
    struct pyro_connection *connection = check_connection(L);
    lua_pushfstring(L, "<pyro.Connection at %p; %s; from %s>", (void *)connection,
                    pyro_connection_closed(connection) ? "closed" : "open",
                    pyro_connection_peer(connection));
    return 1;
}

/* Fields: `address`, `closed`; and the method close(). */
static int connection_index(lua_State *L)
{
    struct pyro_connection *connection = check_connection(L);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "address") == 0)
        lua_pushstring(L, pyro_connection_peer(connection));
    else if (strcmp(name, "closed") == 0)
        lua_pushboolean(L, pyro_connection_closed(connection));
    else if (strcmp(name, "close") == 0)
        lua_pushcfunction(L, connection_close);
    else
        lua_pushnil(L);
    return 1;
}

void lconnection_open(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &connections_key);
    static const luaL_Reg metamethods[] = {{"__gc", connection_gc},
                                           {"__tostring", connection_tostring},
                                           {"__index", connection_index},
                                           {NULL, NULL}};
    luaL_newmetatable(L, CONNECTION_TYPE);
    luaL_setfuncs(L, metamethods, 0);
    lua_pop(L, 1);
}
