#include "naming/sql/sql_names.h"

#include "naming/registry/storage.h"
#include "naming/sql/sql_row.h"
#include "naming/sql/sql_schema.h"

/* --- reading --- */

static enum pyro_code revisions(struct sql *sql, int64_t *first, int64_t *last,
                                struct pyro_error *err)
{
    sqlite3_stmt *statement = sql_statement(sql, SQL_REVISIONS, err);
    bool row;
    if (!statement || sql_step(sql, statement, &row, err) != PYRO_OK)
        return err->code;
    *first = sql->api->sqlite3_column_int64(statement, 0);
    *last = sql->api->sqlite3_column_int64(statement, 1);
    sql_end(sql, statement);
    return PYRO_OK;
}

/* Reads in the transaction that has begun. */
static enum pyro_code read_news(struct sql_names *names, struct sql_reader *reader,
                                struct pyro_error *err)
{
    struct sql *sql = &names->sql;
    int64_t first = 0, last = 0;
    enum pyro_code code = revisions(sql, &first, &last, err);
    if (code != PYRO_OK || last == names->seen)
        return code;
    bool all = names->seen < 0 || last < names->seen || first > names->seen + 1;
    sqlite3_stmt *statement = sql_statement(sql, all ? SQL_ALL : SQL_CHANGED, err);
    if (!statement)
        return err->code;
    if (!all)
        sql->api->sqlite3_bind_int64(statement, 1, names->seen);
    code = sql_row_read(sql, statement, reader, err);
    if (code != PYRO_OK)
        return code;
    names->seen = last;
    reader->all = all;
    return PYRO_OK;
}

static enum pyro_code run(struct sql *sql, enum sql_statement which, struct pyro_error *err)
{
    sqlite3_stmt *statement = sql_statement(sql, which, err);
    return statement ? sql_run(sql, statement, err) : err->code;
}

/* Begins a transaction, if the file is still where others find it. */
static enum pyro_code begin(struct sql *sql, enum sql_statement which, struct pyro_error *err)
{
    enum pyro_code code = sql_check_file(sql, err);
    return code == PYRO_OK ? run(sql, which, err) : code;
}

enum pyro_code sql_names_read(struct sql_names *names, struct sql_reader *reader,
                              struct pyro_error *err)
{
    enum pyro_code code = begin(&names->sql, SQL_BEGIN_READ, err);
    if (code == PYRO_OK)
        code = read_news(names, reader, err);
    sql_roll_back(&names->sql); /* nothing was changed */
    return code;
}

/* --- changing --- */

/* A name's row in pyro_names. */
struct row {
    int64_t id; /* 0: there is none */
    bool has_tags;
};

/* Finds a name's row, and whether the change's condition holds. */
static enum pyro_code find(struct sql *sql, const struct change *change, struct row *found,
                           bool *holds, struct pyro_error *err)
{
    bool always = change->condition == CHANGE_ALWAYS; /* then an index does */
    sqlite3_stmt *statement = sql_statement(sql, always ? SQL_FIND_ID : SQL_FIND, err);
    bool row;
    if (!statement)
        return err->code;
    sql_bind(sql, statement, 1, change->name);
    enum pyro_code code = sql_step(sql, statement, &row, err);
    if (code != PYRO_OK)
        return code;
    struct registration now = {.uri = NULL};
    if (row && !always) {
        now.uri = sql_text(sql, statement, 2);
        now.owner = sql_text(sql, statement, 3);
    }
    found->id = row ? sql->api->sqlite3_column_int64(statement, 0) : 0;
    found->has_tags = row && sql->api->sqlite3_column_int64(statement, 1) != 0;
    *holds = storage_holds(change, row ? &now : NULL);
    sql_end(sql, statement);
    return PYRO_OK;
}

/* Runs a statement whose values are a row's id and, where it has another, a text. */
static enum pyro_code run_on(struct sql *sql, enum sql_statement which, int64_t id,
                             const char *text, struct pyro_error *err)
{
    sqlite3_stmt *statement = sql_statement(sql, which, err);
    if (!statement)
        return err->code;
    sql->api->sqlite3_bind_int64(statement, 1, id);
    if (text)
        sql_bind(sql, statement, 2, pyro_slice_text(text));
    return sql_run(sql, statement, err);
}

/* Runs a statement whose values are a name and, where it has another, a text. */
static enum pyro_code run_for(struct sql *sql, enum sql_statement which, struct pyro_slice name,
                              const char *text, struct pyro_error *err)
{
    sqlite3_stmt *statement = sql_statement(sql, which, err);
    if (!statement)
        return err->code;
    sql_bind(sql, statement, 1, name);
    if (text)
        sql_bind(sql, statement, 2, pyro_slice_text(text));
    return sql_run(sql, statement, err);
}

/* Does what a trigger does for other programs, and records who keeps the name. */
static enum pyro_code keep(struct sql *sql, const struct change *change, struct pyro_error *err)
{
    const struct registration *kept = &change->registration;
    sqlite3_stmt *statement = sql_statement(sql, SQL_KEEP, err);
    if (!statement)
        return err->code;
    sql_bind(sql, statement, 1, change->name);
    sql_bind(sql, statement, 2, pyro_slice_text(kept->uri));
    sql_bind(sql, statement, 3, kept->owner ? pyro_slice_text(kept->owner) : pyro_slice(NULL, 0));
    sql->api->sqlite3_bind_double(statement, 4, kept->lease);
    sql->api->sqlite3_bind_int64(statement, 5, kept->since);
    return sql_run(sql, statement, err);
}

static enum pyro_code add_tags(struct sql *sql, const struct change *change, int64_t id,
                               struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    for (size_t i = 0; i < change->registration.tag_count && code == PYRO_OK; i++)
        code = run_on(sql, SQL_ADD_TAG, id, change->registration.tags[i], err);
    return code;
}

static enum pyro_code add_name(struct sql *sql, const struct change *change, struct pyro_error *err)
{
    enum pyro_code code = run_for(sql, SQL_ADD, change->name, change->registration.uri, err);
    if (code == PYRO_OK)
        code = add_tags(sql, change, sql->api->sqlite3_last_insert_rowid(sql->db), err);
    return code;
}

static enum pyro_code remove_tags(struct sql *sql, const struct row *row, struct pyro_error *err)
{
    return row->has_tags ? run_on(sql, SQL_REMOVE_TAGS, row->id, NULL, err) : PYRO_OK;
}

static enum pyro_code set_tags(struct sql *sql, const struct change *change, const struct row *row,
                               struct pyro_error *err)
{
    enum pyro_code code = remove_tags(sql, row, err);
    return code == PYRO_OK ? add_tags(sql, change, row->id, err) : code;
}

static enum pyro_code set_name(struct sql *sql, const struct change *change, const struct row *row,
                               struct pyro_error *err)
{
    enum pyro_code code;
    if (row->id == 0)
        code = add_name(sql, change, err);
    else if ((code = run_on(sql, SQL_REPLACE, row->id, change->registration.uri, err)) == PYRO_OK)
        code = set_tags(sql, change, row, err);
    return code == PYRO_OK ? keep(sql, change, err) : code;
}

static enum pyro_code remove_name(struct sql *sql, const struct change *change,
                                  const struct row *row, struct pyro_error *err)
{
    enum pyro_code code = remove_tags(sql, row, err);
    if (code == PYRO_OK)
        code = run_on(sql, SQL_REMOVE, row->id, NULL, err);
    return code == PYRO_OK ? run_for(sql, SQL_FORGET, change->name, NULL, err) : code;
}

static enum pyro_code do_change(struct sql *sql, const struct change *change, const struct row *row,
                                struct pyro_error *err)
{
    switch (change->kind) {
    case CHANGE_SET:
        return set_name(sql, change, row, err);
    case CHANGE_TAGS:
        return set_tags(sql, change, row, err);
    case CHANGE_REMOVE:
        return remove_name(sql, change, row, err);
    case CHANGE_RENEW: /* only for engines that end leases */
        break;
    }
    PYRO_ASSERT(false);
    return PYRO_OK;
}

/* Makes a change if its condition holds. */
static enum pyro_code make_change(struct sql *sql, struct change *change, struct pyro_error *err)
{
    struct row row = {.id = 0};
    bool holds = false;
    enum pyro_code code = find(sql, change, &row, &holds, err);
    change->applied = holds;
    return code == PYRO_OK && holds ? do_change(sql, change, &row, err) : code;
}

#define NOTED 8 /* names of SQL_NOTE_8 */

static enum pyro_code note_many(struct sql *sql, const struct pyro_slice *names,
                                struct pyro_error *err)
{
    sqlite3_stmt *statement = sql_statement(sql, SQL_NOTE_8, err);
    if (!statement)
        return err->code;
    for (int i = 0; i < NOTED; i++)
        sql_bind(sql, statement, i + 1, names[i]);
    return sql_run(sql, statement, err);
}

/* Lists the names of all changes that were made: several in a statement take half as long. */
static enum pyro_code note(struct sql *sql, const struct pyro_list *changes, struct pyro_error *err)
{
    struct pyro_slice names[NOTED];
    size_t count = 0;
    enum pyro_code code = PYRO_OK;
    for (const struct pyro_list *node = changes->next; node != changes && code == PYRO_OK;
         node = node->next) {
        const struct change *change = PYRO_CONTAINER(node, struct change, node);
        if (change->applied > 0)
            names[count++] = change->name;
        if (count == NOTED) {
            code = note_many(sql, names, err);
            count = 0;
        }
    }
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = run_for(sql, SQL_NOTE, names[i], NULL, err);
    return code;
}

/* Shortens the list of changes now and then. */
static enum pyro_code trim(struct sql_names *names, int64_t last, struct pyro_error *err)
{
    if (last / SQL_CHANGES_TRIMMED == names->seen / SQL_CHANGES_TRIMMED)
        return PYRO_OK;
    return run_on(&names->sql, SQL_TRIM, last - SQL_CHANGES_KEPT, NULL, err);
}

/* Makes all changes in the transaction that has begun, and ends it. */
static enum pyro_code make_changes(struct sql_names *names, struct pyro_list *changes,
                                   struct pyro_error *err)
{
    struct sql *sql = &names->sql;
    int64_t first = 0, last = 0;
    enum pyro_code code = PYRO_OK;
    for (struct pyro_list *node = changes->next; node != changes && code == PYRO_OK;
         node = node->next)
        code = make_change(sql, PYRO_CONTAINER(node, struct change, node), err);
    if (code == PYRO_OK)
        code = note(sql, changes, err);
    if (code == PYRO_OK)
        code = revisions(sql, &first, &last, err);
    if (code == PYRO_OK)
        code = trim(names, last, err);
    if (code == PYRO_OK)
        code = run(sql, SQL_COMMIT, err);
    if (code == PYRO_OK)
        names->seen = last;
    return code;
}

enum pyro_code sql_names_change(struct sql_names *names, struct pyro_list *changes,
                                struct sql_reader *reader, struct pyro_error *err)
{
    int64_t seen = names->seen;
    enum pyro_code code = begin(&names->sql, SQL_BEGIN, err);
    if (code == PYRO_OK)
        code = read_news(names, reader, err);
    if (code == PYRO_OK)
        code = make_changes(names, changes, err);
    if (code == PYRO_OK) {
        sql_wal_tend(&names->wal, &names->sql);
        return PYRO_OK;
    }
    names->seen = seen;
    sql_roll_back(&names->sql);
    return code;
}

/* --- life --- */

void sql_names_forget(struct sql_names *names)
{
    names->seen = -1;
}

enum pyro_code sql_names_open(struct sql_names *names, const char *path, bool *lost,
                              struct pyro_error *err)
{
    sql_names_forget(names);
    enum pyro_code code = sql_open(&names->sql, path, err);
    if (code == PYRO_OK)
        code = sql_schema_prepare(&names->sql, err);
    return code == PYRO_OK ? sql_wal_open(&names->wal, &names->sql, lost, err) : code;
}

void sql_names_close(struct sql_names *names)
{
    if (names->wal.next > 0) /* it was opened without an error */
        sql_wal_close(&names->sql);
    sql_close(&names->sql);
}
