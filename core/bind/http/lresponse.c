#include "bind/http/lresponse.h"

#include <lauxlib.h>
#include <string.h>

/* Counts the headers of the table at 2. */
static size_t count_headers(lua_State *L)
{
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
        count += lua_istable(L, -1) ? (size_t)lua_rawlen(L, -1) : 1;
    return count;
}

/* Returns the string at `index`, which the table keeps. */
LUA_RAISES static const char *check_text(lua_State *L, int index)
{
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : NULL;
    if (!text || strlen(text) != lua_rawlen(L, index))
        luaL_error(L, "names and values of headers must be strings without zero bytes");
    return text;
}

/* Adds the headers whose name and value, or list of values, are at the top. */
LUA_RAISES static struct pyro_http_header *add_headers(lua_State *L, struct pyro_http_header *to)
{
    const char *name = check_text(L, -2);
    if (!lua_istable(L, -1)) {
        *to = (struct pyro_http_header){name, check_text(L, -1)};
        return to + 1;
    }
    size_t count = (size_t)lua_rawlen(L, -1);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        to[i] = (struct pyro_http_header){name, check_text(L, -1)};
        lua_pop(L, 1);
    }
    return to + count;
}

void lresponse_read(lua_State *L, struct lresponse *out)
{
    lua_Integer status = luaL_checkinteger(L, 1);
    struct pyro_http_header *to = out->few;
    luaL_checkstack(L, 6, NULL);
    if (!lua_isnil(L, 2))
        luaL_checktype(L, 2, LUA_TTABLE);
    out->status = status > 0 && status < 1000 ? (unsigned)status : 0;
    out->count = lua_isnil(L, 2) ? 0 : count_headers(L);
    if (out->count > LRESPONSE_FEW)
        to = lua_newuserdatauv(L, out->count * sizeof(*to), 0);
    else
        lua_pushnil(L);
    out->headers = to;
    if (out->count == 0)
        return;
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
        to = add_headers(L, to);
}
