#include "bind/base/lundisturbed.h"

#include <stdbool.h>

#include "base/assert.h"

int lundisturbed_call(lua_State *L, lua_CFunction f)
{
    bool running = lua_gc(L, LUA_GCISRUNNING) == 1; /* not so in a finalizer */
    lua_pushcfunction(L, f);
    lua_insert(L, 1);
    if (running)
        lua_gc(L, LUA_GCSTOP);
    int status = lua_pcall(L, lua_gettop(L) - 1, 1, 0);
    if (running) { /* a step makes up for the collection that was put off */
        lua_gc(L, LUA_GCRESTART);
        lua_gc(L, LUA_GCSTEP, 0);
    }
    PYRO_ASSERT(lua_gettop(L) == 1); /* the result, or the error */
    return status == LUA_OK ? 1 : lua_error(L);
}
