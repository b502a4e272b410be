/** @file
 * Integers of any size, as far as they travel: between decimal digits and other bases. */
#ifndef PYRO_VALUE_BIGINT_H
#define PYRO_VALUE_BIGINT_H

#include "base/common.h"
#include "base/slice.h"

/** Decimal digits that an integer may have; Python converts as many. */
#define PYRO_BIGINT_DIGITS 4300

#define PYRO_BIGINT_LIMBS (PYRO_BIGINT_DIGITS / 9 + 1)

/** A whole number, not negative. Zero-initialize `count`: it is 0 then. */
struct pyro_bigint {
    uint32_t limbs[PYRO_BIGINT_LIMBS]; /**< of nine decimal digits, the lowest first */
    size_t count;
};

/** number = number * factor + term, both of up to 28 bits; false where that has too many digits. */
bool pyro_bigint_fold(struct pyro_bigint *number, uint32_t factor, uint32_t term);

/** Writes the decimal digits to `out` (PYRO_BIGINT_DIGITS + 10 bytes), terminated; returns how many
 * they are, which may be more than PYRO_BIGINT_DIGITS. */
size_t pyro_bigint_text(const struct pyro_bigint *number, char *out);

/** Reads decimal digits, without a sign; false where they are none, or too many. */
bool pyro_bigint_read(struct pyro_bigint *number, struct pyro_slice digits);

/** Divides the number, and returns the remainder. `divisor` has up to 28 bits. */
uint32_t pyro_bigint_divide(struct pyro_bigint *number, uint32_t divisor);

#endif
