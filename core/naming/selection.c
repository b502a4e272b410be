#include "naming/selection.h"

#include <string.h>

#include "base/memory.h"
#include "naming/arguments.h"
#include "naming/regex.h"

/* The criteria, read, and what has been found by them. */
struct search {
    struct pyro_slice prefix; /* empty: not by prefix */
    struct regex *regex;
    const char **tags;
    size_t tag_count;
    size_t wanted_tags; /* how many of them must be there; 0: not by tags */
    struct selection *found;
    size_t capacity;
    enum pyro_code code; /* of a match that failed */
    struct pyro_error *err;
};

static size_t count_tags(const struct search *s, const struct registration *registration)
{
    size_t count = 0;
    for (size_t i = 0; i < s->tag_count; i++)
        for (size_t j = 0; j < registration->tag_count; j++)
            count += strcmp(s->tags[i], registration->tags[j]) == 0;
    return count;
}

static bool selects(struct search *s, struct pyro_slice name,
                    const struct registration *registration)
{
    bool matches = true;
    if (s->regex) {
        s->code = regex_match(s->regex, name, &matches, s->err);
        return matches;
    }
    return s->wanted_tags == 0 || count_tags(s, registration) >= s->wanted_tags;
}

static bool collect(void *context, struct pyro_slice name, const struct registration *registration)
{
    struct search *s = context;
    if (!selects(s, name, registration))
        return s->code == PYRO_OK;
    if (s->found->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 16;
        struct pyro_slice *names = pyro_realloc(s->found->names, capacity * sizeof(*names));
        if (!names) {
            s->code = pyro_error_memory(s->err);
            return false;
        }
        s->found->names = names;
        s->capacity = capacity;
    }
    s->found->names[s->found->count++] = name;
    return true;
}

static enum pyro_code read_criteria(struct search *s, const struct criteria *by)
{
    enum pyro_code code;
    if (argument_is_true(by->prefix)) {
        code = argument_check_text(by->prefix, "prefix", s->err);
        if (code == PYRO_OK)
            s->prefix = by->prefix->u.text;
        return code;
    }
    if (argument_is_true(by->regex)) {
        code = argument_check_text(by->regex, "regex", s->err);
        if (code == PYRO_OK && !(s->regex = regex_new(by->regex->u.text, s->err)))
            code = s->err->code;
        return code;
    }
    bool all = argument_is_true(by->all);
    if (!all && !argument_is_true(by->any))
        return PYRO_OK;
    code = argument_read_tags(all ? by->all : by->any, all ? "metadata_all" : "metadata_any",
                              &s->tags, &s->tag_count, s->err);
    s->wanted_tags = all ? s->tag_count : 1;
    return code;
}

enum pyro_code selection_find(struct selection *selection, struct storage *storage,
                              const struct criteria *by, struct pyro_error *err)
{
    struct search s = {.found = selection, .err = err};
    *selection = (struct selection){.names = NULL};
    enum pyro_code code = read_criteria(&s, by);
    if (code == PYRO_OK) {
        storage->ops->each(storage, s.prefix, collect, &s);
        code = s.code;
    }
    regex_free(s.regex);
    pyro_free(s.tags);
    return code;
}

void selection_free(struct selection *selection)
{
    pyro_free(selection->names);
}
