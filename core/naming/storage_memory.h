/** @file
 * The storage of registrations in memory, where they end with the process. Private to naming/. */
#ifndef PYRO_NAMING_STORAGE_MEMORY_H
#define PYRO_NAMING_STORAGE_MEMORY_H

#include "naming/storage.h"

/** Opens a storage that takes about `most` bytes (0: any number). NULL with the error. */
struct storage *storage_memory_open(size_t most, struct pyro_error *err);

#endif
