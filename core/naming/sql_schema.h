/** @file
 * The tables of a file of names: Pyro's, and our own beside them. Private to naming/. */
#ifndef PYRO_NAMING_SQL_SCHEMA_H
#define PYRO_NAMING_SQL_SCHEMA_H

#include "naming/sql.h"

/** Checks the whole file, makes the tables that are missing, and brings those of old versions of
 * Pyro up to date. PYRO_ENAMING where the file is damaged. */
enum pyro_code sql_schema_prepare(struct sql *sql, struct pyro_error *err);

#endif
