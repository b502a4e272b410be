#include "value/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 17

__extension__ typedef unsigned __int128 wide;

static const uint64_t powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

/* 0.d1d2d3… * 10^point */
struct decimal {
    char digits[MOST_DIGITS + 1]; /* terminated */
    int count;
    int point;
};

/* --- the fewest digits, by exact integers --- */

/* A double of a medium size, in units that make all of this whole numbers. */
struct scaled {
    wide value; /* mantissa * 10^places, in units of 2^exponent */
    wide gap;   /* to the next double up: 10^places */
    int shift;  /* 2^shift units are 1 */
    bool even;  /* the mantissa: a decimal half way to the next double is read as this one */
    bool power; /* of two: the next double down is only half a gap away */
};

static bool is_within(wide distance, wide most, bool even)
{
    return even ? distance <= most : distance < most;
}

/* Rounds to a whole number that is read as the same double; false when there is none. */
static bool round_scaled(const struct scaled *s, uint64_t *whole)
{
    wide one = (wide)1 << s->shift;
    *whole = (uint64_t)((s->value + one / 2) >> s->shift);
    if (((s->value + one / 2) & (one - 1)) == 0 && *whole % 2 == 1)
        --*whole; /* half way between two decimals: the even one */
    wide near = *whole * one;
    if (near >= s->value && is_within(2 * (near - s->value), s->gap, s->even))
        return true;
    if (near < s->value && is_within((s->power ? 4 : 2) * (s->value - near), s->gap, s->even))
        return true;
    ++*whole; /* what is nearest but below may be too far, what is above not */
    return s->power && near < s->value && 2 * (near + one - s->value) <= s->gap;
}

static void set_digits(struct decimal *d, uint64_t whole, int places)
{
    char digits[24], *p = digits + sizeof(digits);
    do
        *--p = (char)('0' + whole % 10);
    while ((whole /= 10) > 0);
    d->count = (int)(digits + sizeof(digits) - p);
    d->point = d->count - places;
    memcpy(d->digits, p, (size_t)d->count);
}

/* For numbers from 0.001 to 2^53, which is most that there are. */
static bool shortest_of_medium(double value, struct decimal *d)
{
    int exponent, point = value < 0.01 ? -2 : value < 0.1 ? -1 : 0;
    if (value < 0.001 || value >= 0x1p53)
        return false;
    uint64_t mantissa = (uint64_t)(frexp(value, &exponent) * 0x1p53), whole;
    struct scaled s = {
        .shift = 53 - exponent, .even = mantissa % 2 == 0, .power = mantissa == UINT64_C(1) << 52};
    while (point >= 0 && value >= (double)powers[point])
        point++;
    for (size_t places = point < DBL_DIG ? (size_t)(DBL_DIG - point) : 0;
         places < PYRO_COUNT(powers); places++) {
        s.gap = powers[places];
        s.value = mantissa * s.gap;
        if (round_scaled(&s, &whole)) {
            set_digits(d, whole, (int)places);
            return true;
        }
    }
    return false;
}

/* --- the fewest digits, by trial --- */

/* Rounds to a number of digits. Its decimal point is the locale's, and skipped. */
static void round_to(double value, int count, struct decimal *d)
{
    char text[MOST_DIGITS + 16];
    const char *p = text;
    snprintf(text, sizeof(text), "%.*e", count - 1, value);
    for (d->count = 0; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9')
            d->digits[d->count++] = *p;
    d->digits[d->count] = '\0';
    d->point = atoi(p + 1) + 1;
}

static bool reads_as(const struct decimal *d, double value)
{
    char text[MOST_DIGITS + 16];
    snprintf(text, sizeof(text), "%se%d", d->digits, d->point - d->count);
    return strtod(text, NULL) == value;
}

/* The next decimal with as many digits. */
static void round_up(struct decimal *d)
{
    int i = d->count - 1;
    while (i >= 0 && d->digits[i] == '9')
        d->digits[i--] = '0';
    if (i >= 0) {
        d->digits[i]++;
    } else {
        d->digits[0] = '1';
        d->point++;
    }
}

/* Rounding to 15 digits never hits upon another value than the shortest text's; subnormal numbers
 * have fewer. A power of two is nearer to its lower neighbour than to its upper one: where rounding
 * down misses it, rounding up may not. */
static void shortest(double value, struct decimal *d)
{
    int exponent;
    bool power = frexp(value, &exponent) == 0.5;
    for (int count = value < DBL_MIN ? 1 : DBL_DIG; count < MOST_DIGITS; count++) {
        round_to(value, count, d);
        if (reads_as(d, value))
            return;
        if (power) {
            round_up(d);
            if (reads_as(d, value))
                return;
        }
    }
    round_to(value, MOST_DIGITS, d);
}

/* --- text --- */

static void drop_zeros(struct decimal *d)
{
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->count--;
}

static char *put(char *at, const char *data, int length)
{
    memcpy(at, data, (size_t)length);
    return at + length;
}

static char *write_scientific(const struct decimal *d, char *at)
{
    *at++ = d->digits[0];
    if (d->count > 1)
        *at++ = '.';
    at = put(at, d->digits + 1, d->count - 1);
    return at + snprintf(at, 8, "e%+03d", d->point - 1);
}

static char *write_plain(const struct decimal *d, char *at)
{
    if (d->point <= 0) {
        at = put(at, "0.000", 2 - d->point);
        return put(at, d->digits, d->count);
    }
    if (d->count > d->point) {
        at = put(at, d->digits, d->point);
        *at++ = '.';
        return put(at, d->digits + d->point, d->count - d->point);
    }
    at = put(at, d->digits, d->count);
    at = put(at, "000000000000000", d->point - d->count);
    return put(at, ".0", 2);
}

size_t pyro_real_text(double value, char out[PYRO_REAL_SIZE])
{
    struct decimal d = {"0", 1, 1};
    char *at = out;
    if (signbit(value))
        *at++ = '-';
    value = fabs(value);
    if (value > 0 && !shortest_of_medium(value, &d))
        shortest(value, &d);
    drop_zeros(&d);
    at = d.point > -4 && d.point <= 16 ? write_plain(&d, at) : write_scientific(&d, at);
    *at = '\0';
    return (size_t)(at - out);
}

/* The C library reads it, from a text without decimal point, which would be the locale's. */
static double read_by_library(char *digits, size_t count, int exponent)
{
    snprintf(digits + count, PYRO_REAL_SIZE, "e%d", exponent);
    return strtod(digits, NULL);
}

/* What is not too long is a product or a quotient of whole numbers that is rounded once. */
double pyro_real_read(char *digits, size_t count, int exponent)
{
    int distance = abs(exponent);
    if (count > 19 || distance >= (int)PYRO_COUNT(powers))
        return read_by_library(digits, count, exponent);
    uint64_t whole = 0;
    for (size_t i = 0; i < count; i++)
        whole = 10 * whole + (uint64_t)(digits[i] - '0');
    if (exponent >= 0 || whole == 0)
        return (double)((wide)whole * powers[distance]);
    int shift = 64 + __builtin_clzll(whole);
    wide scaled = (wide)whole << shift, quotient = scaled / powers[distance];
    if (quotient * powers[distance] != scaled)
        quotient |= 1; /* a rest, which rounding must see; the bit is far behind the last */
    return ldexp((double)quotient, -shift);
}
