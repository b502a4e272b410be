#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

bool pyro_random(void *out, size_t size)
{
    char *at = out;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

double pyro_random_around(double seconds)
{
    uint32_t number = 0;
    pyro_random(&number, sizeof(number)); /* without one it is the shortest */
    return seconds * (0.75 + 0.5 * number / UINT32_MAX);
}

bool pyro_random_uuid(unsigned char out[PYRO_UUID_SIZE])
{
    if (!pyro_random(out, PYRO_UUID_SIZE))
        return false;
    out[6] = (unsigned char)((out[6] & 0x0f) | 0x40); /* version 4 */
    out[8] = (unsigned char)((out[8] & 0x3f) | 0x80); /* the variant of RFC 4122 */
    return true;
}

bool pyro_random_hex_id(char out[PYRO_HEX_ID_SIZE])
{
    unsigned char bytes[PYRO_UUID_SIZE];
    if (!pyro_random_uuid(bytes))
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}
