#include "bind/value/luri.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/base/lerror.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

#define URI_TYPE "pyro.URI"

void luri_push(lua_State *L, struct pyro_uri *uri)
{
    struct pyro_uri moved = *uri;
    struct pyro_uri *self = lua_newuserdatauv(L, sizeof(*self), 0);
    *self = moved;
    *uri = (struct pyro_uri){.object = NULL};
    luaL_setmetatable(L, URI_TYPE);
}

struct pyro_uri *luri_test(lua_State *L, int index)
{
    return luaL_testudata(L, index, URI_TYPE);
}

LUA_RUNS static struct pyro_uri *push_parsed(lua_State *L, const char *text, size_t length)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri uri = {.object = NULL};
    int64_t port = lruntime_of(L)->core.config.NS_PORT;
    if (pyro_uri_parse(&uri, pyro_slice(text, length), (uint16_t)port, &err) != PYRO_OK)
        lerror_raise(L, &err);
    luri_push(L, &uri);
    return lua_touserdata(L, -1);
}

struct pyro_uri *luri_check(lua_State *L, int index)
{
    struct pyro_uri *uri = luri_test(L, index);
    size_t length;
    if (uri)
        return uri;
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_typeerror(L, index, "URI (a string or a pyro.URI)");
    const char *text = lua_tolstring(L, index, &length);
    uri = push_parsed(L, text, length);
    lua_replace(L, index);
    return uri;
}

LUA_RAISES static void push_buffer(lua_State *L, struct pyro_buffer *buffer, bool complete)
{
    char *slot = lua_newuserdatauv(L, buffer->length + 1, 0); /* anchors it past the free */
    size_t length = buffer->length;
    if (length > 0)
        memcpy(slot, buffer->data, length);
    pyro_buffer_free(buffer);
    if (!complete)
        luaL_error(L, "not enough memory");
    lua_pushlstring(L, slot, length);
    lua_remove(L, -2);
}

void luri_push_text(lua_State *L, const struct pyro_uri *uri)
{
    struct pyro_buffer text = {.data = NULL};
    bool complete = pyro_uri_text(uri, &text);
    push_buffer(L, &text, complete);
}

static int uri_new(lua_State *L)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri copy = {.object = NULL};
    lua_settop(L, 1);
    struct pyro_uri *uri = luri_check(L, 1);
    if (pyro_uri_copy(&copy, uri, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    luri_push(L, &copy);
    return 1;
}

static int uri_tostring(lua_State *L)
{
    luri_push_text(L, luaL_checkudata(L, 1, URI_TYPE));
    return 1;
}

static int uri_eq(lua_State *L)
{
    struct pyro_uri *a = luri_test(L, 1), *b = luri_test(L, 2);
    lua_pushboolean(L, a && b && pyro_uri_equals(a, b));
    return 1;
}

static int uri_gc(lua_State *L)
{
    pyro_uri_free(luaL_checkudata(L, 1, URI_TYPE));
    return 0;
}

LUA_RAISES static void push_optional(lua_State *L, const char *text)
{
    if (text)
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
}

LUA_RAISES static void push_location(lua_State *L, const struct pyro_uri *uri)
{
    struct pyro_buffer location = {.data = NULL};
    bool complete = pyro_uri_location(uri, &location);
    push_buffer(L, &location, complete);
}

static int uri_index(lua_State *L)
{
    struct pyro_uri *uri = luaL_checkudata(L, 1, URI_TYPE);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "asString") == 0)
        lua_pushcfunction(L, uri_tostring);
    else if (strcmp(name, "protocol") == 0)
        lua_pushstring(L, pyro_uri_protocol_name(uri->protocol));
    else if (strcmp(name, "object") == 0)
        push_optional(L, uri->object);
    else if (strcmp(name, "host") == 0)
        push_optional(L, uri->host);
    else if (strcmp(name, "sockname") == 0)
        push_optional(L, uri->sockname);
    else if (strcmp(name, "port") == 0 && uri->host)
        lua_pushinteger(L, uri->port);
    else if (strcmp(name, "location") == 0 && (uri->host || uri->sockname))
        push_location(L, uri);
    else
        lua_pushnil(L);
    return 1;
}

void luri_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__index", uri_index},
                                       {"__tostring", uri_tostring},
                                       {"__eq", uri_eq},
                                       {"__gc", uri_gc},
                                       {NULL, NULL}};
    luaL_newmetatable(L, URI_TYPE);
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 1);
    lua_pushcfunction(L, uri_new);
    lua_setfield(L, -2, "new_uri");
}
