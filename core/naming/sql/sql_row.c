#include "naming/sql/sql_row.h"

#include "base/buffer.h"
#include "rpc/object.h"
#include "value/utf8.h"

#define LEASE_MOST 1e9 /* seconds */

enum column { NAME, URI, TAG, SECOND_URI, OWNER, LEASE, SINCE };

/* One name, of which rows are being read. */
struct group {
    struct pyro_buffer name, uri, owner; /* terminated; empty: NULL */
    struct pyro_buffer tags;             /* one behind the other, each terminated */
    struct pyro_buffer pointers;         /* to them */
    size_t tag_count, last;              /* where the last tag begins */
    struct registration registration;
};

static void free_group(struct group *group)
{
    pyro_buffer_free(&group->name);
    pyro_buffer_free(&group->uri);
    pyro_buffer_free(&group->owner);
    pyro_buffer_free(&group->tags);
    pyro_buffer_free(&group->pointers);
}

static bool put_text(struct pyro_buffer *buffer, const char *text)
{
    return !text || pyro_buffer_append(buffer, text, strlen(text) + 1);
}

static const char *text_in(const struct pyro_buffer *buffer)
{
    return buffer->length > 0 ? buffer->data : NULL;
}

/* Takes what is the same in all rows of a name. */
static enum pyro_code begin_group(struct group *group, const struct sql *sql, sqlite3_stmt *row,
                                  struct pyro_error *err)
{
    const char *uri = sql_text(sql, row, URI), *again = sql_text(sql, row, SECOND_URI);
    group->name.length = group->uri.length = group->owner.length = group->tags.length = 0;
    group->tag_count = 0;
    group->registration.lease = sql->api->sqlite3_column_double(row, LEASE);
    group->registration.since = sql->api->sqlite3_column_int64(row, SINCE);
    if (!put_text(&group->name, sql_text(sql, row, NAME)) || !put_text(&group->uri, uri) ||
        !put_text(&group->owner, sql_text(sql, row, OWNER)))
        return pyro_error_memory(err);
    if (uri ? !again || strcmp(uri, again) != 0 : again != NULL)
        return sql_damaged(sql, "the URI of a name is not what was registered", err);
    return PYRO_OK;
}

/* Adds the tag of a row, if it has one that is not the last once more. */
static bool put_tag(struct group *group, const char *tag)
{
    if (!tag || (group->tag_count > 0 && strcmp(group->tags.data + group->last, tag) == 0))
        return true;
    group->last = group->tags.length;
    group->tag_count++;
    return put_text(&group->tags, tag);
}

/* Finds in a name what a program that checks it cannot have stored; NULL: nothing. */
static const char *find_damage(const struct group *group)
{
    const struct pyro_buffer *texts[] = {&group->name, &group->uri, &group->owner, &group->tags};
    const struct registration *read = &group->registration;
    for (size_t i = 0; i < PYRO_COUNT(texts); i++)
        if (!pyro_utf8_valid(pyro_slice(texts[i]->data, texts[i]->length)))
            return "a name, or what it has, is not UTF-8";
    if (read->lease < 0 || read->lease > LEASE_MOST || read->since < 0)
        return "the lease of a name is out of range";
    return NULL;
}

/* Tells the reader of a name whose rows have all been read. */
static enum pyro_code end_group(struct group *group, const struct sql *sql,
                                const struct sql_reader *reader, struct pyro_error *err)
{
    if (group->name.length == 0 || strcmp(group->name.data, PYRO_NAMESERVER_NAME) == 0)
        return PYRO_OK;
    const char *damage = find_damage(group);
    if (damage)
        return sql_damaged(sql, damage, err);
    const char *tag = group->tags.data;
    group->pointers.length = 0;
    for (size_t i = 0; i < group->tag_count; i++, tag += strlen(tag) + 1)
        if (!pyro_buffer_append(&group->pointers, &tag, sizeof(tag)))
            return pyro_error_memory(err);
    group->registration.uri = text_in(&group->uri);
    group->registration.owner = text_in(&group->owner);
    group->registration.tag_count = group->tag_count;
    group->registration.tags = (const void *)group->pointers.data;
    return reader->found(reader->context, pyro_slice(group->name.data, group->name.length - 1),
                         group->registration.uri ? &group->registration : NULL, err);
}

static enum pyro_code read_row(struct group *group, const struct sql *sql, sqlite3_stmt *row,
                               const struct sql_reader *reader, struct pyro_error *err)
{
    const char *name = sql_text(sql, row, NAME);
    enum pyro_code code = name ? PYRO_OK : pyro_error_memory(err);
    bool same = name && group->name.length > 0 && strcmp(group->name.data, name) == 0;
    if (code == PYRO_OK && !same && (code = end_group(group, sql, reader, err)) == PYRO_OK)
        code = begin_group(group, sql, row, err);
    if (code == PYRO_OK && !put_tag(group, sql_text(sql, row, TAG)))
        code = pyro_error_memory(err);
    return code;
}

enum pyro_code sql_row_read(const struct sql *sql, sqlite3_stmt *statement,
                            const struct sql_reader *reader, struct pyro_error *err)
{
    struct group group = {.tag_count = 0};
    bool row;
    enum pyro_code code = sql_step(sql, statement, &row, err);
    while (code == PYRO_OK && row) {
        code = read_row(&group, sql, statement, reader, err);
        if (code == PYRO_OK)
            code = sql_step(sql, statement, &row, err);
        else
            sql_end(sql, statement);
    }
    if (code == PYRO_OK)
        code = end_group(&group, sql, reader, err);
    free_group(&group);
    return code;
}
