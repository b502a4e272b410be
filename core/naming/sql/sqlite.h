/** @file
 * SQLite's functions that are used. They are loaded when the first file is opened: a program that
 * keeps its names in memory needs no libsqlite3. Private to naming/. */
#ifndef PYRO_NAMING_SQLITE_H
#define PYRO_NAMING_SQLITE_H

#include <sqlite3.h>

#include "base/error.h"

#define PYRO_SQLITE(X)                                                                             \
    X(sqlite3_bind_double)                                                                         \
    X(sqlite3_bind_int64)                                                                          \
    X(sqlite3_bind_text)                                                                           \
    X(sqlite3_busy_timeout)                                                                        \
    X(sqlite3_close)                                                                               \
    X(sqlite3_column_bytes)                                                                        \
    X(sqlite3_column_double)                                                                       \
    X(sqlite3_column_int64)                                                                        \
    X(sqlite3_column_text)                                                                         \
    X(sqlite3_db_config)                                                                           \
    X(sqlite3_errmsg)                                                                              \
    X(sqlite3_exec)                                                                                \
    X(sqlite3_file_control)                                                                        \
    X(sqlite3_finalize)                                                                            \
    X(sqlite3_get_autocommit)                                                                      \
    X(sqlite3_last_insert_rowid)                                                                   \
    X(sqlite3_open_v2)                                                                             \
    X(sqlite3_prepare_v2)                                                                          \
    X(sqlite3_reset)                                                                               \
    X(sqlite3_step)                                                                                \
    X(sqlite3_system_errno)                                                                        \
    X(sqlite3_threadsafe)                                                                          \
    X(sqlite3_wal_hook)

struct sqlite {
#define X(function) __typeof__ (&(function))(function);
    PYRO_SQLITE(X)
#undef X
};

/** Loads SQLite 3, the first time, and returns its functions, which stay loaded until the process
 * ends. NULL with the error (PYRO_EOS) where it is not installed. */
const struct sqlite *sqlite_load(struct pyro_error *err);

#endif
