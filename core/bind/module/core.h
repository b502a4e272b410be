/** @file
 * The C module `pyro.core`. */
#ifndef PYRO_BIND_MODULE_CORE_H
#define PYRO_BIND_MODULE_CORE_H

#include <lua.h>

#if defined(__GNUC__)
#define PYRO_EXPORT __attribute__((visibility("default")))
#else
#define PYRO_EXPORT
#endif

/** Opens the C module `pyro.core`: pushes its table. */
PYRO_EXPORT int luaopen_pyro_core(lua_State *L);

#endif
