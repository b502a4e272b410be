/** @file
 * UTF-8. */
#ifndef PYRO_VALUE_UTF8_H
#define PYRO_VALUE_UTF8_H

#include "base/slice.h"

/** Returns whether the bytes are strictly valid UTF-8: no surrogates, no overlong forms, up to
 * U+10FFFF. */
bool pyro_utf8_valid(struct pyro_slice text);

/** Bytes that a character has at most. */
#define PYRO_UTF8_SIZE 4

/** Writes a character, in at most PYRO_UTF8_SIZE bytes. Returns their number; 0 where `point` is no
 * character: a surrogate, or above U+10FFFF. */
size_t pyro_utf8_encode(uint32_t point, char *out);

#endif
