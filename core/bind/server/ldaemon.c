#include "bind/server/ldaemon.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/lundisturbed.h"
#include "bind/server/lhooks.h"
#include "bind/server/lobject.h"
#include "bind/server/lserve.h"
#include "bind/task/lattend.h"
#include "bind/task/lloop.h"
#include "bind/task/lruntime.h"
#include "bind/value/lproxy.h"
#include "bind/value/luri.h"
#include "naming/nameserver.h"

#define DAEMON_TYPE "pyro.Daemon"

struct ldaemon {
    struct pyro_daemon *daemon;         /* NULL once closed */
    struct pyro_nameserver *nameserver; /* which then owns the daemon; else NULL */
    struct lloops loops;
    struct lhooks hooks;
};

static struct ldaemon *check_any(lua_State *L)
{
    return luaL_checkudata(L, 1, DAEMON_TYPE);
}

static struct ldaemon *check_daemon(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    if (!self->daemon) {
        lerror_push(L, "DaemonError", "the daemon is closed");
        lua_error(L);
    }
    return self;
}

/* --- opening --- */

static const char *optional_text(lua_State *L, const char *name)
{
    int type = lua_getfield(L, 1, name);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "option '%s' must be a string", name);
    const char *text = lua_tostring(L, -1); /* stays on the stack */
    if (text && strlen(text) != lua_rawlen(L, -1))
        luaL_error(L, "option '%s' may not contain a zero byte", name);
    return text;
}

static int optional_port(lua_State *L, const char *name, int otherwise)
{
    int isnum;
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return otherwise;
    lua_Integer port = lua_tointegerx(L, -1, &isnum);
    if (!isnum || port < 0 || port > 65535)
        luaL_error(L, "option '%s' must be a port (0 to 65535)", name);
    return (int)port;
}

static int optional_descriptor(lua_State *L, const char *name)
{
    int isnum;
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return -1;
    lua_Integer descriptor = lua_tointegerx(L, -1, &isnum);
    if (!isnum || descriptor < 0 || descriptor > INT_MAX)
        luaL_error(L, "option '%s' must be the descriptor of a socket", name);
    return (int)descriptor;
}

static struct pyro_daemon_options read_options(lua_State *L, uint16_t port)
{
    struct pyro_daemon_options options;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkstack(L, 10, NULL);
    options.host = optional_text(L, "host");
    options.port = (uint16_t)optional_port(L, "port", port);
    options.unixsocket = optional_text(L, "unixsocket");
    options.nathost = optional_text(L, "nathost");
    options.natport = optional_port(L, "natport", -1);
    options.connected_socket = optional_descriptor(L, "connected_socket");
    options.listening_socket = optional_descriptor(L, "listening_socket");
    return options;
}

/* An open daemon lives on, even where no variable of the program holds it: what is at the top. */
static void anchor(lua_State *L, struct ldaemon *self)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
}

static void let_go(lua_State *L, struct ldaemon *self)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self); /* raises nothing: it only clears a field */
}

/* The connected socket is closed: nothing comes any more that a forgotten daemon could serve. */
static void on_ended(struct lhooks *hooks)
{
    struct ldaemon *self = PYRO_CONTAINER(hooks, struct ldaemon, hooks);
    lua_State *L = hooks->runtime->from;
    lloops_stop(L, &self->loops);
    if (lua_checkstack(L, 1))
        let_go(L, self);
}

static struct ldaemon *push_closed(lua_State *L)
{
    struct ldaemon *self = lua_newuserdatauv(L, sizeof(*self), 1);
    *self = (struct ldaemon){.daemon = NULL};
    lloops_init(&self->loops);
    luaL_setmetatable(L, DAEMON_TYPE);
    return self;
}

static int daemon_new(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_daemon_options options = read_options(L, 0);
    struct ldaemon *self = push_closed(L);
    self->daemon = pyro_daemon_new(&lruntime_of(L)->core, &options, &err);
    if (!self->daemon)
        return lerror_raise(L, &err);
    lhooks_attach(L, &self->hooks, self->daemon, on_ended);
    anchor(L, self);
    return 1;
}

/* core.new_nameserver{host, port, …, storage} */
static int nameserver_new(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lruntime *runtime = lruntime_of(L);
    struct pyro_daemon_options options = read_options(L, (uint16_t)runtime->core.config.NS_PORT);
    const char *storage = optional_text(L, "storage");
    struct ldaemon *self = push_closed(L);
    self->nameserver =
        pyro_nameserver_new(&runtime->core, &options, storage ? storage : "memory", &err);
    if (!self->nameserver)
        return lerror_raise(L, &err);
    self->daemon = pyro_nameserver_daemon(self->nameserver);
    lhooks_attach(L, &self->hooks, self->daemon, on_ended);
    anchor(L, self);
    return 1;
}

/* nameserver:broadcast{bchost=, bcport=} -> the responder's location */
static int nameserver_broadcast(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
    struct pyro_error err = {.code = PYRO_OK};
    luaL_argcheck(L, self->nameserver, 1, "not a name server's daemon");
    lua_rotate(L, 1, 1); /* the options come first for optional_…() */
    const char *host = optional_text(L, "bchost");
    int port = optional_port(L, "bcport", -1);
    if (pyro_nameserver_broadcast(self->nameserver, host, port, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_pushstring(L, pyro_nameserver_broadcast_location(self->nameserver));
    return 1;
}

/* --- closing --- */

static void close_daemon(struct ldaemon *self)
{
    struct pyro_daemon *daemon = self->daemon;
    struct pyro_nameserver *nameserver = self->nameserver;
    self->daemon = NULL;
    self->nameserver = NULL;
    if (nameserver)
        pyro_nameserver_free(nameserver);
    else
        pyro_daemon_free(daemon);
}

static int daemon_gc(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    self->hooks.set[LHOOKS_DISCONNECT] = false; /* the state ends: nobody can be told */
    close_daemon(self);
    return 0;
}

static int daemon_close(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    lloops_stop(L, &self->loops);
    if (self->daemon)
        close_daemon(self);
    let_go(L, self);
    return 0;
}

/* Ends the request loops; they close the daemon. Whoever calls this may be a served method: its
 * answer still leaves. */
static int daemon_shutdown(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    if (self->loops.attended == 0)
        return daemon_close(L);
    lloops_stop(L, &self->loops);
    return 0;
}

/* core.attend(daemon) -> a request loop that is on, to be closed */
static int daemon_attend(lua_State *L)
{
    lattend_push(L, 1, &check_daemon(L)->loops);
    return 1;
}

/* core.drain(daemon): nothing new is served; waits until what is served is answered, or GRACE_TIME
 * is over. */
static int daemon_drain(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    if (self->nameserver)
        pyro_nameserver_drain(self->nameserver);
    else if (self->daemon)
        pyro_daemon_drain(self->daemon);
    if (!self->daemon || pyro_daemon_connections(self->daemon) == 0)
        return 0;
    lua_settop(L, 1);
    return lloops_drain(L, &self->loops);
}

/* daemon:wait([seconds]): serves until shutdown or a signal (true), or the time is over (false). */
static int daemon_wait(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
    double seconds = luaL_optnumber(L, 2, -1);
    lua_settop(L, 1);
    return lloops_wait(L, &self->loops, seconds);
}

/* --- objects --- */

/* Pushes the id that the value at `index` names: a registered object or an id. */
static const char *push_id(lua_State *L, int index, struct ldaemon *self)
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

static int push_uri_of(lua_State *L, struct ldaemon *self, const char *id, bool nat)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri uri = {.object = NULL};
    if (pyro_daemon_uri(self->daemon, id, nat, &uri, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    luri_push(L, &uri);
    return 1;
}

/* The option of that name in the table at 4, or, instead of the table, the option force itself. */
static bool register_option(lua_State *L, const char *name)
{
    if (!lua_istable(L, 4))
        return lua_toboolean(L, 4) && strcmp(name, "force") == 0;
    if (lua_getfield(L, 4, name) != LUA_TNIL && !lua_isboolean(L, -1))
        luaL_error(L, "option '%s' must be a boolean", name);
    bool set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return set;
}

static void check_register_options(lua_State *L)
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
static int daemon_register(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
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

static int daemon_unregister(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
    size_t length;
    push_id(L, 2, self);
    const char *id = lua_tolstring(L, -1, &length);
    pyro_daemon_unregister(self->daemon, pyro_slice(id, length));
    return 0;
}

/* daemon:uriFor(objectOrId, [nat = true]) */
static int daemon_uri_for(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
    bool nat = lua_isnoneornil(L, 3) || lua_toboolean(L, 3);
    return push_uri_of(L, self, push_id(L, 2, self), nat);
}

/* daemon:proxyFor(objectOrId, [nat = true]) */
static int daemon_proxy_for(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
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

/* daemon:resetMetadataCache(objectOrId): proxies that travel in its place know of changes then */
static int daemon_reset_metadata(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
    const char *id = push_id(L, 2, self);
    struct pyro_object *object = pyro_daemon_find(self->daemon, pyro_slice_text(id));
    struct lserved *served = object ? lobject_served(object) : NULL;
    if (served)
        served->described = false;
    return 0;
}

static int collect_objects(lua_State *L)
{
    struct ldaemon *self = check_daemon(L);
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
static int daemon_objects(lua_State *L)
{
    return lundisturbed_call(L, collect_objects);
}

static int daemon_tostring(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    if (!self->daemon)
        lua_pushfstring(L, "<pyro.Daemon at %p; closed>", (void *)self);
    else
        lua_pushfstring(L, "<pyro.Daemon at %p; %s; %d objects>", (void *)self,
                        pyro_daemon_location(self->daemon),
                        (int)pyro_map_count(pyro_daemon_objects(self->daemon)));
    return 1;
}

/* Fields; all else is looked up among the methods, the first upvalue. */
static int daemon_index(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "locationStr") == 0)
        lua_pushstring(L, pyro_daemon_location(check_daemon(L)->daemon));
    else if (strcmp(name, "natLocationStr") == 0)
        lua_pushstring(L, pyro_daemon_nat_location(check_daemon(L)->daemon));
    else if (strcmp(name, "address") == 0)
        lua_pushstring(L, pyro_daemon_address(check_daemon(L)->daemon));
    else if (strcmp(name, "closed") == 0)
        lua_pushboolean(L, !self->daemon);
    else if (strcmp(name, "names") == 0 && self->nameserver)
        lua_pushinteger(L, (lua_Integer)pyro_nameserver_count(self->nameserver));
    else if (!lhooks_get(L, name))
        lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

static int daemon_newindex(lua_State *L)
{
    struct ldaemon *self = check_any(L);
    const char *name = luaL_checkstring(L, 2);
    lua_settop(L, 3);
    if (!lhooks_set(L, &self->hooks, self->daemon, name))
        return luaL_error(L, "a daemon has no field '%s' to be set", name);
    return 0;
}

void ldaemon_open(lua_State *L)
{
    lhooks_open(L);
    static const luaL_Reg methods[] = {{"register", daemon_register},
                                       {"unregister", daemon_unregister},
                                       {"uriFor", daemon_uri_for},
                                       {"proxyFor", daemon_proxy_for},
                                       {"resetMetadataCache", daemon_reset_metadata},
                                       {"objectsById", daemon_objects},
                                       {"wait", daemon_wait},
                                       {"shutdown", daemon_shutdown},
                                       {"close", daemon_close},
                                       {"broadcast", nameserver_broadcast},
                                       {NULL, NULL}};
    luaL_newmetatable(L, DAEMON_TYPE);
    lua_pushcfunction(L, daemon_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, daemon_close);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, daemon_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, daemon_newindex);
    lua_setfield(L, -2, "__newindex");
    luaL_newlib(L, methods);
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, daemon_index, 1);
    lua_setfield(L, -3, "__index");
    lua_setfield(L, -3, "daemon_methods");
    lua_pop(L, 1);
    lua_pushcfunction(L, daemon_new);
    lua_setfield(L, -2, "new_daemon");
    lua_pushcfunction(L, daemon_attend);
    lua_setfield(L, -2, "attend");
    lua_pushcfunction(L, daemon_drain);
    lua_setfield(L, -2, "drain");
    lua_pushcfunction(L, nameserver_new);
    lua_setfield(L, -2, "new_nameserver");
}
