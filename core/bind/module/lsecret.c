#include "bind/module/lsecret.h"

#include <lauxlib.h>
#include <nettle/memops.h>

#include "base/uuid.h"
#include "bind/task/lruntime.h"

static int new_correlation_id(lua_State *L)
{
    unsigned char id[PYRO_CORRELATION_SIZE];
    char text[PYRO_UUID_TEXT_SIZE];
    if (!pyro_runtime_identify(&lruntime_of(L)->core, id))
        return luaL_error(L, "the system has no random bytes");
    pyro_uuid_text(id, text);
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
    lua_pushcfunction(L, new_correlation_id);
    lua_setfield(L, -2, "new_correlation_id");
    lua_pushcfunction(L, same_secret);
    lua_setfield(L, -2, "same_secret");
}
