#include "naming/server/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

#define LONGEST_PATTERN 10000
#define QUICK_LIMIT 1000   /* steps: some microseconds */
#define MATCH_LIMIT 100000 /* steps: some milliseconds */
#define HEAP_LIMIT 20000   /* KiB */

struct pyro_regex {
    pcre2_code *code;
    pcre2_match_data *found;
    pcre2_match_context *limits;
};

/* PCRE2 knows escapes that Python refuses (\Q, \h, \R …), and others that Python has in another
 * meaning: \Z is PCRE2's \z. */
static bool translate_escape(char escaped, struct pyro_buffer *out)
{
    char pair[2] = {'\\', escaped == 'Z' ? 'z' : escaped};
    bool letter = (escaped >= 'a' && escaped <= 'z') || (escaped >= 'A' && escaped <= 'Z');
    if (letter && !strchr("AbBdDsSwWZafnrtuUvxN", escaped))
        return false;
    return pyro_buffer_append(out, pair, 2);
}

/* Returns how long a "{,n}" stands at the front of `rest`, which PCRE2 10.42 takes literally; else
 * 0. */
static size_t open_quantifier(struct pyro_slice rest)
{
    size_t i = 2;
    if (rest.length < 4 || rest.data[0] != '{' || rest.data[1] != ',')
        return 0;
    while (i < rest.length && rest.data[i] >= '0' && rest.data[i] <= '9')
        i++;
    return i > 2 && i < rest.length && rest.data[i] == '}' ? i + 1 : 0;
}

/* Python's pattern as PCRE2's. */
static bool translate(struct pyro_slice pattern, struct pyro_buffer *out)
{
    bool in_class = false;
    bool good = true;
    for (size_t i = 0; i < pattern.length && good; i++) {
        char c = pattern.data[i];
        struct pyro_slice rest = pyro_slice(pattern.data + i, pattern.length - i);
        size_t quantifier = in_class ? 0 : open_quantifier(rest);
        if (c == '\\' && i + 1 < pattern.length) {
            good = translate_escape(pattern.data[++i], out);
        } else if (quantifier > 0) {
            good = pyro_buffer_append(out, "{0", 2) &&
                   pyro_buffer_append(out, rest.data + 1, quantifier - 1);
            i += quantifier - 1;
        } else {
            if (c == '[' && !in_class) {
                in_class = true;
                if (i + 1 < pattern.length && pattern.data[i + 1] == ']') { /* a literal one */
                    good = pyro_buffer_append(out, "[", 1);
                    c = pattern.data[++i];
                }
            } else if (c == ']') {
                in_class = false;
            }
            good = good && pyro_buffer_append(out, &c, 1);
        }
    }
    return good;
}

static struct pyro_regex *compile(struct pyro_buffer *pattern, struct pyro_error *err)
{
    int number;
    PCRE2_SIZE offset;
    PCRE2_UCHAR text[160];
    struct pyro_regex *regex = pyro_calloc(1, sizeof(*regex));
    if (!regex) {
        pyro_error_memory(err);
        return NULL;
    }
    regex->code = pcre2_compile((PCRE2_SPTR)pattern->data, pattern->length,
                                PCRE2_ANCHORED | PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C,
                                &number, &offset, NULL);
    if (!regex->code) {
        pcre2_get_error_message(number, text, sizeof(text));
        pyro_error_set(err, PYRO_ENAMING, "invalid regex: %s at position %zu", (const char *)text,
                       offset);
        pyro_regex_free(regex);
        return NULL;
    }
    regex->found = pcre2_match_data_create_from_pattern(regex->code, NULL);
    regex->limits = pcre2_match_context_create(NULL);
    if (!regex->found || !regex->limits) {
        pyro_regex_free(regex);
        pyro_error_memory(err);
        return NULL;
    }
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT);
    return regex;
}

struct pyro_regex *pyro_regex_new(struct pyro_slice pattern, struct pyro_error *err)
{
    struct pyro_buffer translated = {.data = NULL};
    struct pyro_regex *regex = NULL;
    if (pattern.length > LONGEST_PATTERN)
        pyro_error_set(err, PYRO_ENAMING, "invalid regex: longer than %d bytes", LONGEST_PATTERN);
    else if (!pyro_buffer_reserve(&translated, 2 * pattern.length + 1)) /* all that it may become */
        pyro_error_memory(err);
    else if (!translate(pattern, &translated))
        pyro_error_set(err, PYRO_ENAMING, "invalid regex: bad escape");
    else
        regex = compile(&translated, err);
    pyro_buffer_free(&translated);
    return regex;
}

static int match(struct pyro_regex *regex, struct pyro_slice text, uint32_t limit)
{
    pcre2_set_match_limit(regex->limits, limit);
    return pcre2_match(regex->code, (PCRE2_SPTR)text.data, text.length, 0, 0, regex->found,
                       regex->limits);
}

enum pyro_code pyro_regex_match(struct pyro_regex *regex, struct pyro_slice text, bool *matches,
                                bool *slow, struct pyro_error *err)
{
    int result = match(regex, text, QUICK_LIMIT);
    *slow = result == PCRE2_ERROR_MATCHLIMIT;
    if (*slow)
        result = match(regex, text, MATCH_LIMIT);
    *matches = result >= 0;
    if (result >= 0 || result == PCRE2_ERROR_NOMATCH)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ENAMING, "invalid regex: too complex for the name '%.*s'",
                          (int)(text.length < 100 ? text.length : 100), text.data);
}

void pyro_regex_free(struct pyro_regex *regex)
{
    if (!regex)
        return;
    pcre2_code_free(regex->code);
    pcre2_match_data_free(regex->found);
    pcre2_match_context_free(regex->limits);
    pyro_free(regex);
}
