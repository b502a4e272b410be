#include "naming/redis/redis_names.h"

#include "base/escape.h"
#include "rpc/object.h"

static bool is_own(struct pyro_slice name)
{
    return pyro_slice_equals(name, PYRO_NAMESERVER_NAME);
}

static void ignore(struct redis_names *names, struct pyro_slice name, const char *why)
{
    char text[120];
    pyro_escape(text, sizeof(text), name);
    pyro_log_write(names->log, PYRO_WARNING, "naming", "a name in Redis is ignored: '%s': %s", text,
                   why);
    if (!is_own(name))
        registry_remove(names->registry, name);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same(const struct registration *a, const struct registration *b)
{
    bool equal = a->tag_count == b->tag_count && same_text(a->uri, b->uri) &&
                 same_text(a->owner, b->owner) && a->lease == b->lease && a->since == b->since;
    for (size_t i = 0; equal && i < a->tag_count; i++)
        equal = strcmp(a->tags[i], b->tags[i]) == 0;
    return equal;
}

/* Puts a name into the registry, where it is not the same there. */
static enum pyro_code put(struct redis_names *names, struct pyro_slice name,
                          const redisReply *const fields[REDIS_FIELDS], struct pyro_error *err)
{
    struct redis_record record;
    struct pyro_error why;
    enum pyro_code code = redis_record_read(&record, fields, &why);
    if (code == PYRO_EMEMORY) {
        *err = why;
    } else if (code != PYRO_OK) {
        ignore(names, name, why.message);
        code = PYRO_OK;
    } else if (!is_own(name)) {
        const struct registration *now = registry_get(names->registry, name);
        if (!now || !same(now, &record.registration))
            code = registry_set(names->registry, name, &record.registration, err);
    }
    redis_record_free(&record);
    return code;
}

/* Sorts the pairs of an event into fields. */
static void sort_fields(const redisReply *pairs, const redisReply *fields[REDIS_FIELDS])
{
    static const char letters[] = "numols"; /* in the order of enum redis_field */
    struct pyro_slice key;
    for (size_t i = 0; redis_reply_text(redis_reply_at(pairs, i), &key); i += 2) {
        const char *letter = key.length == 1 ? strchr(letters, key.data[0]) : NULL;
        if (letter && *letter)
            fields[letter - letters] = redis_reply_at(pairs, i + 1);
    }
}

enum pyro_code redis_names_event(struct redis_names *names, const redisReply *pairs,
                                 struct pyro_error *err)
{
    const redisReply *fields[REDIS_FIELDS] = {NULL};
    struct pyro_slice name;
    sort_fields(pairs, fields);
    if (!redis_reply_text(fields[REDIS_NAME], &name))
        ignore(names, pyro_slice("", 0), "an event does not say which");
    else if (fields[REDIS_URI])
        return put(names, name, fields, err);
    else if (!is_own(name))
        registry_remove(names->registry, name);
    return PYRO_OK;
}

/* --- pages --- */

void redis_names_begin(struct redis_names *names)
{
    pyro_map_free(&names->seen);
    names->first = registry_count(names->registry) == 0;
    names->from.length = 0;
}

static enum pyro_code take_row(struct redis_names *names, const redisReply *row,
                               struct pyro_error *err)
{
    const redisReply *fields[REDIS_FIELDS];
    struct pyro_slice name;
    for (size_t i = 0; i < REDIS_FIELDS; i++)
        fields[i] = redis_reply_at(row, i);
    if (!redis_reply_text(fields[REDIS_NAME], &name))
        return pyro_error_set(err, PYRO_EPROTOCOL, "Redis names something without a name");
    names->from.length = 0;
    if ((!names->first && !pyro_map_set(&names->seen, name, names, NULL)) ||
        !pyro_buffer_append(&names->from, "(", 1) || /* behind a name, which may be empty */
        !pyro_buffer_append(&names->from, name.data, name.length))
        return pyro_error_memory(err);
    return put(names, name, fields, err);
}

enum pyro_code redis_names_page(struct redis_names *names, const redisReply *rows,
                                struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    const redisReply *row;
    for (size_t i = 0; code == PYRO_OK && (row = redis_reply_at(rows, i)); i++)
        code = take_row(names, row, err);
    return code;
}

struct missing {
    const struct redis_names *names;
    struct pyro_buffer found; /* slices */
    bool complete;
};

static bool collect_missing(void *context, struct pyro_slice name,
                            const struct registration *registration)
{
    struct missing *missing = context;
    (void)registration;
    if (is_own(name) || pyro_map_get(&missing->names->seen, name))
        return true;
    missing->complete = pyro_buffer_append(&missing->found, &name, sizeof(name));
    return missing->complete;
}

enum pyro_code redis_names_end(struct redis_names *names, struct pyro_error *err)
{
    struct missing missing = {.names = names, .complete = true};
    struct pyro_slice none = pyro_slice("", 0), name;
    if (!names->first)
        registry_each(names->registry, none, none, collect_missing, &missing);
    for (size_t i = 0; i < missing.found.length && missing.complete; i += sizeof(name)) {
        memcpy(&name, missing.found.data + i, sizeof(name));
        registry_remove(names->registry, name);
    }
    pyro_buffer_free(&missing.found);
    redis_names_free(names);
    return missing.complete ? PYRO_OK : pyro_error_memory(err);
}

void redis_names_free(struct redis_names *names)
{
    pyro_map_free(&names->seen);
    pyro_buffer_free(&names->from);
}
