#include "bind/base/luserdata.h"

#include <lauxlib.h>
#include <stdbool.h>

#include "bind/base/lweak.h"

void luserdata_finalize(lua_State *L, const char *type, lua_CFunction finalizer)
{
    luaL_newmetatable(L, type);
    lua_pushcfunction(L, finalizer);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}

void *luserdata_test(lua_State *L, int index, int type)
{
    void *data = lua_touserdata(L, index);
    if (!data || !lua_getmetatable(L, index))
        return NULL;
    bool same = lua_topointer(L, -1) == lua_topointer(L, type);
    lua_pop(L, 1);
    return same ? data : NULL;
}

void luserdata_push_method(lua_State *L, lua_CFunction function)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(LMETHOD_FUNCTIONS)) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(LMETHOD_TYPE));
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, function, LMETHOD_NAME);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(LMETHOD_FUNCTIONS));
}

void luserdata_index_methods(lua_State *L, lua_CFunction index)
{
    lua_pushvalue(L, -1);
    lweak_push_table(L, "v");
    lua_pushcclosure(L, index, LMETHOD_FUNCTIONS);
    lua_setfield(L, -2, "__index");
}
