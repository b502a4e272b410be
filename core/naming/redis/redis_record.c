#include "naming/redis/redis_record.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "codec/codec.h"
#include "naming/registry/text.h"
#include "value/utf8.h"

enum pyro_code redis_record_write_tags(const struct registration *registration,
                                       struct pyro_buffer *out, struct pyro_error *err)
{
    struct pyro_writer writer;
    pyro_codec_json.open(&writer, out, err);
    enum pyro_code code = pyro_begin(&writer.sink, PYRO_LIST, registration->tag_count);
    for (size_t i = 0; i < registration->tag_count && code == PYRO_OK; i++)
        code = pyro_put_text(&writer.sink, registration->tags[i]);
    return code == PYRO_OK ? pyro_end(&writer.sink, PYRO_LIST) : code;
}

bool redis_reply_text(const redisReply *reply, struct pyro_slice *text)
{
    if (!reply || (reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS))
        return false;
    *text = pyro_slice(reply->str, reply->len);
    return true;
}

const redisReply *redis_reply_at(const redisReply *reply, size_t i)
{
    return reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements ? reply->element[i]
                                                                            : NULL;
}

bool redis_reply_revision(const redisReply *id, int64_t *revision)
{
    struct pyro_slice text;
    char *end;
    if (!redis_reply_text(id, &text))
        return false;
    *revision = strtoll(text.data, &end, 10); /* hiredis terminates strings */
    return end != text.data && strcmp(end, "-0") == 0 && *revision > 0;
}

static enum pyro_code damaged(struct pyro_error *err, const char *what)
{
    return pyro_error_set(err, PYRO_EVALUE, "its %s is missing or damaged", what);
}

/* Reads what a client of ours has to have checked before it stored it. */
static enum pyro_code read_text(const redisReply *field, const char *what, struct pyro_slice *text,
                                struct pyro_error *err)
{
    struct pyro_value value = {.type = PYRO_STR};
    if (!redis_reply_text(field, text) || !pyro_utf8_valid(*text))
        return damaged(err, what);
    value.u.text = *text;
    return text_check(&value, what, err);
}

static enum pyro_code read_number(const redisReply *field, const char *what, double most,
                                  double *number, struct pyro_error *err)
{
    struct pyro_slice text;
    char *end;
    if (!redis_reply_text(field, &text) || text.length == 0)
        return damaged(err, what);
    *number = strtod(text.data, &end);
    return *end == '\0' && isfinite(*number) && *number >= 0 && *number <= most
               ? PYRO_OK
               : damaged(err, what);
}

static enum pyro_code read_tags(struct redis_record *record, const redisReply *field,
                                struct pyro_error *err)
{
    struct pyro_slice text;
    struct pyro_error why;
    if (redis_reply_text(field, &text) && pyro_slice_equals(text, "[]"))
        return PYRO_OK; /* most have none, and there may be a million */
    pyro_tree_init(&record->tree, &why);
    if (!redis_reply_text(field, &text) ||
        pyro_codec_read(&pyro_codec_json, text, &record->tree.sink, &why) != PYRO_OK)
        return damaged(err, "metadata");
    return text_read_tags(pyro_value_at(&record->tree.root, 0), "metadata", &record->tags,
                          &record->registration.tag_count, err);
}

enum pyro_code redis_record_read(struct redis_record *record,
                                 const redisReply *const fields[REDIS_FIELDS],
                                 struct pyro_error *err)
{
    struct registration *registration = &record->registration;
    struct pyro_slice uri = {.data = NULL}, owner = uri;
    double since = 0;
    *record = (struct redis_record){.tags = NULL};
    if (read_text(fields[REDIS_NAME], "name", &record->name, err) != PYRO_OK ||
        read_text(fields[REDIS_URI], "uri", &uri, err) != PYRO_OK ||
        read_text(fields[REDIS_OWNER], "owner", &owner, err) != PYRO_OK ||
        read_number(fields[REDIS_LEASE], "lease", 1e9, &registration->lease, err) != PYRO_OK ||
        read_number(fields[REDIS_SINCE], "since", 1e15, &since, err) != PYRO_OK ||
        read_tags(record, fields[REDIS_META], err) != PYRO_OK)
        return err->code;
    registration->uri = uri.data;
    registration->owner = owner.length > 0 ? owner.data : NULL;
    registration->since = (int64_t)since;
    registration->tags = record->tags;
    return PYRO_OK;
}

void redis_record_free(struct redis_record *record)
{
    pyro_free(record->tags);
    if (record->tree.sink.ops)
        pyro_tree_free(&record->tree);
}
