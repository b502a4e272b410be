/** @file
 * Which storages there are. Private to naming/. */
#ifndef PYRO_NAMING_STORAGE_OPEN_H
#define PYRO_NAMING_STORAGE_OPEN_H

#include "naming/registry/storage.h"
#include "rpc/runtime.h"

/** Opens "memory", "sql:FILE" or "redis://…", and fills the registry with what is stored there.
 * Runtime and registry are borrowed until the storage is closed. NULL with the error (PYRO_EVALUE
 * "invalid storage type 'x'"). */
struct storage *storage_open(struct pyro_runtime *runtime, const char *what,
                             struct registry *registry, struct pyro_error *err);

#endif
