#include "base/escape.h"

#include <stdio.h>

#include "base/assert.h"

static bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t pyro_utf8_sequence(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || left < 2 || !continues(p[1]))
        return 0;
    if (p[0] < 0xe0)
        return 2;
    if (left < 3 || !continues(p[2]))
        return 0;
    if (p[0] < 0xf0) /* neither overlong nor a surrogate */
        return (p[0] > 0xe0 || p[1] >= 0xa0) && (p[0] != 0xed || p[1] < 0xa0) ? 3 : 0;
    if (p[0] > 0xf4 || left < 4 || !continues(p[3]))
        return 0;
    return (p[0] > 0xf0 || p[1] >= 0x90) && (p[0] < 0xf4 || p[1] < 0x90) ? 4 : 0;
}

/* Characters that are not seen themselves: they steer terminals, end lines, change the direction of
 * what follows, or make two strings look the same. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0, 0x1f},          /* control characters */
    {0x7f, 0x9f},       /* more of them */
    {0xad, 0xad},       /* soft hyphen */
    {0x61c, 0x61c},     /* mark of direction */
    {0x180e, 0x180e},   /* separator without width */
    {0x200b, 0x200f},   /* without width; marks of direction */
    {0x2028, 0x202e},   /* ends of lines and paragraphs; directions */
    {0x2060, 0x206f},   /* without width; directions */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xfff9, 0xfffb},   /* annotations */
    {0xe0000, 0xe0fff}, /* tags and variants */
};

/* Returns the code point of a valid sequence. */
static uint32_t code_point(const unsigned char *p, size_t length)
{
    uint32_t code = length == 1 ? p[0] : p[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (p[i] & 0x3f);
    return code;
}

static bool is_unseen(uint32_t code)
{
    for (size_t i = 0; i < PYRO_COUNT(unseen) && code >= unseen[i].first; i++)
        if (code <= unseen[i].last)
            return true;
    return false;
}

size_t pyro_seen(const unsigned char *p, size_t left)
{
    size_t length = pyro_utf8_sequence(p, left);
    return length > 0 && !is_unseen(code_point(p, length)) ? length : 0;
}

void pyro_escape_byte(char out[PYRO_ESCAPED_SIZE], unsigned char byte)
{
    snprintf(out, PYRO_ESCAPED_SIZE, "\\x%02x", byte);
}

size_t pyro_json_escape(uint32_t code, char out[PYRO_JSON_ESCAPED_SIZE])
{
    static const char named[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
    const char *name = code > 0 && code < 0x80 ? strchr(named, (int)code) : NULL;
    uint32_t beyond = code - 0x10000;
    if (name)
        snprintf(out, PYRO_JSON_ESCAPED_SIZE, "\\%c", letters[name - named]);
    else if (code < 0x10000)
        snprintf(out, PYRO_JSON_ESCAPED_SIZE, "\\u%04x", (unsigned)code);
    else
        snprintf(out, PYRO_JSON_ESCAPED_SIZE, "\\u%04x\\u%04x",
                 (unsigned)(0xd800 | (beyond >> 10 & 0x3ff)),
                 (unsigned)(0xdc00 | (beyond & 0x3ff)));
    return strlen(out);
}

/* Writes the next character of a string as it is to be shown, and sets how many bytes it took.
 * Returns how many were written. */
typedef size_t show_fn(const unsigned char *p, size_t left, char shown[PYRO_JSON_ESCAPED_SIZE],
                       size_t *length);

static size_t show(const unsigned char *p, size_t left, char shown[PYRO_JSON_ESCAPED_SIZE],
                   size_t *length)
{
    *length = pyro_seen(p, left);
    if (*length > 0) {
        memcpy(shown, p, *length);
        return *length;
    }
    *length = 1;
    pyro_escape_byte(shown, p[0]);
    return strlen(shown);
}

static size_t show_in_json(const unsigned char *p, size_t left, char shown[PYRO_JSON_ESCAPED_SIZE],
                           size_t *length)
{
    *length = pyro_utf8_sequence(p, left);
    if (*length == 0) { /* as elsewhere, but for the backslash, which is escaped itself */
        *length = 1;
        shown[0] = '\\';
        pyro_escape_byte(shown + 1, p[0]);
        return strlen(shown);
    }
    uint32_t code = code_point(p, *length);
    if (is_unseen(code) || code == '"' || code == '\\')
        return pyro_json_escape(code, shown);
    memcpy(shown, p, *length);
    return *length;
}

bool pyro_escapes(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t length;
    for (size_t i = 0; i < text.length; i += length)
        if ((length = pyro_seen(p + i, text.length - i)) == 0)
            return true;
    return false;
}

static void escape(show_fn *show_next, char *out, size_t size, struct pyro_slice text)
{
    size_t at = 0, length, cut = 0; /* where the dots would go */
    PYRO_ASSERT(size >= 8);
    char shown[PYRO_JSON_ESCAPED_SIZE];
    for (size_t i = 0; i < text.length; i += length) {
        size_t wrote =
            show_next((const unsigned char *)text.data + i, text.length - i, shown, &length);
        if (at + wrote >= size) {
            memcpy(out + cut, "...", 4);
            return;
        }
        memcpy(out + at, shown, wrote);
        at += wrote;
        if (at + 4 <= size)
            cut = at;
    }
    out[at] = '\0';
}

void pyro_escape(char *out, size_t size, struct pyro_slice text)
{
    escape(show, out, size, text);
}

static size_t show_lines(const unsigned char *p, size_t left, char shown[PYRO_JSON_ESCAPED_SIZE],
                         size_t *length)
{
    if (p[0] != '\n')
        return show(p, left, shown, length);
    shown[0] = '\n';
    return *length = 1;
}

void pyro_escape_lines(char *out, size_t size, struct pyro_slice text)
{
    escape(show_lines, out, size, text);
}

void pyro_escape_json(char *out, size_t size, struct pyro_slice text)
{
    escape(show_in_json, out, size, text);
}
