/* Reading Python's numbers: integers of any length and base, floats, and sums that are complex
 * numbers. */
#include "codec/serpent_number.h"

#define FURTHEST_EXPONENT 100000 /* what is further is 0 or infinite, whatever the digits */

/* A number without its sign. Its digits are in r->digits, from the second byte: a sign may be put
 * before them. */
struct number {
    size_t count;
    int exponent; /* of the 10 that the digits are times to */
    bool real, imaginary;
};

static bool at_digit(const struct serpent_reader *r)
{
    return pyro_serpent_digit(pyro_serpent_peek(r)) < 10;
}

static enum pyro_code malformed(const struct serpent_reader *r)
{
    return r->p == r->end ? pyro_serpent_cut_short(r)
                          : pyro_serpent_refuse(r, r->p, "malformed number");
}

static enum pyro_code too_long(const struct serpent_reader *r)
{
    return pyro_serpent_refuse(r, r->p, "a number of too many digits");
}

/* Takes the next digit, which one underscore may come before; returns -1 where there is none. */
static int take_digit(struct serpent_reader *r, int base)
{
    const char *p = r->p;
    if (p < r->end && *p == '_')
        p++;
    int digit = p < r->end ? pyro_serpent_digit(*p) : base;
    if (digit >= base)
        return -1;
    r->p = p + 1;
    return digit;
}

/* Takes digits up to the next underscore, if there is room for them. */
static void take_run(struct serpent_reader *r, struct number *n)
{
    size_t most = PYRO_MOST_DIGITS - n->count, left = (size_t)(r->end - r->p), count = 0;
    const char *from = r->p;
    char *to = r->digits + 1 + n->count;
    if (left < most)
        most = left;
    for (; count < most && from[count] >= '0' && from[count] <= '9'; count++)
        to[count] = from[count];
    n->count += count;
    r->p += count;
}

static enum pyro_code take_digits(struct serpent_reader *r, struct number *n)
{
    take_run(r, n);
    for (int digit; (digit = take_digit(r, 10)) >= 0; take_run(r, n)) {
        if (n->count == PYRO_MOST_DIGITS)
            return too_long(r);
        r->digits[1 + n->count++] = (char)('0' + digit);
    }
    return PYRO_OK;
}

static enum pyro_code take_fraction(struct serpent_reader *r, struct number *n)
{
    size_t whole = n->count;
    enum pyro_code code = PYRO_OK;
    r->p++;
    n->real = true;
    if (at_digit(r))
        code = take_digits(r, n);
    n->exponent = -(int)(n->count - whole);
    return n->count == 0 ? malformed(r) : code;
}

static enum pyro_code take_exponent(struct serpent_reader *r, struct number *n)
{
    int exponent = 0;
    r->p++;
    n->real = true;
    bool negative = pyro_serpent_peek(r) == '-';
    if (negative || pyro_serpent_peek(r) == '+')
        r->p++;
    if (!at_digit(r))
        return malformed(r);
    for (int digit; (digit = take_digit(r, 10)) >= 0;)
        if (exponent < FURTHEST_EXPONENT)
            exponent = 10 * exponent + digit;
    n->exponent += negative ? -exponent : exponent;
    return PYRO_OK;
}

/* --- integers in other bases --- */

/* Takes an integer in another base, which begins with 0x, 0o or 0b. */
static enum pyro_code take_based(struct serpent_reader *r, struct number *n, int base)
{
    struct pyro_bigint big = {.base = PYRO_BASE_DECIMAL};
    uint32_t factor = 1, term = 0;
    int digit;
    r->p += 2;
    if ((digit = take_digit(r, base)) < 0)
        return malformed(r);
    do {
        factor *= (uint32_t)base;
        term = term * (uint32_t)base + (uint32_t)digit;
        digit = take_digit(r, base);
        if (factor < 1 << 24 && digit >= 0)
            continue;
        if (!pyro_bigint_fold(&big, factor, term))
            return too_long(r);
        factor = 1;
        term = 0;
    } while (digit >= 0);
    n->count = pyro_bigint_text(&big, r->digits + 1);
    return n->count == 0 ? too_long(r) : PYRO_OK;
}

/* --- values --- */

static int base_of(const struct serpent_reader *r)
{
    if (r->end - r->p < 2 || *r->p != '0')
        return 10;
    char c = (char)(r->p[1] | 0x20);
    return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
}

static bool has_leading_zeros(const struct serpent_reader *r, const struct number *n)
{
    size_t zeros = 0;
    while (zeros < n->count && r->digits[1 + zeros] == '0')
        zeros++;
    return zeros > 0 && zeros < n->count;
}

static enum pyro_code take_unsigned(struct serpent_reader *r, struct number *n)
{
    enum pyro_code code = PYRO_OK;
    int base = base_of(r);
    *n = (struct number){.count = 0};
    if (base != 10) {
        code = take_based(r, n, base);
    } else {
        if (at_digit(r))
            code = take_digits(r, n);
        if (code == PYRO_OK && pyro_serpent_peek(r) == '.')
            code = take_fraction(r, n);
        if (code == PYRO_OK && n->count > 0 && (pyro_serpent_peek(r) | 0x20) == 'e')
            code = take_exponent(r, n);
        if ((pyro_serpent_peek(r) | 0x20) == 'j') {
            n->imaginary = true;
            r->p++;
        }
    }
    if (code != PYRO_OK)
        return code;
    if (n->count == 0 || pyro_serpent_is_word(pyro_serpent_peek(r)))
        return malformed(r);
    if (!n->real && !n->imaginary && has_leading_zeros(r, n))
        return pyro_serpent_refuse(r, r->p, "an integer with leading zeros");
    return PYRO_OK;
}

/* Takes a sign, if there is one; returns whether it is a minus. */
static bool take_sign(struct serpent_reader *r)
{
    bool negative = *r->p == '-';
    if (negative || *r->p == '+') {
        r->p++;
        pyro_serpent_skip(r);
    }
    return negative;
}

static double to_real(struct serpent_reader *r, const struct number *n, bool negative)
{
    double value = pyro_real_read(r->digits + 1, n->count, n->exponent);
    return negative ? -value : value;
}

static void settle_integer(struct serpent_reader *r, const struct number *n, bool negative,
                           struct serpent_scalar *s)
{
    char *digits = r->digits + 1;
    size_t count = n->count;
    for (; count > 1 && *digits == '0'; count--)
        digits++;
    uint64_t value = count <= PYRO_DIGITS_64_BITS ? pyro_digits_value(digits, count) : UINT64_MAX;
    if (value <= (uint64_t)INT64_MAX + negative) {
        s->type = SERPENT_INT;
        s->u.integer = (int64_t)(negative ? 0 - value : value);
        return;
    }
    *--digits = '-';
    s->type = SERPENT_BIGINT;
    s->u.text = negative ? pyro_slice(digits, count + 1) : pyro_slice(digits + 1, count);
}

/* Takes the second part of a complex number, from its sign on. */
static enum pyro_code take_second_part(struct serpent_reader *r, struct serpent_scalar *s)
{
    struct number n;
    const char *sign = r->p;
    bool negative = take_sign(r);
    if (!negative && pyro_serpent_peek(r) == '-')
        negative = take_sign(r); /* serpent writes "3.0+-0.0j" */
    enum pyro_code code = take_unsigned(r, &n);
    if (code == PYRO_OK && !n.imaginary)
        return pyro_serpent_refuse(r, sign, "a sum that is no complex number");
    if (code == PYRO_OK)
        s->u.number.imaginary = to_real(r, &n, negative);
    s->type = SERPENT_COMPLEX;
    return code;
}

enum pyro_code pyro_serpent_take_number(struct serpent_reader *r, struct serpent_scalar *s)
{
    struct number n;
    bool negative = take_sign(r);
    enum pyro_code code = take_unsigned(r, &n);
    if (code != PYRO_OK)
        return code;
    pyro_serpent_skip(r);
    bool sum = pyro_serpent_peek(r) == '+' || pyro_serpent_peek(r) == '-';
    if (n.imaginary) {
        s->type = SERPENT_COMPLEX;
        s->u.number.real = negative ? -0.0 : 0.0;
        s->u.number.imaginary = to_real(r, &n, negative);
        return sum ? pyro_serpent_refuse(r, r->p, "a sum that is no complex number") : PYRO_OK;
    }
    if (!n.real && !sum) {
        settle_integer(r, &n, negative, s);
        return PYRO_OK;
    }
    s->type = SERPENT_REAL;
    s->u.number.real = to_real(r, &n, negative);
    return sum ? take_second_part(r, s) : PYRO_OK;
}
