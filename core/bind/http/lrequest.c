#include "bind/http/lrequest.h"

#include <ctype.h>
#include <lauxlib.h>

/* Fields that a request usually has at most. */
#define FEW 32

LUA_RAISES static void push_slice(lua_State *L, struct pyro_slice slice)
{
    lua_pushlstring(L, slice.length > 0 ? slice.data : "", slice.length);
}

/* Pushes the name of a header in lower case. */
LUA_RAISES static void push_lower(lua_State *L, struct pyro_slice name)
{
    luaL_Buffer text;
    char *to = luaL_buffinitsize(L, &text, name.length);
    for (size_t i = 0; i < name.length; i++)
        to[i] = (char)tolower((unsigned char)name.data[i]);
    luaL_pushresultsize(&text, name.length);
}

/* Replaces the value at the top, and the one below it, which came before, by both, as headers of
 * one name are joined. */
LUA_RAISES static void join(lua_State *L)
{
    lua_pushfstring(L, "%s, %s", lua_tostring(L, -2), lua_tostring(L, -1));
    lua_replace(L, -3);
    lua_pop(L, 1);
}

/* Replaces them by a list of both. */
LUA_RAISES static void collect(lua_State *L)
{
    if (!lua_istable(L, -2)) {
        lua_createtable(L, 2, 0);
        lua_pushvalue(L, -3);
        lua_rawseti(L, -2, 1);
        lua_replace(L, -3);
    }
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* Adds a field to the table at `index`. */
LUA_RAISES static void add_field(lua_State *L, int index, const struct pyro_http_field *field,
                                 enum pyro_http_part part)
{
    if (part == PYRO_HTTP_HEADERS)
        push_lower(L, field->name);
    else
        push_slice(L, field->name);
    lua_pushvalue(L, -1);
    bool first = lua_rawget(L, index) == LUA_TNIL;
    if (first)
        lua_pop(L, 1);
    push_slice(L, field->value);
    if (!first && part == PYRO_HTTP_HEADERS)
        join(L);
    else if (!first)
        collect(L);
    lua_rawset(L, index);
}

/* Sets the field `name` of the table at the top to a table of a part's fields. */
LUA_RAISES static void set_part(lua_State *L, const struct pyro_http_request *request,
                                const char *name, enum pyro_http_part part)
{
    struct pyro_http_field some[FEW], *fields = some;
    size_t count = pyro_http_fields(request, part, some, FEW);
    lua_pushstring(L, name);
    lua_createtable(L, 0, (int)count);
    int table = lua_gettop(L);
    if (count > FEW) {
        fields = lua_newuserdatauv(L, count * sizeof(*fields), 0);
        count = pyro_http_fields(request, part, fields, count);
    }
    for (size_t i = 0; i < count; i++)
        add_field(L, table, &fields[i], part);
    lua_settop(L, table);
    lua_rawset(L, -3);
}

LUA_RAISES static void set_text(lua_State *L, const char *name, struct pyro_slice text)
{
    lua_pushstring(L, name);
    push_slice(L, text);
    lua_rawset(L, -3);
}

void lrequest_push(lua_State *L, const struct pyro_http_request *request)
{
    luaL_checkstack(L, 12, NULL);
    lua_createtable(L, 0, 8);
    set_text(L, "method", pyro_slice_text(pyro_http_method(request)));
    set_text(L, "path", pyro_slice_text(pyro_http_path(request)));
    set_text(L, "target", pyro_slice_text(pyro_http_target(request)));
    set_text(L, "peer", pyro_slice_text(pyro_http_peer(request)));
    set_text(L, "address", pyro_slice_text(pyro_http_address(request)));
    set_text(L, "body", pyro_http_body(request));
    set_part(L, request, "headers", PYRO_HTTP_HEADERS);
    set_part(L, request, "query", PYRO_HTTP_QUERY);
}
