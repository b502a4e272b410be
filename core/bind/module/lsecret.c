#include "bind/module/lsecret.h"

#include <lauxlib.h>
#include <nettle/memops.h>

#include "base/uuid.h"

static int new_uuid(lua_State *L)
{
    unsigned char uuid[PYRO_UUID_SIZE];
    char text[PYRO_UUID_TEXT_SIZE];
    if (!pyro_random_uuid(uuid))
        return luaL_error(L, "the system has no random bytes");
    pyro_uuid_text(uuid, text);
    lua_pushstring(L, text);
    return 1;
}

static int same_secret(lua_State *L)
{
    size_t length, other_length;
    const char *secret = luaL_checklstring(L, 1, &length);
    const char *other = luaL_checklstring(L, 2, &other_length);
    lua_pushboolean(L, length == other_length && memeql_sec(secret, other, length));
    return 1;
}

void lsecret_open(lua_State *L)
{
    lua_pushcfunction(L, new_uuid);
    lua_setfield(L, -2, "new_uuid");
    lua_pushcfunction(L, same_secret);
    lua_setfield(L, -2, "same_secret");
}
