#include "naming/registry/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum pyro_code text_check(const struct pyro_value *value, const char *what, struct pyro_error *err)
{
    if (value->type != PYRO_STR)
        return pyro_error_set(err, PYRO_ETYPE, "%s must be a str", what);
    if (value->u.text.length > TEXT_LONGEST)
        return pyro_error_set(err, PYRO_EVALUE, "%s may not be longer than %d bytes", what,
                              TEXT_LONGEST);
    if (memchr(value->u.text.data, '\0', value->u.text.length))
        return pyro_error_set(err, PYRO_EVALUE, "%s may not contain NUL", what);
    return PYRO_OK;
}

static enum pyro_code check_collection(const struct pyro_value *value, const char *what,
                                       struct pyro_error *err)
{
    if (value->type == PYRO_STR)
        return pyro_error_set(
            err, PYRO_ETYPE, "%s should not be a str, but another iterable (set, list, etc)", what);
    if (value->type != PYRO_CONTAINER_VALUE || value->kind == PYRO_DICT)
        return pyro_error_set(err, PYRO_ETYPE, "'%s' object is not iterable",
                              pyro_value_type_name(value));
    if (value->u.of.count > TEXT_MOST_TAGS)
        return pyro_error_set(err, PYRO_EVALUE, "%s may not have more than %d tags", what,
                              TEXT_MOST_TAGS);
    return PYRO_OK;
}

int text_compare_tags(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Takes out of tags in order those that are there already. */
static void drop_duplicates(const char **tags, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || strcmp(tags[kept - 1], tags[i]) != 0)
            tags[kept++] = tags[i];
    *count = kept;
}

enum pyro_code text_read_tags(const struct pyro_value *value, const char *what, const char ***tags,
                              size_t *count, struct pyro_error *err)
{
    *tags = NULL;
    *count = 0;
    if (!value || value->type == PYRO_NIL)
        return PYRO_OK;
    enum pyro_code code = check_collection(value, what, err);
    if (code != PYRO_OK)
        return code;
    *tags = pyro_calloc(value->u.of.count, sizeof(**tags));
    if (!*tags)
        return pyro_error_memory(err);
    for (size_t i = 0; i < value->u.of.count; i++) {
        code = text_check(&value->u.of.items[i], "metadata tags", err);
        if (code != PYRO_OK)
            return code;
        (*tags)[(*count)++] = value->u.of.items[i].u.text.data;
    }
    qsort(*tags, *count, sizeof(**tags), text_compare_tags);
    drop_duplicates(*tags, count);
    return PYRO_OK;
}
