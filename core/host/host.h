/** @file
 * What the parts of the host share. */
#ifndef PYRO_HOST_HOST_H
#define PYRO_HOST_HOST_H

#include <stdbool.h>
#include <stdio.h>

#include <lua.h>

#include "bind/base/marks.h"

#define PROGRAM "pyrolua"

/** Runs the function and its `nargs` arguments on top of the stack as a task, leaving its results.
 * Reports an error, if one ends it, and pops it. */
LUA_RUNS bool host_call(lua_State *L, int nargs);

/** Prints an error value (at the top; popped), as lua does. */
LUA_RUNS void host_report(lua_State *L);

/** What the editor of lines does when something else is printed. */
struct host_editor {
    bool (*editing)(void); /**< whether a line is on the screen */
    void (*hide)(void);    /**< takes it away: the cursor is at the start of an empty line */
    void (*show)(void);    /**< puts it there again */
};

/** From now on what the program prints on the standard output and error, tasks and the log
 * included, does not end up amid the line that is edited. Returns the real standard output, for the
 * editor; NULL when out of memory: then nothing has changed. */
LUA_RUNS FILE *host_guard_screen(lua_State *L, const struct host_editor *editor);

/** Input has come: the line is shown again, if it is hidden. */
void host_show_line(void);

/** Opens the module pyro.editor, which edits lines on a terminal; an error where the library for it
 * is not installed. */
int host_open_editor(lua_State *L);

#endif
