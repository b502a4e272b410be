#include "bind/message/lencryption.h"

#include <lauxlib.h>
#include <string.h>

/* The names of its fields are those of Pyro's settings without "SSL_". */
static const struct field {
    const char *name;
    int type;
    bool server, client; /* who has it */
} fields[] = {
    {"cacerts", LUA_TSTRING, true, true},
    {"clientcert", LUA_TSTRING, false, true},
    {"clientkey", LUA_TSTRING, false, true},
    {"clientkeypasswd", LUA_TSTRING, false, true},
    {"requireclientcert", LUA_TBOOLEAN, true, false},
    {"servercert", LUA_TSTRING, true, false},
    {"serverkey", LUA_TSTRING, true, false},
    {"serverkeypasswd", LUA_TSTRING, true, false},
};

static const struct field *find_field(const char *name, bool server)
{
    for (size_t i = 0; name && i < PYRO_COUNT(fields); i++)
        if ((server ? fields[i].server : fields[i].client) && strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* Copies the field whose key and value are at the top to the table below them. */
LUA_RUNS static void copy_field(lua_State *L, bool server)
{
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    const struct field *field = find_field(name, server);
    if (!field)
        luaL_error(L, "option 'ssl' has no field '%s' (%s)", luaL_tolstring(L, -2, NULL),
                   server ? "servercert, serverkey, serverkeypasswd, requireclientcert, cacerts"
                          : "clientcert, clientkey, clientkeypasswd, cacerts");
    else if (lua_type(L, -1) != field->type)
        luaL_error(L, "field '%s' of option 'ssl' must be a %s", field->name,
                   lua_typename(L, field->type));
    else if (field->type == LUA_TSTRING && strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L, "field '%s' of option 'ssl' may not contain a zero byte", field->name);
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
}

void lencryption_push(lua_State *L, int index, bool server)
{
    int type = lua_type(L, index);
    index = lua_absindex(L, index);
    luaL_checkstack(L, 6, NULL);
    if (type == LUA_TNIL || type == LUA_TBOOLEAN) {
        lua_pushvalue(L, index);
        return;
    }
    if (type != LUA_TTABLE)
        luaL_error(L, "option 'ssl' must be true, false, or a table");
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, index) != 0;)
        copy_field(L, server);
}

/* Returns a string, which the table at `index` keeps; NULL where it has none. */
LUA_RAISES static const char *text_field(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    const char *text = lua_rawget(L, index) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1);
    return text;
}

/* Returns that string, under the name that it has at a server, or at a client. */
LUA_RAISES static const char *either_field(lua_State *L, int index, const char *server,
                                           const char *client)
{
    const char *text = text_field(L, index, server);
    return text ? text : text_field(L, index, client);
}

struct pyro_encryption lencryption_read(lua_State *L, int index)
{
    struct pyro_encryption options = {.wanted = PYRO_AS_SET};
    index = lua_absindex(L, index);
    if (lua_isboolean(L, index))
        options.wanted = lua_toboolean(L, index) ? PYRO_YES : PYRO_NO;
    if (!lua_istable(L, index))
        return options;
    options.wanted = PYRO_YES;
    options.certificate = either_field(L, index, "servercert", "clientcert");
    options.key = either_field(L, index, "serverkey", "clientkey");
    options.password = either_field(L, index, "serverkeypasswd", "clientkeypasswd");
    options.authorities = text_field(L, index, "cacerts");
    lua_pushliteral(L, "requireclientcert");
    if (lua_rawget(L, index) == LUA_TBOOLEAN)
        options.required = lua_toboolean(L, -1) ? PYRO_YES : PYRO_NO;
    lua_pop(L, 1);
    return options;
}
