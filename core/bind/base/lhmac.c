#include "bind/base/lhmac.h"

#include <lauxlib.h>

struct pyro_hmac_key *lhmac_read(lua_State *L, int index)
{
    struct pyro_slice secret;
    if (lua_isnoneornil(L, index))
        return NULL;
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "an HMAC key must be a string or nil, not a %s", luaL_typename(L, index));
    secret.data = lua_tolstring(L, index, &secret.length);
    struct pyro_hmac_key *key = pyro_hmac_key_new(secret);
    if (!key)
        luaL_error(L, "not enough memory");
    return key;
}

void lhmac_push(lua_State *L, const struct pyro_hmac_key *key)
{
    if (!key) {
        lua_pushnil(L);
        return;
    }
    struct pyro_slice secret = pyro_hmac_key_secret(key);
    lua_pushlstring(L, secret.data, secret.length);
}
