#include "bind/module/open.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#include "base/memory.h"
#include "bind/module/core.h"
#include "bind/module/modules.h"

static void *allocate(void *context, void *memory, size_t old_size, size_t size)
{
    (void)context;
    (void)old_size;
    if (size > 0)
        return pyro_realloc(memory, size);
    pyro_free(memory);
    return NULL;
}

lua_State *pyro_new_state(void)
{
    lua_State *L = luaL_newstate();
    if (L)
        lua_setallocf(L, allocate, NULL); /* both are realloc() in the end */
    return L;
}

/* Loads an embedded module: its index is the upvalue. Called as any loader, with its name. */
static int load_module(lua_State *L)
{
    const struct lmodule *module = &lmodules[lua_tointeger(L, lua_upvalueindex(1))];
    if (luaL_loadbufferx(L, module->source, module->length, module->chunkname, "t") != LUA_OK)
        return lua_error(L);
    lua_pushstring(L, module->name);
    lua_call(L, 1, 1);
    return 1;
}

int pyro_open(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, luaopen_pyro_core);
    lua_setfield(L, -2, "pyro.core");
    for (size_t i = 0; i < lmodules_count; i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, load_module, 1);
        lua_setfield(L, -2, lmodules[i].name);
    }
    lua_pop(L, 1);
    return 0;
}

void pyro_search_beside(lua_State *L, const char *script)
{
    int top = lua_gettop(L);
    const char *slash = strrchr(script, '/');
    lua_pushlstring(L, script, slash ? (size_t)(slash - script) : 0);
    const char *folder = slash == script ? "" : slash ? lua_tostring(L, -1) : ".";
    if (!strpbrk(folder, ";?")) { /* else it cannot stand in a path */
        lua_getglobal(L, LUA_LOADLIBNAME);
        lua_getfield(L, -1, "path");
        lua_pushfstring(L, "%s/?.lua;%s/?/init.lua;%s", folder, folder, lua_tostring(L, -1));
        lua_setfield(L, -3, "path");
    }
    lua_settop(L, top);
}
