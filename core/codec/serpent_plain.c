/* Finding the end of plain bytes, eight at a time. */
#include "codec/serpent_plain.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

static bool is_plain(unsigned char c, char quote)
{
    return c >= 0x20 && c < 0x7f && c != (unsigned char)quote && c != '\\';
}

/* Marks the bytes that are not plain by their high bits, the first in the lowest byte; above the
 * first mark, there may be wrong ones. */
static uint64_t find_special(const char *p, uint64_t quotes)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    word = le64toh(word);
    uint64_t quote = word ^ quotes, backslash = word ^ (EACH_BYTE * '\\');
    uint64_t control = (word - EACH_BYTE * 0x20) | (word + EACH_BYTE); /* the second: 0x7f */
    return ((quote - EACH_BYTE) | (backslash - EACH_BYTE) | control | word) & HIGH_BITS;
}

const char *pyro_serpent_plain(const char *p, const char *end, char quote)
{
    uint64_t quotes = EACH_BYTE * (unsigned char)quote;
    for (; end - p >= 8; p += 8) {
        uint64_t marks = find_special(p, quotes);
        if (marks != 0)
            return p + __builtin_ctzll(marks) / 8;
    }
    while (p < end && is_plain((unsigned char)*p, quote))
        p++;
    return p;
}
