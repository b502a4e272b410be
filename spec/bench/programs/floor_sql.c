/* SQLite alone: registers names in Pyro's tables, some in each transaction. usage: floor_sql FILE
 * SIZE. Says "ready"; each line that it reads is how many names, answered by "done". */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMES 1000 /* different ones */
#define URI "PYRO:bench@localhost:4444"

enum { BEGIN, COMMIT, FIND, REMOVE_TAGS, REMOVE, ADD, STATEMENTS };

static const char *const texts[STATEMENTS] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "SELECT id FROM pyro_names WHERE name = ?1",
    "DELETE FROM pyro_metadata WHERE object = ?1",
    "DELETE FROM pyro_names WHERE id = ?1",
    "INSERT INTO pyro_names(name, uri) VALUES (?1, '" URI "')",
};

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE pyro_names (id integer PRIMARY KEY, name nvarchar NOT NULL UNIQUE, uri nvarchar "
    "NOT NULL);"
    "CREATE TABLE pyro_metadata (object integer NOT NULL, metadata nvarchar NOT NULL, FOREIGN "
    "KEY(object) REFERENCES pyro_names(id));"
    "CREATE INDEX metadata_object ON pyro_metadata (object)";

static sqlite3 *db;
static sqlite3_stmt *statements[STATEMENTS];

static void must(int status)
{
    if (status == SQLITE_OK)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(int which)
{
    sqlite3_step(statements[which]);
    must(sqlite3_reset(statements[which]));
}

static void run_on(int which, sqlite3_int64 id)
{
    sqlite3_bind_int64(statements[which], 1, id);
    run(which);
}

/* Replaces a name as Pyro does. */
static void add(int number)
{
    char name[32];
    int length = snprintf(name, sizeof(name), "n%d", number % NAMES * 7919 % NAMES);
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

/* Registers names, `size` in each transaction. */
static void add_all(int count, int size)
{
    static int number;
    for (int i = 0; i < count; i += size) {
        run(BEGIN);
        for (int j = 0; j < size; j++)
            add(number++);
        run(COMMIT);
    }
}

int main(int count, char **words)
{
    int size = count > 2 ? atoi(words[2]) : 0, names;
    if (size < 1)
        return 2;
    must(sqlite3_open(words[1], &db));
    must(sqlite3_exec(db, schema, NULL, NULL, NULL));
    for (int i = 0; i < STATEMENTS; i++)
        must(sqlite3_prepare_v2(db, texts[i], -1, &statements[i], NULL));
    add_all(NAMES, 1); /* until the log begins anew: while it grows, the disk is slow */
    puts("ready");
    fflush(stdout);
    while (scanf("%d", &names) == 1) {
        add_all(names, size);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
