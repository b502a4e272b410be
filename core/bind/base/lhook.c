#include "bind/base/lhook.h"

#include <lauxlib.h>
#include <stddef.h>

static const char hooks_key = 0; /* its address is the registry key of the list of hooks */

void lhook_push(lua_State *L, enum lhook hook)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &hooks_key) == LUA_TNIL)
        return;
    lua_rawgeti(L, -1, hook + 1);
    lua_replace(L, -2);
}

static int hooks(lua_State *L)
{
    static const char *const names[LHOOK_COUNT] = {[LHOOK_AUTHORIZE] = "authorize",
                                                   [LHOOK_CALLBACK] = "callback",
                                                   [LHOOK_DEPARTED] = "departed",
                                                   [LHOOK_DESCRIBE] = "describe",
                                                   [LHOOK_DOCUMENTATION] = "documentation",
                                                   [LHOOK_EXCEPTION] = "exception",
                                                   [LHOOK_FAILED] = "failed",
                                                   [LHOOK_INSTANCE] = "instance",
                                                   [LHOOK_INWARD] = "inward",
                                                   [LHOOK_IS_CLASS] = "is_class",
                                                   [LHOOK_ITEMS] = "items",
                                                   [LHOOK_MAKES_INSTANCES] = "makes_instances",
                                                   [LHOOK_OUTWARD] = "outward",
                                                   [LHOOK_RETRY] = "retry",
                                                   [LHOOK_SETTLE] = "settle",
                                                   [LHOOK_STREAM] = "stream",
                                                   [LHOOK_TEXT] = "text",
                                                   [LHOOK_TRACEBACK] = "traceback",
                                                   [LHOOK_UNCAUGHT] = "uncaught"};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_createtable(L, LHOOK_COUNT, 0);
    for (int i = 0; i < LHOOK_COUNT; i++) {
        if (lua_getfield(L, 1, names[i]) != LUA_TFUNCTION)
            return luaL_error(L, "hook '%s' must be a function", names[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &hooks_key);
    return 0;
}

void lhook_open(lua_State *L)
{
    lua_pushcfunction(L, hooks);
    lua_setfield(L, -2, "set_hooks");
}
