#include "base/uuid.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* Places of the digits of each byte in the string. */
static const unsigned char places[PYRO_UUID_SIZE] = {0,  2,  4,  6,  9,  11, 14, 16,
                                                     19, 21, 24, 26, 28, 30, 32, 34};

void pyro_uuid_text(const unsigned char uuid[PYRO_UUID_SIZE], char out[PYRO_UUID_TEXT_SIZE])
{
    memset(out, '-', PYRO_UUID_TEXT_SIZE - 1);
    for (size_t i = 0; i < PYRO_UUID_SIZE; i++) {
        char digits[3];
        snprintf(digits, sizeof(digits), "%02x", uuid[i]);
        memcpy(out + places[i], digits, 2);
    }
    out[PYRO_UUID_TEXT_SIZE - 1] = '\0';
}

bool pyro_uuid_parse(struct pyro_slice text, unsigned char out[PYRO_UUID_SIZE])
{
    char again[PYRO_UUID_TEXT_SIZE];
    if (text.length != PYRO_UUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < PYRO_UUID_SIZE; i++) {
        char digits[3] = {text.data[places[i]], text.data[places[i] + 1], '\0'};
        out[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    pyro_uuid_text(out, again); /* only a well-formed string comes back */
    for (size_t i = 0; i < text.length; i++)
        if (tolower((unsigned char)text.data[i]) != again[i])
            return false;
    return true;
}
