/** @file
 * The terminal while a line is edited. */
#ifndef PYRO_HOST_SCREEN_H
#define PYRO_HOST_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include <lua.h>

#include "bind/base/marks.h"

/** The editor of lines, around other output. */
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

#endif
