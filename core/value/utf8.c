#include "value/utf8.h"

#include "base/escape.h"

static bool ascii_word(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

bool pyro_utf8_valid(struct pyro_slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t left = text.length, length;
    for (; left > 0; p += length, left -= length) {
        length = left >= 8 && ascii_word(p) ? 8 : pyro_utf8_sequence(p, left);
        if (length == 0)
            return false;
    }
    return true;
}
