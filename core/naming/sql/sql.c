#include "naming/sql/sql.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

/* Milliseconds that another program may keep the file locked. */
#define PATIENCE 5000

enum pyro_code sql_fail(const struct sql *sql, struct pyro_error *err)
{
    const char *message = sql->db ? sql->api->sqlite3_errmsg(sql->db) : "out of memory";
    int why = sql->db ? sql->api->sqlite3_system_errno(sql->db) : 0;
    return pyro_error_set(err, PYRO_ENAMING, "sql:%s: %s%s%s%s", sql->path, message,
                          why != 0 ? " (" : "", why != 0 ? strerror(why) : "", why != 0 ? ")" : "");
}

enum pyro_code sql_damaged(const struct sql *sql, const char *what, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ENAMING, "sql:%s: the file is damaged: %s", sql->path, what);
}

enum pyro_code sql_check_file(const struct sql *sql, struct pyro_error *err)
{
    int moved = 0;
    sql->api->sqlite3_file_control(sql->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ENAMING,
                          "sql:%s: the file was removed or replaced; put it back, or start the "
                          "name server again",
                          sql->path);
}

enum pyro_code sql_execute(const struct sql *sql, const char *text, struct pyro_error *err)
{
    if (sql->api->sqlite3_exec(sql->db, text, NULL, NULL, NULL) == SQLITE_OK)
        return PYRO_OK;
    return sql_fail(sql, err);
}

sqlite3_stmt *sql_statement(struct sql *sql, enum sql_statement which, struct pyro_error *err)
{
    static const char *const texts[] = {
#define X(name, text) text,
        SQL_STATEMENTS(X)
#undef X
    };
    sqlite3_stmt **statement = &sql->statements[which];
    if (!*statement &&
        sql->api->sqlite3_prepare_v2(sql->db, texts[which], -1, statement, NULL) != SQLITE_OK)
        sql_fail(sql, err);
    return *statement;
}

void sql_bind(const struct sql *sql, sqlite3_stmt *statement, int at, struct pyro_slice text)
{
    sql->api->sqlite3_bind_text(statement, at, text.data, (int)text.length, SQLITE_STATIC);
}

void sql_end(const struct sql *sql, sqlite3_stmt *statement)
{
    sql->api->sqlite3_reset(statement);
}

enum pyro_code sql_step(const struct sql *sql, sqlite3_stmt *statement, bool *row,
                        struct pyro_error *err)
{
    int status = sql->api->sqlite3_step(statement);
    enum pyro_code code = PYRO_OK;
    *row = status == SQLITE_ROW;
    if (*row)
        return PYRO_OK;
    if (status != SQLITE_DONE)
        code = sql_fail(sql, err);
    sql_end(sql, statement);
    return code;
}

enum pyro_code sql_run(const struct sql *sql, sqlite3_stmt *statement, struct pyro_error *err)
{
    bool row;
    enum pyro_code code = sql_step(sql, statement, &row, err);
    PYRO_ASSERT(code != PYRO_OK || !row);
    return code;
}

void sql_roll_back(const struct sql *sql)
{
    if (!sql->api->sqlite3_get_autocommit(sql->db))
        sql->api->sqlite3_exec(sql->db, "ROLLBACK", NULL, NULL, NULL);
}

const char *sql_text(const struct sql *sql, sqlite3_stmt *statement, int column)
{
    return (const char *)sql->api->sqlite3_column_text(statement, column);
}

enum pyro_code sql_ask(const struct sql *sql, const char *query, const char *name, char *answer,
                       size_t size, struct pyro_error *err)
{
    sqlite3_stmt *statement;
    bool row = false;
    *answer = '\0';
    if (sql->api->sqlite3_prepare_v2(sql->db, query, -1, &statement, NULL) != SQLITE_OK)
        return sql_fail(sql, err);
    if (name)
        sql_bind(sql, statement, 1, pyro_slice_text(name));
    enum pyro_code code = sql_step(sql, statement, &row, err);
    const char *text = row ? sql_text(sql, statement, 0) : NULL;
    if (text)
        snprintf(answer, size, "%s", text);
    sql->api->sqlite3_finalize(statement);
    return code;
}

enum pyro_code sql_open(struct sql *sql, const char *path, struct pyro_error *err)
{
    sql->path = path;
    if (!*path || strcmp(path, ":memory:") == 0 || strncmp(path, "file:", 5) == 0)
        return pyro_error_set(err, PYRO_EVALUE,
                              "the storage 'sql:%s' keeps nothing; write sql:FILE, or memory",
                              path);
    sql->api = sqlite_load(err);
    if (!sql->api)
        return PYRO_EOS;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sql->api->sqlite3_open_v2(path, &sql->db, flags, NULL) != SQLITE_OK)
        return sql_fail(sql, err);
    sql->api->sqlite3_busy_timeout(sql->db, PATIENCE);
    sql->api->sqlite3_db_config(sql->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    return sql_execute(sql, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", err);
}

void sql_close(struct sql *sql)
{
    if (!sql->db)
        return;
    for (int i = 0; i < SQL_STATEMENT_COUNT; i++)
        sql->api->sqlite3_finalize(sql->statements[i]);
    int status = sql->api->sqlite3_close(sql->db);
    PYRO_ASSERT(status == SQLITE_OK);
    sql->db = NULL;
}
