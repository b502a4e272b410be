/** @file
 * A file of SQLite, and what is done to it. All of it blocks; one thread at a time uses a file.
 * Private to naming/. */
#ifndef PYRO_NAMING_SQL_H
#define PYRO_NAMING_SQL_H

#include "base/slice.h"
#include "naming/sql/sqlite.h"

/** A condition: the name `n` has tags. */
#define SQL_HAS_TAGS "EXISTS (SELECT 1 FROM pyro_metadata m WHERE m.object = n.id)"

/** Statements that are prepared once. */
#define SQL_STATEMENTS(X)                                                                          \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(BEGIN_READ, "BEGIN")                                                                         \
    X(COMMIT, "COMMIT")                                                                            \
    X(REVISIONS, "SELECT (SELECT min(revision) FROM pyrolua_changes), "                            \
                 "(SELECT max(revision) FROM pyrolua_changes)")                                    \
    X(ALL, "SELECT n.name, n.uri, m.metadata, p.uri, p.owner, p.lease, p.since FROM pyro_names n " \
           "LEFT JOIN pyrolua_names p ON p.name = n.name "                                         \
           "LEFT JOIN pyro_metadata m ON m.object = n.id ORDER BY n.name, m.metadata")             \
    X(CHANGED,                                                                                     \
      "SELECT c.name, n.uri, m.metadata, p.uri, p.owner, p.lease, p.since "                        \
      "FROM (SELECT DISTINCT name FROM pyrolua_changes WHERE revision > ?1) c "                    \
      "LEFT JOIN pyro_names n ON n.name = c.name LEFT JOIN pyrolua_names p ON p.name = c.name "    \
      "LEFT JOIN pyro_metadata m ON m.object = n.id ORDER BY c.name, m.metadata")                  \
    X(FIND, "SELECT n.id, " SQL_HAS_TAGS ", n.uri, p.owner FROM pyro_names n "                     \
            "LEFT JOIN pyrolua_names p ON p.name = n.name WHERE n.name = ?1")                      \
    X(FIND_ID, "SELECT n.id, " SQL_HAS_TAGS " FROM pyro_names n WHERE n.name = ?1")                \
    X(REMOVE_TAGS, "DELETE FROM pyro_metadata WHERE object = ?1")                                  \
    X(REMOVE, "DELETE FROM pyro_names WHERE id = ?1")                                              \
    X(ADD, "INSERT INTO pyro_names(name, uri) VALUES (?1, ?2)")                                    \
    X(REPLACE, "UPDATE pyro_names SET uri = ?2 WHERE id = ?1")                                     \
    X(ADD_TAG, "INSERT INTO pyro_metadata(object, metadata) VALUES (?1, ?2)")                      \
    X(KEEP, "INSERT OR REPLACE INTO pyrolua_names(name, uri, owner, lease, since) "                \
            "VALUES (?1, ?2, ?3, ?4, ?5)")                                                         \
    X(FORGET, "DELETE FROM pyrolua_names WHERE name = ?1")                                         \
    X(NOTE, "INSERT INTO pyrolua_changes(name) VALUES (?1)")                                       \
    X(NOTE_8, "INSERT INTO pyrolua_changes(name) VALUES "                                          \
              "(?1), (?2), (?3), (?4), (?5), (?6), (?7), (?8)")                                    \
    X(TRIM, "DELETE FROM pyrolua_changes WHERE revision <= ?1")

enum sql_statement {
#define X(name, text) SQL_##name,
    SQL_STATEMENTS(X)
#undef X
        SQL_STATEMENT_COUNT
};

/** Zero-initialized, it is not open. */
struct sql {
    const struct sqlite *api;
    sqlite3 *db;
    const char *path; /**< borrowed */
    sqlite3_stmt *statements[SQL_STATEMENT_COUNT];
};

/** Opens a file, or makes it, with WAL and full synchronization. Triggers do not run: they are for
 * other programs. `path` is borrowed. After an error
 * it is to be closed as well. */
enum pyro_code sql_open(struct sql *sql, const char *path, struct pyro_error *err);

void sql_close(struct sql *sql);

/** Records what SQLite complains about: "sql:PATH: database is locked". Returns PYRO_ENAMING. */
enum pyro_code sql_fail(const struct sql *sql, struct pyro_error *err);

/** Checks that the file is still the one that was opened, by its path: what is written into one
 * that was removed or replaced is lost. */
enum pyro_code sql_check_file(const struct sql *sql, struct pyro_error *err);

/** Records that the file's contents contradict themselves. Returns PYRO_ENAMING. */
enum pyro_code sql_damaged(const struct sql *sql, const char *what, struct pyro_error *err);

/** Runs statements that return nothing. */
enum pyro_code sql_execute(const struct sql *sql, const char *text, struct pyro_error *err);

/** Returns a prepared statement, without values. NULL with the error. */
sqlite3_stmt *sql_statement(struct sql *sql, enum sql_statement which, struct pyro_error *err);

/** Gives the statement a value: `at` is from 1. The text is borrowed until the statement ends. */
void sql_bind(const struct sql *sql, sqlite3_stmt *statement, int at, struct pyro_slice text);

/** Makes a step: `*row` is whether there is one. After the last one, or an error, the statement has
 * ended. */
enum pyro_code sql_step(const struct sql *sql, sqlite3_stmt *statement, bool *row,
                        struct pyro_error *err);

/** Ends a statement before its last row. */
void sql_end(const struct sql *sql, sqlite3_stmt *statement);

/** Runs a statement that returns nothing. */
enum pyro_code sql_run(const struct sql *sql, sqlite3_stmt *statement, struct pyro_error *err);

/** Ends a transaction, if there is one, without effect. */
void sql_roll_back(const struct sql *sql);

/** Returns a column of the row as a text, which is terminated; NULL where it is NULL. Valid until
 * the next step. */
const char *sql_text(const struct sql *sql, sqlite3_stmt *statement, int column);

/** Runs a query for one text, which is cut where it is longer: `answer` gets it, or "" where there
 * is none. `value` is that of the query, where it has one. */
enum pyro_code sql_ask(const struct sql *sql, const char *query, const char *value, char *answer,
                       size_t size, struct pyro_error *err);

#endif
