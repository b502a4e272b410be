/** @file
 * Types of userdata: those that are only finalized, and those whose methods are found quickly. */
#ifndef PYRO_BIND_BASE_LUSERDATA_H
#define PYRO_BIND_BASE_LUSERDATA_H

#include <lua.h>

#include "bind/base/marks.h"

/** Upvalues of the __index of a type whose names are methods, and of such a method. */
enum {
    LMETHOD_TYPE = 1,  /**< the metatable */
    LMETHOD_FUNCTIONS, /**< of __index: a weak table of the methods that there are, by name */
    LMETHOD_NAME = LMETHOD_FUNCTIONS /**< of a method */
};

/** Registers a type of userdata that is only finalized. */
LUA_RUNS void luserdata_finalize(lua_State *L, const char *type, lua_CFunction finalizer);

/** Returns the userdata at `index` where its metatable is the value at `type`, an upvalue; else
 * NULL. Quicker than luaL_testudata(), which looks the metatable up by its name. */
void *luserdata_test(lua_State *L, int index, int type);

/** Pushes, in such an __index, the method whose name is at 2, which `function` does. */
LUA_RAISES void luserdata_push_method(lua_State *L, lua_CFunction function);

/** Gives the metatable at the top `index` as such an __index. */
LUA_RUNS void luserdata_index_methods(lua_State *L, lua_CFunction index);

#endif
