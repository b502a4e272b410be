/* The cursor over a source: what comes next, and errors that tell the place. */
#include "codec/serpent_cursor.h"

#include <stdarg.h>
#include <stdio.h>

/* --- errors --- */

enum pyro_code pyro_serpent_refuse(const struct serpent_reader *r, const char *at,
                                   const char *format, ...)
{
    size_t line = 1, column = 1;
    char why[100];
    va_list args;
    for (const char *p = r->start; p < at; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            column++;
        }
    }
    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    return pyro_error_set(r->err, PYRO_ESERIALIZE, "serpent line %zu, column %zu: %s", line, column,
                          why);
}

enum pyro_code pyro_serpent_cut_short(const struct serpent_reader *r)
{
    return pyro_serpent_refuse(r, r->end, "cut short");
}

enum pyro_code pyro_serpent_unexpected(const struct serpent_reader *r, const char *what)
{
    return r->p == r->end ? pyro_serpent_cut_short(r) : pyro_serpent_refuse(r, r->p, "%s", what);
}

/* --- characters --- */

bool pyro_serpent_is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

int pyro_serpent_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* --- white space --- */

/* Returns the end of a run of white space; a backslash at a line's end is some. */
static const char *past_space(const char *p, const char *end)
{
    for (; p < end; p++) {
        bool continued = *p == '\\' && end - p >= 2 && (p[1] == '\n' || p[1] == '\r');
        if (!continued && *p != ' ' && *p != '\n' && *p != '\r' && *p != '\t' && *p != '\f')
            break;
    }
    return p;
}

void pyro_serpent_skip_space(struct serpent_reader *r)
{
    while (r->p < r->end) {
        r->p = past_space(r->p, r->end);
        if (r->p == r->end || *r->p != '#')
            return;
        const char *newline = memchr(r->p, '\n', (size_t)(r->end - r->p));
        r->p = newline ? newline : r->end;
    }
}
