/** @file
 * Editing of lines on a terminal. */
#ifndef PYRO_HOST_EDITOR_H
#define PYRO_HOST_EDITOR_H

#include <lua.h>

/** Opens the module pyro.editor, which edits lines on a terminal; an error where the library for it
 * is not installed. */
int host_open_editor(lua_State *L);

#endif
