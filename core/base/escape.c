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

/* ASCII's control characters, and those at U+0080 to U+009F, which steer terminals too. */
static bool is_control(const unsigned char *p)
{
    return p[0] < 0x20 || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
}

/* Writes the next character of the string as it is to be shown; says how many bytes it took. */
static size_t show(const unsigned char *p, size_t left, char shown[5], size_t *length)
{
    *length = pyro_utf8_sequence(p, left);
    if (*length > 0 && !is_control(p)) {
        memcpy(shown, p, *length);
        return *length;
    }
    *length = 1;
    snprintf(shown, 5, "\\x%02x", p[0]);
    return 4;
}

bool pyro_escapes(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t length;
    for (size_t i = 0; i < text.length; i += length)
        if ((length = pyro_utf8_sequence(p + i, text.length - i)) == 0 || is_control(p + i))
            return true;
    return false;
}

void pyro_escape(char *out, size_t size, struct pyro_slice text)
{
    size_t at = 0, length, cut = 0; /* where the dots would go */
    PYRO_ASSERT(size >= 8);
    char shown[5];
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
