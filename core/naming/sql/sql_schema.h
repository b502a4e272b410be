/** @file
 * The tables of a file of names: Pyro's, and our own beside them. Private to naming/. */
#ifndef PYRO_NAMING_SQL_SCHEMA_H
#define PYRO_NAMING_SQL_SCHEMA_H

#include "naming/sql/sql.h"

/** The number of changes that are listed at least, for other front ends to read: more than are made
 * between two looks. */
#define SQL_CHANGES_KEPT 100000
#define SQL_CHANGES_TRIMMED 1000 /* at a time */

/** Checks the whole file, makes the tables that are missing, and brings those of old versions of
 * Pyro up to date. PYRO_ENAMING where the file is damaged. */
enum pyro_code sql_schema_prepare(struct sql *sql, struct pyro_error *err);

#endif
