/** @file
 * The storage without an engine: names end with the process. Private to naming/. */
#ifndef PYRO_NAMING_STORAGE_MEMORY_H
#define PYRO_NAMING_STORAGE_MEMORY_H

#include "naming/registry/storage.h"

/** Opens it. NULL: out of memory. */
struct storage *storage_memory_open(struct registry *registry, struct pyro_error *err);

#endif
