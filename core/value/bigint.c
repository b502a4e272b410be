#include "value/bigint.h"

#include <stdio.h>

#define LIMB 1000000000 /* nine decimal digits */
#define LIMB_DIGITS 9

bool pyro_bigint_fold(struct pyro_bigint *number, uint32_t factor, uint32_t term)
{
    uint64_t carry = term;
    for (size_t i = 0; i < number->count; i++) {
        carry += (uint64_t)number->limbs[i] * factor;
        number->limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (carry > 0 && number->count == PYRO_BIGINT_LIMBS)
        return false;
    if (carry > 0)
        number->limbs[number->count++] = (uint32_t)carry;
    return true;
}

size_t pyro_bigint_text(const struct pyro_bigint *number, char *out)
{
    size_t i = number->count;
    size_t length = (size_t)snprintf(out, LIMB_DIGITS + 1, "%u", i > 0 ? number->limbs[--i] : 0);
    while (i > 0)
        length += (size_t)snprintf(out + length, LIMB_DIGITS + 1, "%09u", number->limbs[--i]);
    return length;
}

bool pyro_bigint_read(struct pyro_bigint *number, struct pyro_slice digits)
{
    number->count = 0;
    for (size_t end = digits.length; end > 0; number->count++) {
        size_t begin = end > LIMB_DIGITS ? end - LIMB_DIGITS : 0;
        uint32_t limb = 0;
        for (size_t i = begin; i < end; i++) {
            if (digits.data[i] < '0' || digits.data[i] > '9')
                return false;
            limb = limb * 10 + (uint32_t)(digits.data[i] - '0');
        }
        if (number->count == PYRO_BIGINT_LIMBS)
            return false;
        number->limbs[number->count] = limb;
        end = begin;
    }
    while (number->count > 0 && number->limbs[number->count - 1] == 0)
        number->count--;
    return digits.length > 0;
}

uint32_t pyro_bigint_divide(struct pyro_bigint *number, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = number->count; i > 0; i--) {
        rest = rest * LIMB + number->limbs[i - 1];
        number->limbs[i - 1] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (number->count > 0 && number->limbs[number->count - 1] == 0)
        number->count--;
    return (uint32_t)rest;
}
