/** @file
 * Errors that programs print, for people. */
#ifndef PYRO_BIND_BASE_LCOMPLAINT_H
#define PYRO_BIND_BASE_LCOMPLAINT_H

#include <lua.h>

#include "bind/base/marks.h"

/** Prints a text of one or more lines after `head` (base/complaint.h). */
void lcomplain(const char *head, const char *text);

/** Adds core.is_journal() to the module at the top of the stack. */
LUA_RUNS void lcomplaint_open(lua_State *L);

#endif
