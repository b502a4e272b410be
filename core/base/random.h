/** @file
 * Random bytes from the operating system. */
#ifndef PYRO_BASE_RANDOM_H
#define PYRO_BASE_RANDOM_H

#include "base/common.h"

/** Fills `out` with `size` random bytes; false when the system has none. */
bool pyro_random(void *out, size_t size);

/** Returns a number of seconds between three and five quarters of `seconds`, so that many do not do
 * the same at the same time. */
double pyro_random_around(double seconds);

#define PYRO_UUID_SIZE 16

/** Makes a random UUID (version 4). */
bool pyro_random_uuid(unsigned char out[PYRO_UUID_SIZE]);

#define PYRO_HEX_ID_SIZE 33

/** Writes 32 random hexadecimal digits (a version 4 UUID without dashes) and a terminator. */
bool pyro_random_hex_id(char out[PYRO_HEX_ID_SIZE]);

#endif
