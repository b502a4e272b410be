#include "value/integer.h"

#include <stdio.h>

#include "base/assert.h"

/* Writes two digits at a time: dividing is what takes long. */
char *pyro_digits_put(char *end, uint64_t value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    for (; value >= 100; value /= 100)
        memcpy(end -= 2, pairs + 2 * (value % 100), 2);
    if (value >= 10)
        return memcpy(end - 2, pairs + 2 * value, 2);
    *--end = (char)('0' + value);
    return end;
}

size_t pyro_integer_text(int64_t value, char out[PYRO_INTEGER_SIZE])
{
    char digits[PYRO_INTEGER_SIZE], *at = digits + sizeof(digits);
    *--at = '\0';
    at = pyro_digits_put(at, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0)
        *--at = '-';
    size_t size = (size_t)(digits + sizeof(digits) - at);
    memcpy(out, at, size);
    return size - 1;
}

enum pyro_code pyro_put_digits(struct pyro_sink *to, struct pyro_slice digits)
{
    bool negative = digits.data[0] == '-';
    if (digits.length - negative > PYRO_DIGITS_64_BITS)
        return to->ops->bigint(to, digits);
    uint64_t value = pyro_digits_value(digits.data + negative, digits.length - negative);
    if (value > (uint64_t)INT64_MAX + negative)
        return to->ops->bigint(to, digits);
    return pyro_put_int(to, (int64_t)(negative ? 0 - value : value));
}

/* Folds in a term. `base` is a constant where it is inlined: dividing by one is much faster. */
static inline bool fold(struct pyro_bigint *big, uint32_t base, uint32_t factor, uint32_t term)
{
    uint64_t carry = term;
    PYRO_ASSERT(big->count <= PYRO_COUNT(big->limbs));
    for (size_t i = 0; i < big->count; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)(carry % base);
        carry /= base;
    }
    for (; carry > 0; carry /= base) {
        if (big->count == PYRO_COUNT(big->limbs))
            return false;
        big->limbs[big->count++] = (uint32_t)(carry % base);
    }
    return true;
}

bool pyro_bigint_fold(struct pyro_bigint *big, uint32_t factor, uint32_t term)
{
    if (big->base == PYRO_BASE_DECIMAL)
        return fold(big, PYRO_BASE_DECIMAL, factor, term);
    return fold(big, big->base, factor, term);
}

bool pyro_bigint_read(struct pyro_bigint *big, struct pyro_slice digits)
{
    uint32_t factor = 1, term = 0;
    if (digits.length > PYRO_MOST_DIGITS)
        return false;
    *big = (struct pyro_bigint){.base = big->base};
    for (size_t i = 0; i < digits.length; i++) {
        factor *= 10;
        term = 10 * term + (uint32_t)(digits.data[i] - '0');
        if (factor < PYRO_BASE_DECIMAL && i + 1 < digits.length)
            continue;
        if (!pyro_bigint_fold(big, factor, term))
            return false;
        factor = 1;
        term = 0;
    }
    return true;
}

size_t pyro_bigint_text(const struct pyro_bigint *big, char out[PYRO_MOST_DIGITS + 9])
{
    size_t i = big->count, size = PYRO_MOST_DIGITS + 9;
    if (9 * i >= size)
        return 0;
    int length = snprintf(out, size, "%u", i > 0 ? big->limbs[--i] : 0);
    while (i > 0)
        length += snprintf(out + length, size - (size_t)length, "%09u", big->limbs[--i]);
    return length <= PYRO_MOST_DIGITS ? (size_t)length : 0;
}
