/** @file
 * Error objects: tables with the metatable "pyro.Error" and the fields class, message, args, and
 * remoteTraceback (a list of lines) where they came from elsewhere. */
#ifndef PYRO_BIND_LERROR_H
#define PYRO_BIND_LERROR_H

#include <lauxlib.h>
#include <lua.h>

#include "base/error.h"

#define LERROR_TYPE "pyro.Error"

/** Pushes a new error object of a class ("ValueError") with one argument, the message. */
void lerror_push(lua_State *L, const char *class_name, const char *message);

/** Raises a core error as an error object. */
int lerror_raise(lua_State *L, const struct pyro_error *err);

/** Turns the dict of an exception at the top of the stack (with "__class__", "args", "attributes")
 * into an error object. */
void lerror_from_dict(lua_State *L);

/** Whether the value is an error object. */
bool lerror_is(lua_State *L, int index);

/** Registers the type; core.newerror(class, ...) makes an error object with these arguments. */
void lerror_open(lua_State *L);

#endif
