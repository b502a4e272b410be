/** @file
 * Lines of scripts in the log, with the facts of the call that the script serves. */
#ifndef PYRO_BIND_MESSAGE_LLOG_H
#define PYRO_BIND_MESSAGE_LLOG_H

#include <lua.h>

#include "bind/base/marks.h"

/** Adds core.is_logged(level), core.log(level, text) and core.reopen_log(). */
LUA_RUNS void llog_open(lua_State *L);

#endif
