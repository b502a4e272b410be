/* The userdata of HTTP servers: closed, open, closed again.
 *
 * An open one is anchored in the registry, with its handler, so that it serves until it is closed.
 * http_on_request() is called from completions, never inside the loop's poll. */
#include "bind/http/lhttp.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/http/lexchange.h"
#include "rpc/encryption.h"

#define LHTTP_TYPE "pyro.http"

struct lhttp {
    struct lruntime *runtime;
    struct pyro_http_server *server; /* NULL: closed */
    struct pyro_tls_context *tls;    /* NULL: no TLS */
};

LUA_RAISES static struct lhttp *check(lua_State *L)
{
    return luaL_checkudata(L, 1, LHTTP_TYPE);
}

/* Starts a task in which the handler answers. */
LOOP_STEPS static void http_on_request(void *owner, struct pyro_http_request *request)
{
    struct lhttp *self = owner;
    struct ltask *task = lexchange_take(self->runtime, request);
    if (!task)
        return;
    lua_rawgetp(task->thread, LUA_REGISTRYINDEX, self);
    lua_getiuservalue(task->thread, -1, 1);
    lua_remove(task->thread, -2);
    ltask_go(task, LEXCHANGE_ARGUMENTS);
}

/* --- options --- */

/* Returns a number of the table at 1, from 1 to `most`; 0 where it has none. */
LUA_RUNS static lua_Integer bound(lua_State *L, const char *name, lua_Integer most)
{
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return 0;
    lua_Integer number = luaL_checkinteger(L, -1);
    if (number < 1 || number > most)
        luaL_error(L, "option '%s' must be from 1 to %d", name, (int)most);
    return number;
}

LUA_RUNS static struct pyro_http_options read_options(lua_State *L)
{
    struct pyro_http_options options = {.host = NULL};
    luaL_checkstack(L, 12, NULL);
    lua_getfield(L, 1, "host");
    options.host = luaL_checkstring(L, -1); /* stays on the stack */
    lua_getfield(L, 1, "port");
    lua_Integer port = luaL_checkinteger(L, -1);
    if (port < 0 || port > UINT16_MAX)
        luaL_error(L, "option 'port' must be a port (0 to 65535)");
    options.port = (uint16_t)port;
    options.max_head = (size_t)bound(L, "max_head", INT_MAX);
    options.max_body = (size_t)bound(L, "max_body", INT_MAX);
    options.max_bodies = (size_t)bound(L, "max_bodies", INT_MAX);
    options.max_unread = (size_t)bound(L, "max_unread", INT_MAX);
    options.max_connections = (unsigned)bound(L, "max_connections", INT_MAX);
    options.max_client_connections = (unsigned)bound(L, "max_client_connections", INT_MAX);
    options.request_timeout = (double)bound(L, "request_timeout", INT_MAX);
    options.idle_timeout = (double)bound(L, "idle_timeout", INT_MAX);
    return options;
}

/* --- opening and closing --- */

static void close_server(struct lhttp *self)
{
    struct pyro_http_server *server = self->server;
    struct pyro_tls_context *tls = self->tls;
    self->server = NULL;
    self->tls = NULL;
    pyro_http_server_free(server);
    pyro_tls_context_release(tls);
}

/* Keeps a server no longer. Raises no error. */
static void let_go(lua_State *L, struct lhttp *self)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self); /* raises nothing: it only clears a field */
}

void lhttp_close(lua_State *L, struct lhttp *self)
{
    close_server(self);
    if (lua_checkstack(L, 1))
        let_go(L, self);
}

static enum pyro_code open_server(struct lhttp *self, struct pyro_http_options *options,
                                  struct pyro_error *err)
{
    struct pyro_runtime *core = &self->runtime->core;
    options->ip_version = (int)core->config.PREFER_IP_VERSION;
    options->exclusive = !core->config.SOCK_REUSE;
    const struct pyro_encryption as_set = {.wanted = PYRO_AS_SET};
    if (pyro_encryption_wanted(core, &as_set) &&
        pyro_encryption_context(core, true, &as_set, &self->tls, err) != PYRO_OK)
        return err->code;
    options->tls = self->tls;
    self->server =
        pyro_http_server_new(core->loop, &core->log, options, http_on_request, self, err);
    return self->server ? PYRO_OK : err->code;
}

struct lhttp *lhttp_serve(lua_State *L, struct pyro_http_options *options, struct pyro_error *err)
{
    struct lhttp *self = lua_newuserdatauv(L, sizeof(*self), 1);
    *self = (struct lhttp){.runtime = lruntime_of(L)};
    luaL_setmetatable(L, LHTTP_TYPE);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
    if (open_server(self, options, err) == PYRO_OK)
        return self;
    lhttp_close(L, self);
    return NULL;
}

static int serve_http(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    luaL_checktype(L, 1, LUA_TTABLE);
    struct pyro_http_options options = read_options(L);
    lua_getfield(L, 1, "handler");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    return lhttp_serve(L, &options, &err) ? 1 : lerror_raise(L, &err);
}

static int http_close(lua_State *L)
{
    lhttp_close(L, check(L));
    return 0;
}

static int http_gc(lua_State *L)
{
    close_server(check(L));
    return 0;
}

/* Reads a field; what is none is looked up among the methods, the first upvalue. */
static int http_index(lua_State *L)
{
    const struct lhttp *self = check(L);
    const char *name = luaL_checkstring(L, 2);
    if (self->server && strcmp(name, "address") == 0)
        lua_pushstring(L, pyro_http_server_address(self->server));
    else if (self->server && strcmp(name, "port") == 0)
        lua_pushinteger(L, pyro_http_server_port(self->server));
    else
        lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

void lhttp_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"close", http_close}, {NULL, NULL}};
    luaL_newmetatable(L, LHTTP_TYPE);
    lua_pushcfunction(L, http_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, http_close);
    lua_setfield(L, -2, "__close");
    luaL_newlib(L, methods);
    lua_pushcclosure(L, http_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, serve_http);
    lua_setfield(L, -2, "serve_http");
}
