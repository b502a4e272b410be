#include "value/utf8.h"

#include "base/escape.h"

/* Bytes that are looked at together where text is long. */
#define BLOCK 64

static uint64_t high_bits(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word & UINT64_C(0x8080808080808080);
}

static bool ascii_block(const unsigned char *p)
{
    return (high_bits(p) | high_bits(p + 8) | high_bits(p + 16) | high_bits(p + 24) |
            high_bits(p + 32) | high_bits(p + 40) | high_bits(p + 48) | high_bits(p + 56)) == 0;
}

/* Returns whether fewer than eight bytes, but one at least, are ASCII. */
static bool ascii_rest(const unsigned char *p, size_t left)
{
    uint32_t first, last;
    if (left < sizeof(first))
        return ((p[0] | p[left / 2] | p[left - 1]) & 0x80) == 0;
    memcpy(&first, p, sizeof(first));
    memcpy(&last, p + left - sizeof(last), sizeof(last));
    return ((first | last) & UINT32_C(0x80808080)) == 0;
}

static size_t valid_bytes(const unsigned char *p, size_t left)
{
    if (left >= 8 && high_bits(p) == 0)
        return left >= BLOCK && ascii_block(p) ? BLOCK : 8;
    if (left >= 8)
        return pyro_utf8_sequence(p, left);
    return ascii_rest(p, left) ? left : pyro_utf8_sequence(p, left);
}

bool pyro_utf8_valid(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t left = text.length, length;
    for (; left > 0; p += length, left -= length)
        if ((length = valid_bytes(p, left)) == 0)
            return false;
    return true;
}

size_t pyro_utf8_encode(uint32_t point, char *out)
{
    static const unsigned char heads[] = {0, 0xc0, 0xe0, 0xf0};
    size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    out[0] = (char)(heads[more] | point >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (point >> 6 * (more - i) & 0x3f));
    return more + 1;
}
