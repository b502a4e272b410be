#include "base/uuid.h"

/* Places of the digits of each byte in the string. */
static const unsigned char places[PYRO_UUID_SIZE] = {0,  2,  4,  6,  9,  11, 14, 16,
                                                     19, 21, 24, 26, 28, 30, 32, 34};

void pyro_uuid_text(const unsigned char uuid[PYRO_UUID_SIZE], char out[PYRO_UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    memset(out, '-', PYRO_UUID_TEXT_SIZE - 1);
    for (size_t i = 0; i < PYRO_UUID_SIZE; i++) {
        out[places[i]] = digits[uuid[i] >> 4];
        out[places[i] + 1] = digits[uuid[i] & 0xf];
    }
    out[PYRO_UUID_TEXT_SIZE - 1] = '\0';
}

/* Returns the value of a digit; 16 or more where it is none. */
static unsigned digit_of(char c)
{
    unsigned letter = (unsigned)(unsigned char)c | 0x20;
    return c >= '0' && c <= '9' ? (unsigned)(c - '0') : letter >= 'a' ? letter - 'a' + 10 : 16;
}

bool pyro_uuid_parse(struct pyro_slice text, unsigned char out[PYRO_UUID_SIZE])
{
    if (text.length != PYRO_UUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < PYRO_UUID_SIZE; i++) {
        unsigned high = digit_of(text.data[places[i]]), low = digit_of(text.data[places[i] + 1]);
        if (high > 0xf || low > 0xf)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return text.data[8] == '-' && text.data[13] == '-' && text.data[18] == '-' &&
           text.data[23] == '-';
}
