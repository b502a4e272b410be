#include "bind/task/lexit.h"

#include <lauxlib.h>

#include <lualib.h>

#include "bind/task/lruntime.h"

/* os.exit(…): the upvalue is Lua's. */
static int finish(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    if (runtime->embedded)
        return luaL_error(L, "os.exit() would end the program that runs this script; use return, "
                             "or error()");
    pyro_loop_finish(runtime->core.loop);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

void lexit_open(lua_State *L)
{
    int top = lua_gettop(L);
    lua_getglobal(L, LUA_OSLIBNAME);
    if (lua_istable(L, -1) && lua_getfield(L, -1, "exit") == LUA_TFUNCTION) {
        lua_pushcclosure(L, finish, 1);
        lua_setfield(L, -2, "exit");
    }
    lua_settop(L, top);
}
