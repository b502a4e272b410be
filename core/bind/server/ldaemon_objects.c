#include "bind/server/ldaemon_objects.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/lundisturbed.h"
#include "bind/base/marks.h"
#include "bind/server/ldaemon_state.h"
#include "bind/server/lobject.h"
#include "bind/server/lserve.h"
#include "bind/value/lproxy.h"
#include "bind/value/luri.h"

/* Pushes the id that the value at `index` names: a registered object or an id. */
LUA_RUNS static const char *push_id(lua_State *L, int index, struct ldaemon *self)
{
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushvalue(L, index);
        return lua_tostring(L, -1);
    }
    const struct lserved *object = lua_istable(L, index) ? lserved_of(L, index) : NULL;
    if (!object || object->daemon != self->daemon) {
        lerror_push(L, "DaemonError", "object isn't registered in this daemon");
        lua_error(L);
        return NULL;
    }
    return lua_pushstring(L, object->id);
}

LUA_RUNS static int push_uri_of(lua_State *L, struct ldaemon *self, const char *id, bool nat)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri uri = {.object = NULL};
    if (pyro_daemon_uri(self->daemon, id, nat, &uri, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    luri_push(L, &uri);
    return 1;
}

/* Returns the option of that name in the table at 4; instead of a table, the option force itself
 * may be there. */
LUA_RUNS static bool register_option(lua_State *L, const char *name)
{
    if (!lua_istable(L, 4))
        return lua_toboolean(L, 4) && strcmp(name, "force") == 0;
    if (lua_getfield(L, 4, name) != LUA_TNIL && !lua_isboolean(L, -1))
        luaL_error(L, "option '%s' must be a boolean", name);
    bool set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return set;
}

LUA_RUNS static void check_register_options(lua_State *L)
{
    if (!lua_istable(L, 4)) {
        if (!lua_isnoneornil(L, 4) && !lua_isboolean(L, 4))
            luaL_typeerror(L, 4, "boolean or table of options");
        return;
    }
    for (lua_pushnil(L); lua_next(L, 4); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        if (strcmp(name, "force") != 0 && strcmp(name, "weak") != 0)
            luaL_error(L, "unknown option '%s' (known: force weak)", luaL_tolstring(L, -2, NULL));
    }
}

/* daemon:register(object, [id], [options, or force]) -> URI. To prepare and to push may run
 * finalizers, which may do anything. */
static int objects_register(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    struct pyro_error err = {.code = PYRO_OK};
    if (!lua_istable(L, 2))
        luaL_typeerror(L, 2, "table (an object or class)");
    const char *id = luaL_optstring(L, 3, NULL);
    check_register_options(L);
    bool force = register_option(L, "force");
    struct lobject *object = lobject_prepare(L, 2, register_option(L, "weak"), &lserve_ops);
    if (lobject_register(L, object, self->daemon, id, force, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    return push_uri_of(L, self, object->served.id, true);
}

static int objects_unregister(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    size_t length;
    push_id(L, 2, self);
    const char *id = lua_tolstring(L, -1, &length);
    pyro_daemon_unregister(self->daemon, pyro_slice(id, length));
    return 0;
}

/* daemon:uriFor(objectOrId, [nat = true]) */
static int objects_uri_for(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    bool nat = lua_isnoneornil(L, 3) || lua_toboolean(L, 3);
    return push_uri_of(L, self, push_id(L, 2, self), nat);
}

/* daemon:proxyFor(objectOrId, [nat = true]) */
static int objects_proxy_for(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    bool nat = lua_isnoneornil(L, 3) || lua_toboolean(L, 3);
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri uri = {.object = NULL};
    const char *id = push_id(L, 2, self);
    if (!pyro_daemon_find(self->daemon, pyro_slice_text(id))) {
        lerror_push(L, "DaemonError", "object isn't registered in this daemon");
        return lua_error(L);
    }
    if (pyro_daemon_uri(self->daemon, id, nat, &uri, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lproxy_push(L, &uri);
    return 1;
}

/* daemon:resetMetadataCache(objectOrId): proxies that travel in the object's place will carry its
 * members as they are now. */
static int objects_reset_metadata(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    const char *id = push_id(L, 2, self);
    struct pyro_object *object = pyro_daemon_find(self->daemon, pyro_slice_text(id));
    struct lserved *served = object ? lobject_served(object) : NULL;
    if (served)
        served->described = false;
    return 0;
}

/* Pushes the table of all objects by id. */
static int push_objects(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice id;
    void *object;
    lua_newtable(L);
    while (pyro_map_next(pyro_daemon_objects(self->daemon), &cursor, &id, &object)) {
        lua_pushlstring(L, id.data, id.length);
        if (!lobject_push(L, object))
            lua_pushboolean(L, true);
        lua_rawset(L, -3);
    }
    return 1;
}

/* daemon:objectsById() -> table of id -> object (true for those that are no Lua tables) */
static int objects_by_id(lua_State *L)
{
    return lundisturbed_call(L, push_objects);
}

void ldaemon_objects_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"register", objects_register},
                                       {"unregister", objects_unregister},
                                       {"uriFor", objects_uri_for},
                                       {"proxyFor", objects_proxy_for},
                                       {"resetMetadataCache", objects_reset_metadata},
                                       {"objectsById", objects_by_id},
                                       {NULL, NULL}};
    luaL_setfuncs(L, methods, 0);
}
