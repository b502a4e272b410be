/* The userdata of pyro.Daemon and of name servers: closed, open, draining, closed again.
 *
 * A userdata is born closed; an open one is anchored in the registry, so that it serves even where
 * the program has dropped it, until it is closed, or the connected socket that it served ends. Once
 * closed, `daemon` is NULL for good. The daemon calls back into ldaemon_hooks.c, and
 * daemon_on_ended() here, from completions, never inside the loop's poll; there the state that
 * steps the loop is used. */
#include "bind/server/ldaemon.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhmac.h"
#include "bind/base/marks.h"
#include "bind/http/lmetrics.h"
#include "bind/server/ldaemon_method.h"
#include "bind/server/ldaemon_objects.h"
#include "bind/server/ldaemon_options.h"
#include "bind/server/ldaemon_publish.h"
#include "bind/server/ldaemon_state.h"
#include "bind/server/ldaemon_stats.h"
#include "bind/task/lattend.h"
#include "bind/task/lnesting.h"
#include "bind/task/lruntime.h"
#include "naming/server/nameserver.h"

/* The field of a daemon's HMAC key, as Pyro4 has it. */
#define HMAC_KEY "_pyroHmacKey"

/* --- opening --- */

/* Keeps the daemon at the top until it is closed, even where no variable of the program holds it.
 */
LUA_RAISES static void anchor(lua_State *L, struct ldaemon *self)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
}

/* Keeps the daemon no longer. Raises no error. */
static void let_go(lua_State *L, struct ldaemon *self)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self); /* raises nothing: it only clears a field */
}

/* Lets go of a daemon whose connected socket is closed: nothing comes any more to be served. */
static void daemon_on_ended(struct ldaemon_hooks *hooks)
{
    struct ldaemon *self = PYRO_CONTAINER(hooks, struct ldaemon, hooks);
    lua_State *L = hooks->runtime->from;
    lloops_stop(L, &self->loops);
    if (lua_checkstack(L, 1))
        let_go(L, self);
}

LUA_RAISES static struct ldaemon *push_closed(lua_State *L)
{
    struct ldaemon *self = lua_newuserdatauv(L, sizeof(*self), 1);
    *self = (struct ldaemon){.daemon = NULL};
    lloops_init(&self->loops);
    luaL_setmetatable(L, LDAEMON_TYPE);
    return self;
}

/* Raises the error why a daemon was not made. */
LUA_RUNS static int fail(lua_State *L, struct lruntime *runtime, const struct pyro_error *err)
{
    lmetrics_stop(runtime);
    return lerror_raise(L, err);
}

static int daemon_new(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_daemon_options options = ldaemon_read_options(L, 0);
    struct ldaemon *self = push_closed(L);
    struct lruntime *runtime = lruntime_of(L);
    if (lmetrics_serve(L, &err) == PYRO_OK)
        self->daemon = pyro_daemon_new(&runtime->core, &options, &err);
    if (!self->daemon)
        return fail(L, runtime, &err);
    ldaemon_hooks_attach(L, &self->hooks, self->daemon, daemon_on_ended);
    anchor(L, self);
    return 1;
}

/* Implements core.new_nameserver{host, port, …, storage}. The loop steps while names are loaded. */
static int nameserver_new(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lruntime *runtime = lruntime_of(L);
    lnesting_check_step(L, runtime);
    struct pyro_daemon_options options =
        ldaemon_read_options(L, (uint16_t)runtime->core.config.NS_PORT);
    const char *storage = ldaemon_string_option(L, "storage");
    struct ldaemon *self = push_closed(L);
    if (lmetrics_serve(L, &err) == PYRO_OK)
        self->nameserver =
            pyro_nameserver_new(&runtime->core, &options, storage ? storage : "memory", &err);
    if (!self->nameserver)
        return fail(L, runtime, &err);
    self->daemon = pyro_nameserver_daemon(self->nameserver);
    ldaemon_hooks_attach(L, &self->hooks, self->daemon, daemon_on_ended);
    anchor(L, self);
    return 1;
}

/* Implements nameserver:broadcast{bchost=, bcport=} -> the responder's location. */
static int nameserver_broadcast(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    struct pyro_error err = {.code = PYRO_OK};
    luaL_argcheck(L, self->nameserver, 1, "not a name server's daemon");
    lua_rotate(L, 1, 1); /* the options come first for optional_…() */
    const char *host = ldaemon_string_option(L, "bchost");
    int port = ldaemon_port_option(L, "bcport", -1);
    if (pyro_nameserver_broadcast(self->nameserver, host, port, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_pushstring(L, pyro_nameserver_broadcast_location(self->nameserver));
    return 1;
}

/* --- closing --- */

static void close_daemon(struct lruntime *runtime, struct ldaemon *self)
{
    PYRO_ASSERT(!self->nameserver || self->daemon); /* both end together */
    struct pyro_daemon *daemon = self->daemon;
    struct pyro_nameserver *nameserver = self->nameserver;
    pyro_publisher_free(self->publisher);
    self->publisher = NULL;
    self->daemon = NULL;
    self->nameserver = NULL;
    if (nameserver)
        pyro_nameserver_free(nameserver);
    else
        pyro_daemon_free(daemon);
    lmetrics_stop(runtime);
}

static int daemon_gc(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    self->hooks.set[LDAEMON_HOOK_DISCONNECT] = false; /* the state ends: nobody can be told */
    close_daemon(lruntime_of(L), self);
    return 0;
}

/* Continuation of daemon_close(): names are removed. */
static int close_now(lua_State *L, int status, lua_KContext context)
{
    struct ldaemon *self = ldaemon_check_any(L);
    (void)status;
    (void)context;
    if (self->daemon)
        close_daemon(lruntime_of(L), self);
    let_go(L, self);
    return 0;
}

static int daemon_close(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    lloops_stop(L, &self->loops);
    return ldaemon_publish_stop(L, self, close_now);
}

/* Implements daemon:shutdown(): ends the request loops, which close the daemon. The caller may be a
 * served method, whose answer still leaves. */
static int daemon_shutdown(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    if (self->loops.attended == 0)
        return daemon_close(L);
    lloops_stop(L, &self->loops);
    return 0;
}

/* Implements core.attend(daemon) -> a request loop that is on, to be closed. */
static int daemon_attend(lua_State *L)
{
    lattend_push(L, 1, &ldaemon_check(L)->loops);
    return 1;
}

/* Implements core.drain(daemon): serves nothing new, and waits until what is served is answered, or
 * GRACE_TIME is over. */
static int daemon_drain(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    if (self->nameserver)
        pyro_nameserver_drain(self->nameserver);
    else if (self->daemon)
        pyro_daemon_drain(self->daemon);
    if (!self->daemon || pyro_daemon_connections(self->daemon) == 0)
        return 0;
    lua_settop(L, 1);
    return lloops_drain(L, &self->loops);
}

/* Implements daemon:wait([seconds]): serves until shutdown or a signal (true), or the time is over
 * (false). */
static int daemon_wait(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    double seconds = luaL_optnumber(L, 2, -1);
    lua_settop(L, 1);
    return lloops_wait(L, &self->loops, seconds);
}

static int daemon_tostring(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    if (!self->daemon)
        lua_pushfstring(L, "<pyro.Daemon at %p; closed>", (void *)self);
    else
        lua_pushfstring(L, "<pyro.Daemon at %p; %s; %d objects>", (void *)self,
                        pyro_daemon_location(self->daemon),
                        (int)pyro_map_count(pyro_daemon_objects(self->daemon)));
    return 1;
}

LUA_RAISES static void set_hmac_key(lua_State *L, struct pyro_daemon *daemon)
{
    struct pyro_hmac_key *key = lhmac_read(L, 3);
    pyro_daemon_set_key(daemon, key);
    pyro_hmac_key_release(key);
}

/* Reads a field; what is none is looked up among the methods, the first upvalue. */
static int daemon_index(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "locationStr") == 0)
        lua_pushstring(L, pyro_daemon_location(ldaemon_check(L)->daemon));
    else if (strcmp(name, "natLocationStr") == 0)
        lua_pushstring(L, pyro_daemon_nat_location(ldaemon_check(L)->daemon));
    else if (strcmp(name, "address") == 0)
        lua_pushstring(L, pyro_daemon_address(ldaemon_check(L)->daemon));
    else if (strcmp(name, HMAC_KEY) == 0)
        lhmac_push(L, pyro_daemon_key(ldaemon_check(L)->daemon));
    else if (strcmp(name, "closed") == 0)
        lua_pushboolean(L, !self->daemon);
    else if (strcmp(name, "names") == 0 && self->nameserver)
        lua_pushinteger(L, (lua_Integer)pyro_nameserver_count(self->nameserver));
    else if (!ldaemon_hooks_get(L, name))
        lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

static int daemon_newindex(lua_State *L)
{
    struct ldaemon *self = ldaemon_check_any(L);
    const char *name = luaL_checkstring(L, 2);
    lua_settop(L, 3);
    if (strcmp(name, HMAC_KEY) == 0)
        set_hmac_key(L, ldaemon_check(L)->daemon);
    else if (!ldaemon_hooks_set(L, &self->hooks, self->daemon, name))
        return luaL_error(L, "a daemon has no field '%s' to be set", name);
    return 0;
}

void ldaemon_open(lua_State *L)
{
    ldaemon_method_open(L);
    static const luaL_Reg methods[] = {{"wait", daemon_wait},
                                       {"shutdown", daemon_shutdown},
                                       {"close", daemon_close},
                                       {"broadcast", nameserver_broadcast},
                                       {NULL, NULL}};
    luaL_newmetatable(L, LDAEMON_TYPE);
    lua_pushcfunction(L, daemon_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, daemon_close);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, daemon_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, daemon_newindex);
    lua_setfield(L, -2, "__newindex");
    luaL_newlib(L, methods);
    ldaemon_objects_open(L);
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
    ldaemon_publish_open(L);
    ldaemon_stats_open(L);
}
