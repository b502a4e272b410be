/** @file
 * SipHash-1-3: a keyed hash of short strings. Who does not know the key cannot choose strings whose
 * hashes collide. */
#ifndef PYRO_BASE_SIPHASH_H
#define PYRO_BASE_SIPHASH_H

#include "base/slice.h"

/** Returns the hash of a string with a key. */
uint64_t pyro_siphash(const uint64_t key[2], struct pyro_slice text);

#endif
