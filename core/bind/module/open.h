/** @file
 * How Lua states get the C module. */
#ifndef PYRO_BIND_MODULE_OPEN_H
#define PYRO_BIND_MODULE_OPEN_H

#include <stdbool.h>

#include <lua.h>

#if defined(__GNUC__)
#define PYRO_EXPORT __attribute__((visibility("default")))
#else
#define PYRO_EXPORT
#endif

/** Opens the C module `pyro.core`: pushes its table. */
PYRO_EXPORT int luaopen_pyro_core(lua_State *L);

/** A new state whose memory is the core's (base/memory.h), or NULL. Close it with lua_close(). */
lua_State *pyro_new_state(void);

/** Puts the C module and the embedded Lua modules into package.preload. The standard libraries are
 * open already. Pushes nothing. */
int pyro_open(lua_State *L);

/** Modules beside the script are found wherever it is started from, as Python finds them. */
void pyro_search_beside(lua_State *L, const char *script);

#endif
