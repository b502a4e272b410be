/** @file
 * Registrations in the rows of a query. Private to naming/. */
#ifndef PYRO_NAMING_SQL_ROW_H
#define PYRO_NAMING_SQL_ROW_H

#include "naming/sql/sql_names.h"

/** Runs SQL_ALL or SQL_CHANGED, whose rows of one name, one for each tag, are neighbours, and calls
 * the reader with each name but the name server's own. PYRO_ENAMING where what the file has twice
 * differs, a text is not UTF-8, or a lease is out of range. */
enum pyro_code sql_row_read(const struct sql *sql, sqlite3_stmt *statement,
                            const struct sql_reader *reader, struct pyro_error *err);

#endif
