#include "value/moment.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define LAST_ORDINAL 3652059   /* of 9999-12-31 */
#define ORDINAL_OF_1970 719163 /* of its first day */
#define SECONDS_A_DAY (24 * 3600)

/* As Python's fromtimestamp() does: microseconds are rounded, to even ones where in between. */
static bool round_seconds(double seconds, time_t *whole, int *micros)
{
    double full, rounded = nearbyint(modf(seconds, &full) * 1e6);
    if (!(fabs(full) < 1e12))
        return false;
    *whole = (time_t)full;
    *micros = (int)rounded;
    if (rounded < 0 || rounded >= 1e6) {
        *whole += rounded < 0 ? -1 : 1;
        *micros += rounded < 0 ? 1000000 : -1000000;
    }
    return true;
}

static void from_tm(const struct tm *tm, int micros, struct pyro_moment *out)
{
    *out = (struct pyro_moment){tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour,
                                tm->tm_min,         tm->tm_sec,     micros};
}

bool pyro_datetime_split(double seconds, struct pyro_moment *out)
{
    time_t whole;
    struct tm tm;
    int micros;
    if (!round_seconds(seconds, &whole, &micros) || !localtime_r(&whole, &tm))
        return false;
    from_tm(&tm, micros, out);
    return out->year >= 1 && out->year <= 9999;
}

bool pyro_date_split(int64_t ordinal, struct pyro_moment *out)
{
    struct tm tm;
    if (ordinal < 1 || ordinal > LAST_ORDINAL)
        return false;
    time_t midnight = (time_t)(ordinal - ORDINAL_OF_1970) * SECONDS_A_DAY;
    gmtime_r(&midnight, &tm);
    from_tm(&tm, 0, out);
    return true;
}

static size_t write_day(const struct pyro_moment *moment, char out[PYRO_MOMENT_SIZE])
{
    return (size_t)snprintf(out, PYRO_MOMENT_SIZE, "%04d-%02d-%02d", moment->year, moment->month,
                            moment->day);
}

size_t pyro_datetime_text(double seconds, char out[PYRO_MOMENT_SIZE])
{
    struct pyro_moment moment;
    if (!pyro_datetime_split(seconds, &moment))
        return 0;
    size_t length = write_day(&moment, out);
    length += (size_t)snprintf(out + length, PYRO_MOMENT_SIZE - length, "T%02d:%02d:%02d",
                               moment.hour, moment.minute, moment.second);
    if (moment.micros > 0)
        length += (size_t)snprintf(out + length, PYRO_MOMENT_SIZE - length, ".%06d", moment.micros);
    return length;
}

size_t pyro_date_text(int64_t ordinal, char out[PYRO_MOMENT_SIZE])
{
    struct pyro_moment moment;
    return pyro_date_split(ordinal, &moment) ? write_day(&moment, out) : 0;
}
