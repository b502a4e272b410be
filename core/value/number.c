#include "value/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 17

/* 0.d1d2d3… * 10^point */
struct decimal {
    char digits[MOST_DIGITS + 1]; /* terminated */
    int count;
    int point;
};

/* Most numbers that people write are a whole number below 10^15 through a small power of ten: both
 * are exact, so their quotient is what the text is read as, and no shorter one is. */
static bool short_decimal(double value, struct decimal *d)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    if (value >= 1e15)
        return false;
    for (size_t places = 0; places < PYRO_COUNT(powers); places++) {
        double whole = value * powers[places];
        if (whole >= 1e15)
            return false;
        long long number = (long long)(whole + 0.5);
        if ((double)number / powers[places] != value)
            continue;
        d->count = snprintf(d->digits, sizeof(d->digits), "%lld", number);
        d->point = d->count - (int)places;
        return true;
    }
    return false;
}

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
    bool uneven = frexp(value, &exponent) == 0.5;
    for (int count = value < DBL_MIN ? 1 : DBL_DIG; count < MOST_DIGITS; count++) {
        round_to(value, count, d);
        if (reads_as(d, value))
            return;
        if (uneven) {
            round_up(d);
            if (reads_as(d, value))
                return;
        }
    }
    round_to(value, MOST_DIGITS, d);
}

static void drop_zeros(struct decimal *d)
{
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->count--;
    d->digits[d->count] = '\0';
}

static int write_scientific(const struct decimal *d, char *out, size_t size)
{
    const char *point = d->count > 1 ? "." : "";
    return snprintf(out, size, "%c%s%se%+03d", d->digits[0], point, d->digits + 1, d->point - 1);
}

static int write_plain(const struct decimal *d, char *out, size_t size)
{
    if (d->point <= 0)
        return snprintf(out, size, "0.%.*s%s", -d->point, "000", d->digits);
    if (d->count > d->point)
        return snprintf(out, size, "%.*s.%s", d->point, d->digits, d->digits + d->point);
    return snprintf(out, size, "%s%.*s.0", d->digits, d->point - d->count, "000000000000000");
}

size_t pyro_real_text(double value, char out[PYRO_REAL_SIZE])
{
    struct decimal d = {"0", 1, 1};
    size_t sign = signbit(value) ? 1 : 0;
    out[0] = '-';
    value = fabs(value);
    if (value > 0 && !short_decimal(value, &d))
        shortest(value, &d);
    drop_zeros(&d);
    bool plain = d.point > -4 && d.point <= 16;
    return sign +
           (size_t)(plain ? write_plain : write_scientific)(&d, out + sign, PYRO_REAL_SIZE - sign);
}
