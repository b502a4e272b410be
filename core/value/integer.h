/** @file
 * Integers of any length and their decimal digits. */
#ifndef PYRO_VALUE_INTEGER_H
#define PYRO_VALUE_INTEGER_H

#include "value/sink.h"

/** Decimal digits that an integer has at most. Python reads as many, and converting takes their
 * square in time. */
#define PYRO_MOST_DIGITS 4300

/** Decimal digits that always fit into 64 bits. */
#define PYRO_DIGITS_64_BITS 19

/** Bytes that the longest integer of 64 bits needs in decimal digits, with its end. */
#define PYRO_INTEGER_SIZE 24

/** Writes the decimal digits of a number before `end`, at most 20; returns where they begin. */
char *pyro_digits_put(char *end, uint64_t value);

/** Returns the value of decimal digits, at most PYRO_DIGITS_64_BITS. */
static inline uint64_t pyro_digits_value(const char *digits, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = 10 * value + (uint64_t)(digits[i] - '0');
    return value;
}

/** Writes decimal digits to `out`, terminated. Returns their number, the minus sign included. */
size_t pyro_integer_text(int64_t value, char out[PYRO_INTEGER_SIZE]);

/** Sends decimal digits (at least one, behind an optional minus sign, without leading zeros) as an
 * integer where 64 bits are enough, else as a bigint. */
enum pyro_code pyro_put_digits(struct pyro_sink *to, struct pyro_slice digits);

/** The base of limbs that take nine decimal digits each. */
#define PYRO_BASE_DECIMAL 1000000000

/** An integer without sign. With a base, and no limbs, it is 0. */
struct pyro_bigint {
    uint32_t base; /**< of its limbs: 2^15 to 2^30 */
    size_t count;
    uint32_t limbs[PYRO_MOST_DIGITS * 2 / 9 + 1]; /**< the lowest first, the last is not 0 */
};

/** Makes the integer integer * factor + term, both up to 2^30; false where it gets too long. */
bool pyro_bigint_fold(struct pyro_bigint *big, uint32_t factor, uint32_t term);

/** Reads decimal digits, of which there is at least one; false where they are more than
 * PYRO_MOST_DIGITS. */
bool pyro_bigint_read(struct pyro_bigint *big, struct pyro_slice digits);

/** Writes the decimal digits of an integer in base PYRO_BASE_DECIMAL to `out`, terminated. Returns
 * their number; 0 where they are more than PYRO_MOST_DIGITS. */
size_t pyro_bigint_text(const struct pyro_bigint *big, char out[PYRO_MOST_DIGITS + 9]);

#endif
