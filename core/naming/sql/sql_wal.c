/* SQLite takes a file without its log as it is: as old as the last checkpoint. So a mark is in the
 * file that the log, while there is one, changes: the checkpoints of ours write TRUNCATED into the
 * file, and the first commit behind each writes LOGGED into the log. Who finds TRUNCATED misses the
 * log. Programs of Pyro that make a checkpoint (the last to close the file does) write LOGGED into
 * the file: nothing is missing then. */
#include "naming/sql/sql_wal.h"

/* Pages that the log has before it goes into the file, as SQLite has it. */
#define LONG 1000

#define CLOSED "PRAGMA user_version = 0"
#define LOGGED "PRAGMA user_version = 1"
#define TRUNCATED "PRAGMA user_version = 2"

static int wal_on_commit(void *context, sqlite3 *db, const char *name, int pages)
{
    struct sql_wal *wal = context;
    (void)db;
    (void)name;
    wal->pages = pages;
    return SQLITE_OK;
}

/* Makes a checkpoint. What another program is reading stays in the log. */
static enum pyro_code checkpoint(struct sql_wal *wal, const struct sql *sql, struct pyro_error *err)
{
    enum pyro_code code = sql_execute(sql, TRUNCATED, err);
    if (code == PYRO_OK)
        code = sql_execute(sql, "PRAGMA wal_checkpoint(PASSIVE)", err);
    if (code == PYRO_OK)
        code = sql_execute(sql, LOGGED, err);
    wal->next = wal->pages + LONG;
    return code;
}

enum pyro_code sql_wal_open(struct sql_wal *wal, const struct sql *sql, bool *lost,
                            struct pyro_error *err)
{
    char mark[8];
    *wal = (struct sql_wal){.pages = 0};
    enum pyro_code code = sql_ask(sql, "PRAGMA user_version", NULL, mark, sizeof(mark), err);
    *lost = strcmp(mark, "2") == 0;
    if (code != PYRO_OK)
        return code;
    sql->api->sqlite3_wal_hook(sql->db, wal_on_commit, wal);
    return checkpoint(wal, sql, err);
}

void sql_wal_tend(struct sql_wal *wal, const struct sql *sql)
{
    struct pyro_error ignored; /* what is committed is in the log */
    if (wal->pages < LONG)
        wal->next = LONG;
    if (wal->pages >= wal->next)
        checkpoint(wal, sql, &ignored);
}

void sql_wal_close(const struct sql *sql)
{
    struct pyro_error ignored;
    sql_execute(sql, CLOSED, &ignored);
}
