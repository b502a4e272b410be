/* SQLite alone: names that are replaced in Pyro's tables, as Pyro does it. */
#ifndef SPEC_BENCH_FLOOR_SQL_H
#define SPEC_BENCH_FLOOR_SQL_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMES 1000 /* different ones */
#define URI "PYRO:bench@localhost:4444"

enum statement { BEGIN, COMMIT, FIND, REMOVE_TAGS, REMOVE, ADD, STATEMENTS };

static sqlite3 *db;
static sqlite3_stmt *statements[STATEMENTS];

static inline void must(int status)
{
    if (status == SQLITE_OK)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static inline void run(enum statement which)
{
    sqlite3_step(statements[which]);
    must(sqlite3_reset(statements[which]));
}

static inline void run_on(enum statement which, sqlite3_int64 id)
{
    sqlite3_bind_int64(statements[which], 1, id);
    run(which);
}

/* Replaces the next name. */
static inline void add_name(void)
{
    static int number;
    char name[32];
    int length = snprintf(name, sizeof(name), "n%d", number++ % NAMES * 7919 % NAMES);
    sqlite3_bind_text(statements[FIND], 1, name, length, SQLITE_STATIC);
    sqlite3_int64 id = sqlite3_step(statements[FIND]) == SQLITE_ROW
                           ? sqlite3_column_int64(statements[FIND], 0)
                           : 0;
    must(sqlite3_reset(statements[FIND]));
    if (id != 0) {
        run_on(REMOVE_TAGS, id);
        run_on(REMOVE, id);
    }
    sqlite3_bind_text(statements[ADD], 1, name, length, SQLITE_STATIC);
    run(ADD);
}

/* Opens a new file. Its log begins anew here: while it grows, the disk is slow. */
static inline void open_names(const char *path)
{
    static const char schema[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE pyro_names (id integer PRIMARY KEY, name nvarchar NOT NULL UNIQUE, uri "
        "nvarchar NOT NULL);"
        "CREATE TABLE pyro_metadata (object integer NOT NULL, metadata nvarchar NOT NULL, FOREIGN "
        "KEY(object) REFERENCES pyro_names(id));"
        "CREATE INDEX metadata_object ON pyro_metadata (object)";
    static const char *const texts[STATEMENTS] = {
        "BEGIN IMMEDIATE",
        "COMMIT",
        "SELECT id FROM pyro_names WHERE name = ?1",
        "DELETE FROM pyro_metadata WHERE object = ?1",
        "DELETE FROM pyro_names WHERE id = ?1",
        "INSERT INTO pyro_names(name, uri) VALUES (?1, '" URI "')",
    };
    must(sqlite3_open(path, &db));
    must(sqlite3_exec(db, schema, NULL, NULL, NULL));
    for (int i = 0; i < STATEMENTS; i++)
        must(sqlite3_prepare_v2(db, texts[i], -1, &statements[i], NULL));
    for (int i = 0; i < NAMES; i++) {
        run(BEGIN);
        add_name();
        run(COMMIT);
    }
}

#endif
