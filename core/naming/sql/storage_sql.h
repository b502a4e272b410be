/** @file
 * The storage of registrations in a file of SQLite, which programs of Pyro4 and Pyro5 may use at
 * the same time. Private to naming/. */
#ifndef PYRO_NAMING_STORAGE_SQL_H
#define PYRO_NAMING_STORAGE_SQL_H

#include "naming/registry/storage.h"
#include "rpc/runtime.h"

/** Opens a file, or makes it, and fills the registry. Blocks meanwhile; later all is done in
 * another thread. NULL with the error, PYRO_ENAMING "sql:PATH: …". */
struct storage *storage_sql_open(struct pyro_runtime *runtime, const char *path,
                                 struct registry *registry, struct pyro_error *err);

#endif
