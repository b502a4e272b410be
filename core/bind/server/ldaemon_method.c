#include "bind/server/ldaemon_method.h"

#include <lauxlib.h>

#include "bind/base/lweak.h"
#include "bind/base/marks.h"

/* Registry key of the weak table that maps hooks (light userdata) to the userdata of their daemon.
 */
static const char hooks_key = 0;

void ldaemon_method_push(lua_State *L, const struct ldaemon_hooks *hooks, enum ldaemon_hook name)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
    if (lua_rawgetp(L, -1, hooks) == LUA_TUSERDATA) {
        lua_getiuservalue(L, -1, 1);
        lua_rawgeti(L, -1, name);
        lua_replace(L, -4);
        lua_pop(L, 1);
    } else {
        lua_pushnil(L);
        lua_replace(L, -3);
    }
}

void ldaemon_method_keep(lua_State *L, const struct ldaemon_hooks *hooks)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key);
    lua_pushvalue(L, -2);
    lua_rawsetp(L, -2, hooks);
    lua_pop(L, 1);
}

void ldaemon_method_open(lua_State *L)
{
    lweak_push_table(L, "v");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &hooks_key);
}
