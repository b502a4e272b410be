/* Floats as Python writes them. Numbers of medium size are written and read with integers of 128
 * bits, where the compiler has them; others by the C library, whose locale is kept out. */
#include "value/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "value/integer.h"

#define MOST_DIGITS 17
#define HIDDEN_BIT (UINT64_C(1) << 52) /* of a mantissa, the highest */

#ifdef __SIZEOF_INT128__ /* else the C library does what is done with it */
__extension__ typedef unsigned __int128 wide;

static const uint64_t powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
#endif

/* A number 0.d1d2d3… * 10^point. */
struct decimal {
    char *digits; /* count of them, in the room */
    int count;
    int point;
    char room[24];
};

static void set_digits(struct decimal *d, uint64_t whole, int places)
{
    char *end = d->room + sizeof(d->room);
    d->digits = pyro_digits_put(end, whole);
    d->count = (int)(end - d->digits);
    d->point = d->count - places;
}

/* --- the fewest digits, by exact integers --- */

#ifdef __SIZEOF_INT128__
/* Rounds to a multiple of `unit`; false where that is out of range. Dividing by a constant is much
 * faster. */
static inline bool round_within(uint64_t value, uint64_t unit, uint64_t least, uint64_t most,
                                uint64_t *near)
{
    uint64_t count = value / unit, over = value - count * unit;
    count += 2 * over > unit || (2 * over == unit && count % 2 == 1) || count * unit < least;
    *near = count * unit;
    return *near <= most;
}

/* Returns the double mantissa / 2^shift as a decimal of `places` behind the point, which make 17
 * digits. All is in quarters of the last digit, `one` of which is 2^shift: the double, and from
 * where to where decimals are read as it. Half way to the next double still reads as a double of
 * an even mantissa. The double below a power of two is only half as far away as the one above. */
static uint64_t round_shortest(uint64_t mantissa, int shift, int places)
{
    wide one = (wide)1 << shift, value = (wide)mantissa * powers[places] * 4;
    wide gap = (wide)powers[places] * 2, odd = mantissa % 2;
    wide below = mantissa == HIDDEN_BIT ? gap / 2 : gap;
    uint64_t least = (uint64_t)((value - below + one - 1 + odd) >> shift);
    uint64_t most = (uint64_t)((value + gap - odd) >> shift);
    uint64_t quarters = (uint64_t)(value >> shift) | ((value & (one - 1)) != 0); /* a rest shows */
    uint64_t near;
    if (!round_within(quarters, 400, least, most, &near) && /* 15 digits */
        !round_within(quarters, 40, least, most, &near))
        round_within(quarters, 4, least, most, &near); /* 17 are always enough */
    return near / 4;
}

/* Finds the shortest decimal of a number from 0.001 to 2^53, as most are; false for others. */
static bool shortest_of_medium(double value, struct decimal *d)
{
    uint64_t bits;
    int point = value < 0.01 ? -2 : value < 0.1 ? -1 : 0;
    if (value < 0.001 || value >= 0x1p53)
        return false;
    memcpy(&bits, &value, sizeof(bits));
    while (point >= 0 && value >= (double)powers[point])
        point++;
    int shift = 1075 - (int)(bits >> 52), places = MOST_DIGITS - point;
    set_digits(d, round_shortest((bits & (HIDDEN_BIT - 1)) | HIDDEN_BIT, shift, places), places);
    return true;
}

#else
static bool shortest_of_medium(double value, struct decimal *d)
{
    (void)value;
    (void)d;
    return false;
}
#endif

/* --- the fewest digits, by trial --- */

/* Rounds to a number of digits. Its decimal point is the locale's, and skipped. */
static void round_to(double value, int count, struct decimal *d)
{
    char text[MOST_DIGITS + 16];
    const char *p = text;
    d->digits = d->room;
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

/* Makes the next decimal with as many digits. */
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

/* Finds the shortest decimal by trial. Rounding to 15 digits never hits upon another value than
 * the shortest decimal's; subnormal numbers have fewer. A power of two is nearer to its lower
 * neighbour than to its upper one: where rounding down misses it, rounding up may not. */
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

/* --- strings --- */

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
    struct decimal d = {.count = 0};
    char *at = out;
    if (signbit(value))
        *at++ = '-';
    value = fabs(value);
    if (value == 0)
        set_digits(&d, 0, 0);
    else if (!shortest_of_medium(value, &d))
        shortest(value, &d);
    drop_zeros(&d);
    at = d.point > -4 && d.point <= 16 ? write_plain(&d, at) : write_scientific(&d, at);
    *at = '\0';
    PYRO_ASSERT(at - out < PYRO_REAL_SIZE);
    return (size_t)(at - out);
}

/* Lets the C library read the number, without a decimal point, which would be the locale's. */
static double read_by_library(char *digits, size_t count, int exponent)
{
    snprintf(digits + count, PYRO_REAL_SIZE, "e%d", exponent);
    return strtod(digits, NULL);
}

#ifdef __SIZEOF_INT128__
/* Divides a whole number above 0 by a power of ten. Both are shifted, so that the quotient has 63
 * or 64 bits. These are more than a double's: it is rounded right if the last one tells of a
 * rest. */
static double divide(uint64_t whole, uint64_t power)
{
    int up = __builtin_clzll(whole), down = __builtin_clzll(power);
    wide dividend = (wide)(whole << up) << 63;
    uint64_t divisor = power << down, quotient = (uint64_t)(dividend / divisor);
    quotient |= quotient * divisor != (uint64_t)dividend;
    return ldexp((double)quotient, down - up - 63);
}

/* Reads a number. One that is not too long is a product or a quotient of whole numbers, rounded
 * once. */
double pyro_real_read(char *digits, size_t count, int exponent)
{
    int distance = abs(exponent);
    if (count > PYRO_DIGITS_64_BITS || distance >= (int)PYRO_COUNT(powers))
        return read_by_library(digits, count, exponent);
    uint64_t whole = pyro_digits_value(digits, count);
    if (exponent >= 0 || whole == 0)
        return (double)((wide)whole * powers[distance]);
    return divide(whole, powers[distance]);
}
#else
double pyro_real_read(char *digits, size_t count, int exponent)
{
    return read_by_library(digits, count, exponent);
}
#endif
