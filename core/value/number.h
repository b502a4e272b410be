/** @file
 * Numbers as strings, the way Python writes them, whatever the locale. */
#ifndef PYRO_VALUE_NUMBER_H
#define PYRO_VALUE_NUMBER_H

#include "base/common.h"

/** Bytes that the longest string of a double needs, with its end. */
#define PYRO_REAL_SIZE 32

/** Writes Python's repr() of a finite double to `out`, terminated: the fewest digits that are read
 * back as the same value. Returns its length. */
size_t pyro_real_text(double value, char out[PYRO_REAL_SIZE]);

/** Returns the double next to `digits` (`count`, at least 1) times 10 to the power of `exponent`:
 * infinite where that is too large. The PYRO_REAL_SIZE bytes behind the digits may be written to.
 */
double pyro_real_read(char *digits, size_t count, int exponent);

#endif
