/* Pyro4 and Pyro5 have two tables, pyro_names and pyro_metadata, and may use the file at any time:
 * they replace a name by deleting its row and inserting another. Our own tables follow by triggers,
 * which front ends, for speed, turn off, and do the same:
 *
 * pyrolua_names has what Pyro's have no place for, and each URI once more, because SQLite does not
 * notice a bit that flips in a text.
 * pyrolua_changes lists the names that were changed of late: who has seen all up to some revision
 * reads only those behind it.
 * pyrolua_schema has once more how all of these are made. */
#include "naming/sql/sql_schema.h"

#include <stdio.h>
#include <string.h>

/* As Pyro makes them. */
static const char pyros_tables[] =
    "CREATE TABLE pyro_names (id integer PRIMARY KEY, name nvarchar NOT NULL UNIQUE, "
    "uri nvarchar NOT NULL);"
    "CREATE TABLE pyro_metadata (object integer NOT NULL, metadata nvarchar NOT NULL, "
    "FOREIGN KEY(object) REFERENCES pyro_names(id));";

/* Before Pyro4 4.43 names had no metadata. */
static const char begin_migration[] = "ALTER TABLE pyro_names RENAME TO pyro_names_old";
static const char end_migration[] =
    "INSERT INTO pyro_names(name, uri) SELECT name, uri FROM pyro_names_old;"
    "DROP TABLE pyro_names_old";

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

#define NOW "CAST(strftime('%s', 'now') AS INTEGER)"
#define ENTER                                                                                      \
    "INSERT OR REPLACE INTO pyrolua_names(name, uri, since) VALUES (new.name, new.uri, " NOW "); " \
    "INSERT INTO pyrolua_changes(name) VALUES (new.name); "
#define LEAVE                                                                                      \
    "DELETE FROM pyrolua_names WHERE name = old.name; "                                            \
    "INSERT INTO pyrolua_changes(name) VALUES (old.name); "

static const struct own {
    const char *type, *name, *text;
} own[] = {
    {"TABLE", "pyrolua_names",
     "CREATE TABLE pyrolua_names (name TEXT PRIMARY KEY, uri TEXT NOT NULL, since INTEGER NOT "
     "NULL, owner TEXT, lease REAL NOT NULL DEFAULT 0) WITHOUT ROWID"},
    {"TABLE", "pyrolua_changes",
     "CREATE TABLE pyrolua_changes (revision INTEGER PRIMARY KEY, name TEXT NOT NULL)"},
    {"TABLE", "pyrolua_schema",
     "CREATE TABLE pyrolua_schema (name TEXT PRIMARY KEY, sql TEXT NOT NULL)"},
    {"INDEX", "pyrolua_metadata",
     "CREATE INDEX pyrolua_metadata ON pyro_metadata (object, metadata)"},
    {"TRIGGER", "pyrolua_insert",
     "CREATE TRIGGER pyrolua_insert AFTER INSERT ON pyro_names BEGIN " ENTER "END"},
    {"TRIGGER", "pyrolua_delete",
     "CREATE TRIGGER pyrolua_delete AFTER DELETE ON pyro_names BEGIN " LEAVE "END"},
    {"TRIGGER", "pyrolua_update",
     "CREATE TRIGGER pyrolua_update AFTER UPDATE ON pyro_names BEGIN " LEAVE ENTER "END"},
    {"TRIGGER", "pyrolua_trim",
     "CREATE TRIGGER pyrolua_trim AFTER INSERT ON pyrolua_changes WHEN new.revision "
     "% " TEXT(SQL_CHANGES_TRIMMED) " = 0 BEGIN DELETE FROM pyrolua_changes WHERE revision <= "
                                    "new.revision - " TEXT(SQL_CHANGES_KEPT) "; END"},
};

/* Finds how something was made. */
static enum pyro_code definition(const struct sql *sql, const char *name, char *answer, size_t size,
                                 struct pyro_error *err)
{
    return sql_ask(sql, "SELECT sql FROM sqlite_master WHERE name = ?1", name, answer, size, err);
}

static enum pyro_code check_pages(const struct sql *sql, struct pyro_error *err)
{
    char answer[200];
    enum pyro_code code =
        sql_ask(sql, "PRAGMA integrity_check(1)", NULL, answer, sizeof(answer), err);
    answer[strcspn(answer, "\n")] = '\0';
    if (code == PYRO_OK && strcmp(answer, "ok") != 0)
        code = sql_damaged(sql, answer, err);
    return code;
}

static enum pyro_code make_pyros(const struct sql *sql, bool migrate, struct pyro_error *err)
{
    enum pyro_code code = migrate ? sql_execute(sql, begin_migration, err) : PYRO_OK;
    if (code == PYRO_OK)
        code = sql_execute(sql, pyros_tables, err);
    if (code == PYRO_OK && migrate)
        code = sql_execute(sql, end_migration, err);
    return code;
}

/* Makes our own tables for the names that there are. */
static enum pyro_code make_own(const struct sql *sql, struct pyro_error *err)
{
    char text[100];
    for (size_t i = 0; i < PYRO_COUNT(own); i++) {
        snprintf(text, sizeof(text), "DROP %s IF EXISTS %s", own[i].type, own[i].name);
        if (sql_execute(sql, text, err) != PYRO_OK || sql_execute(sql, own[i].text, err) != PYRO_OK)
            return err->code;
    }
    return sql_execute(sql,
                       "INSERT INTO pyrolua_names(name, uri, since) SELECT name, uri, " NOW
                       " FROM pyro_names; INSERT INTO pyrolua_schema SELECT name, sql FROM "
                       "sqlite_master WHERE name LIKE 'pyro%' AND sql IS NOT NULL",
                       err);
}

/* Runs a query for something that is wrong. */
static enum pyro_code check(const struct sql *sql, const char *query, const char *wrong,
                            struct pyro_error *err)
{
    char name[150], what[200];
    enum pyro_code code = sql_ask(sql, query, NULL, name, sizeof(name), err);
    snprintf(what, sizeof(what), "%s is %s", name, wrong);
    return code == PYRO_OK && *name ? sql_damaged(sql, what, err) : code;
}

static enum pyro_code check_own(const struct sql *sql, struct pyro_error *err)
{
    enum pyro_code code =
        check(sql,
              "SELECT s.name FROM pyrolua_schema s WHERE NOT EXISTS (SELECT 1 FROM sqlite_master m "
              "WHERE m.name = s.name AND m.sql = s.sql) LIMIT 1",
              "missing or changed", err);
    if (code == PYRO_OK)
        code = check(sql,
                     "SELECT name FROM pyrolua_names p WHERE NOT EXISTS "
                     "(SELECT 1 FROM pyro_names n WHERE n.name = p.name) LIMIT 1",
                     "missing", err);
    return code;
}

static enum pyro_code prepare_tables(const struct sql *sql, struct pyro_error *err)
{
    char names[400], metadata[400], ours[400];
    enum pyro_code code = definition(sql, "pyro_names", names, sizeof(names), err);
    if (code == PYRO_OK)
        code = definition(sql, "pyro_metadata", metadata, sizeof(metadata), err);
    if (code == PYRO_OK)
        code = definition(sql, "pyrolua_names", ours, sizeof(ours), err);
    if (code != PYRO_OK)
        return code;
    if ((*ours || *metadata) && !(*names && *metadata))
        return sql_damaged(sql, *names ? "pyro_metadata is missing" : "pyro_names is missing", err);
    if (!*metadata)
        code = make_pyros(sql, *names, err);
    if (code != PYRO_OK)
        return code;
    return *ours ? check_own(sql, err) : make_own(sql, err);
}

enum pyro_code sql_schema_prepare(struct sql *sql, struct pyro_error *err)
{
    enum pyro_code code = check_pages(sql, err);
    if (code == PYRO_OK)
        code = sql_execute(sql, "BEGIN IMMEDIATE", err);
    if (code == PYRO_OK)
        code = prepare_tables(sql, err);
    if (code == PYRO_OK)
        code = sql_execute(sql, "COMMIT", err);
    if (code != PYRO_OK)
        sql_roll_back(sql);
    return code;
}
