/** @file
 * What the parts of the host share. */
#ifndef PYRO_HOST_HOST_H
#define PYRO_HOST_HOST_H

#include <stdbool.h>

#include <lua.h>

#define PROGRAM "pyrolua"

/** Runs the function and its `nargs` arguments on top of the stack as a task, leaving its results.
 * Reports an error, if one ends it, and pops it. */
bool host_call(lua_State *L, int nargs);

/** Prints an error value (at the top; popped), as lua does. */
void host_report(lua_State *L);

/** Opens the module pyro.editor, which edits lines on a terminal; an error where the library for it
 * is not installed. */
int host_open_editor(lua_State *L);

#endif
