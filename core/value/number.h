/** @file
 * Numbers as text, the way Python writes them. */
#ifndef PYRO_VALUE_NUMBER_H
#define PYRO_VALUE_NUMBER_H

#include "base/common.h"

/** Bytes that the longest text of a double needs, with its end. */
#define PYRO_REAL_SIZE 32

/** Writes Python's repr() of a finite double to `out`, terminated, whatever the locale: the fewest
 * digits that are read back as the same value. Returns its length. */
size_t pyro_real_text(double value, char out[PYRO_REAL_SIZE]);

#endif
