/** @file
 * The Lua modules that are built into the library. The build generates their definition. */
#ifndef PYRO_BIND_MODULE_MODULES_H
#define PYRO_BIND_MODULE_MODULES_H

#include <stddef.h>

struct lmodule {
    const char *name;      /**< "pyro.proxy" */
    const char *chunkname; /**< "@pyro/proxy.lua" */
    const char *source;
    size_t length; /**< bytes */
};

extern const struct lmodule lmodules[];
extern const size_t lmodules_count;

#endif
