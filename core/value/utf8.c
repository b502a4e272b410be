#include "value/utf8.h"

static bool ascii_word(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

/* Bytes of the sequence at `p` (of which `left` are there), or 0 where it is none. */
static size_t sequence(const unsigned char *p, size_t left)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] > 0xf4 || length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || /* overlong, surrogate */
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))   /* overlong, too high */
        return 0;
    return length;
}

bool pyro_utf8_valid(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data, *end = p + text.length;
    while (p < end) {
        if (end - p >= 8 && ascii_word(p)) {
            p += 8;
            continue;
        }
        size_t length = sequence(p, (size_t)(end - p));
        if (length == 0)
            return false;
        p += length;
    }
    return true;
}
