/** @file
 * The write-ahead log of a file, PATH-wal: when it goes into the file, and whether it got lost.
 * Private to naming/. */
#ifndef PYRO_NAMING_SQL_WAL_H
#define PYRO_NAMING_SQL_WAL_H

#include "naming/sql/sql.h"

struct sql_wal {
    int pages; /**< in the log */
    int next;  /**< from so many on they go into the file */
};

/** Begins to look after the log. `*lost`: what was committed since the log went into the file last
 * is missing, because somebody removed the log of a program that was killed. */
enum pyro_code sql_wal_open(struct sql_wal *wal, const struct sql *sql, bool *lost,
                            struct pyro_error *err);

/** Lets the log go into the file where it is long. After each transaction. */
void sql_wal_tend(struct sql_wal *wal, const struct sql *sql);

/** Notes that the log is not needed any more once the file is closed. */
void sql_wal_close(const struct sql *sql);

#endif
