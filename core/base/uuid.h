/** @file
 * UUIDs as strings, "f15e80c7-1b4a-47f2-9cf5-00ca86551698". */
#ifndef PYRO_BASE_UUID_H
#define PYRO_BASE_UUID_H

#include "base/random.h"
#include "base/slice.h"

#define PYRO_UUID_TEXT_SIZE 37

/** Writes the string and a terminator. */
void pyro_uuid_text(const unsigned char uuid[PYRO_UUID_SIZE], char out[PYRO_UUID_TEXT_SIZE]);

/** Reads the string, in digits of either case; false where it is no UUID. */
bool pyro_uuid_parse(struct pyro_slice text, unsigned char out[PYRO_UUID_SIZE]);

#endif
