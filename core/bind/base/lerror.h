/** @file
 * Error objects: tables with the metatable "pyro.Error" and the fields class and args; attributes
 * (a table) where there are any; remoteTraceback (a list of lines) where they came from elsewhere;
 * and message where that is not what Python would say, which the Lua side derives from the others.
 */
#ifndef PYRO_BIND_BASE_LERROR_H
#define PYRO_BIND_BASE_LERROR_H

#include <lauxlib.h>
#include <lua.h>

#include "base/error.h"
#include "bind/base/marks.h"

#define LERROR_TYPE "pyro.Error"

/** An error that is a result: of a call in a batch. A table that has it at 1. */
#define LERROR_FAILURE_TYPE "pyro.Failure"

/** Pushes a new error object of a class ("ValueError") with one argument, the message. */
LUA_RUNS void lerror_push(lua_State *L, const char *class_name, const char *message);

/** Raises a core error as an error object: its path, if it has one, and the message. */
LUA_RUNS int lerror_raise(lua_State *L, const struct pyro_error *err);

/** Raises an error about a value or a part of it: its place, the error's path and the message, as
 * in "result[2].price: a function cannot travel". */
LUA_RUNS int lerror_raise_at(lua_State *L, const char *place, const struct pyro_error *err);

/** Turns the dict of an exception at the top of the stack (with "__class__") into an error object.
 * Runs Lua. */
LUA_RUNS void lerror_from_dict(lua_State *L);

/** Returns whether the value is an error object. */
bool lerror_is(lua_State *L, int index);

/** Returns whether what arrived as an exception can be raised as it is: an error object, or an
 * object of a class that the program registered; no plain data. */
bool lerror_is_raisable(lua_State *L, int index);

/** Pushes the text of the error value at `index`, which may be any: peers may see it. Runs Lua. */
LUA_RUNS void lerror_push_text(lua_State *L, int index);

/** Replaces the error value at the top by that text, or by what went wrong with it. Raises nothing.
 */
LOOP_STEPS const char *lerror_make_text(lua_State *L);

/** Pushes a PyroError that stands for the error value at `index`, which cannot travel; the value at
 * `why` says why. */
LUA_RUNS void lerror_push_substitute(lua_State *L, int index, int why);

/** Registers the type; core.new_error(class, ...) makes an error object with these arguments,
 * core.shorten_class(name) shows a class's name, core.builtin_classes lists Python's classes. */
LUA_RUNS void lerror_open(lua_State *L);

#endif
