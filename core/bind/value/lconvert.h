/** @file
 * The classes that programs registered (pyro.registerClass), whose objects travel as dicts: when
 * the Lua side's converters run. */
#ifndef PYRO_BIND_VALUE_LCONVERT_H
#define PYRO_BIND_VALUE_LCONVERT_H

#include <lua.h>

#include "base/common.h"
#include "bind/base/marks.h"

/** Returns whether any class is registered. */
LUA_RAISES bool lconvert_is_set(lua_State *L);

/** Returns whether lconvert_outward() might run Lua for the value at `index`. */
LUA_RAISES bool lconvert_is_needed(lua_State *L, int index);

/** Replaces the value at `index` by what travels in its place, where it holds objects of registered
 * classes. This runs Lua, which may wait or use any proxy, so it has its place before a message is
 * begun. Raises an error that names `place` ("result") where an object cannot be converted. */
LUA_RUNS void lconvert_outward(lua_State *L, int index, const char *place);

/** Does that with a call's arguments, at `first` to `last`. */
LUA_RUNS void lconvert_arguments(lua_State *L, int first, int last);

/** Replaces the dict at the top, of the class `name`, by its object; false where that class is not
 * registered. With `raised` it arrived as an exception. Runs Lua, and raises its errors. */
LUA_RUNS bool lconvert_inward(lua_State *L, const char *name, bool raised);

/** Returns whether the value at the absolute index is the name of a registered class. Nothing is
 * allocated. */
bool lconvert_is_registered(lua_State *L, int index);

/** Adds core.set_registered(classes): the table whose keys are the names of the registered classes;
 * nil while there are none. */
LUA_RUNS void lconvert_open(lua_State *L);

#endif
