#include "naming/server/selection.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "naming/registry/text.h"
#include "naming/server/arguments.h"
#include "naming/server/regex.h"

#define NAMES_A_CHECK 16

/* The criteria, read, and what has been found by them. */
struct search {
    struct pyro_slice prefix; /* empty: not by prefix */
    struct pyro_regex *regex;
    const char **tags;
    size_t tag_count;
    size_t wanted_tags; /* how many of them must be there; 0: not by tags */
    const struct criteria *by;
    struct selection *found;
    size_t capacity;
    double deadline;
    unsigned unchecked;  /* names since the clock was looked at */
    enum pyro_code code; /* of a match that failed */
    struct pyro_error *err;
};

static size_t count_tags(const struct search *s, const struct registration *registration)
{
    size_t count = 0;
    for (size_t i = 0; i < registration->tag_count; i++)
        count += bsearch(&registration->tags[i], s->tags, s->tag_count, sizeof(*s->tags),
                         text_compare_tags) != NULL;
    return count;
}

/* Looks at the clock now and then, and where a regular expression was slow. */
static bool is_late(struct search *s, bool slow)
{
    if (!slow && ++s->unchecked < NAMES_A_CHECK)
        return false;
    s->unchecked = 0;
    if (pyro_cpu_seconds() <= s->deadline)
        return false;
    s->code = pyro_error_set(s->err, PYRO_ENAMING,
                             "the search takes too long; narrow it down, or use a prefix");
    return true;
}

static bool selects(struct search *s, struct pyro_slice name,
                    const struct registration *registration)
{
    bool matches = true, slow = false;
    if (s->by->admits)
        matches = s->by->admits(s->by->context, name);
    else if (!s->regex && s->wanted_tags == 0)
        return true;
    if (matches && s->regex)
        s->code = pyro_regex_match(s->regex, name, &matches, &slow, s->err);
    else if (matches && s->wanted_tags > 0)
        matches = count_tags(s, registration) >= s->wanted_tags;
    return !is_late(s, slow) && matches;
}

static bool selection_collect(void *context, struct pyro_slice name,
                              const struct registration *registration)
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
    return s->found->count != s->by->most;
}

static enum pyro_code read_criteria(struct search *s, const struct criteria *by)
{
    enum pyro_code code;
    if (argument_is_true(by->prefix)) {
        code = text_check(by->prefix, "prefix", s->err);
        if (code == PYRO_OK)
            s->prefix = by->prefix->u.text;
        return code;
    }
    if (argument_is_true(by->regex)) {
        code = text_check(by->regex, "regex", s->err);
        if (code == PYRO_OK && !(s->regex = pyro_regex_new(by->regex->u.text, s->err)))
            code = s->err->code;
        return code;
    }
    bool all = argument_is_true(by->all);
    if (!all && !argument_is_true(by->any))
        return PYRO_OK;
    code = text_read_tags(all ? by->all : by->any, all ? "metadata_all" : "metadata_any", &s->tags,
                          &s->tag_count, s->err);
    s->wanted_tags = all ? s->tag_count : 1;
    return code;
}

enum pyro_code selection_find(struct selection *selection, struct registry *registry,
                              const struct criteria *by, double deadline, struct pyro_error *err)
{
    struct search s = {.by = by, .found = selection, .deadline = deadline, .err = err};
    *selection = (struct selection){.names = NULL};
    enum pyro_code code = read_criteria(&s, by);
    if (code == PYRO_OK) {
        registry_each(registry, s.prefix, by->after, selection_collect, &s);
        code = s.code;
    }
    pyro_regex_free(s.regex);
    pyro_free(s.tags);
    return code;
}

void selection_free(struct selection *selection)
{
    pyro_free(selection->names);
}
