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

/* Writes the next character of the string as it is to be shown; says how many bytes it took. */
static size_t show(const unsigned char *p, size_t left, char shown[PYRO_ESCAPED_SIZE],
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

bool pyro_escapes(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t length;
    for (size_t i = 0; i < text.length; i += length)
        if ((length = pyro_seen(p + i, text.length - i)) == 0)
            return true;
    return false;
}

void pyro_escape(char *out, size_t size, struct pyro_slice text)
{
    size_t at = 0, length, cut = 0; /* where the dots would go */
    PYRO_ASSERT(size >= 8);
    char shown[PYRO_ESCAPED_SIZE];
    for (size_t i = 0; i < text.length; i += length) {
        size_t wrote = show((const unsigned char *)text.data + i, text.length - i, shown, &length);
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
