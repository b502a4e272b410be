#include "value/moment.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define LAST_ORDINAL 3652059   /* of 9999-12-31 */
#define ORDINAL_OF_1970 719163 /* of its first day */
#define SECONDS_A_DAY (24 * 3600)

/* Rounds to microseconds as Python's fromtimestamp() does: to even ones where in between. */
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
                                tm->tm_min,         tm->tm_sec,     micros,      false};
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

/* --- from calendar and clock --- */

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Returns the days of a year before a month, which counts from 1; also of that after the last. */
static int days_before(int year, int month)
{
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && is_leap(year));
}

bool pyro_moment_valid(const struct pyro_moment *m)
{
    if (m->year < 1 || m->year > 9999 || m->month < 1 || m->month > 12 || m->day < 1 ||
        m->day > days_before(m->year, m->month + 1) - days_before(m->year, m->month))
        return false;
    return m->hour >= 0 && m->hour < 24 && m->minute >= 0 && m->minute < 60 && m->second >= 0 &&
           m->second < 60 && m->micros >= 0 && m->micros < 1000000;
}

/* Takes a number of so many digits off the front of a text. */
static bool take_digits(struct pyro_slice *text, size_t count, int *out)
{
    struct pyro_slice digits;
    if (!pyro_slice_take(text, count, &digits))
        return false;
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        *out = 10 * *out + (digits.data[i] - '0');
    }
    return true;
}

/* Takes a mark, then two digits. */
static bool take_part(struct pyro_slice *text, char mark, int *out)
{
    struct pyro_slice taken;
    return pyro_slice_take(text, 1, &taken) && taken.data[0] == mark && take_digits(text, 2, out);
}

static bool take_micros(struct pyro_slice *text, int *out)
{
    struct pyro_slice taken;
    return pyro_slice_take(text, 1, &taken) && taken.data[0] == '.' && take_digits(text, 6, out);
}

bool pyro_moment_read(struct pyro_slice text, bool timed, struct pyro_moment *out)
{
    *out = (struct pyro_moment){.year = 0};
    if (!take_digits(&text, 4, &out->year) || !take_part(&text, '-', &out->month) ||
        !take_part(&text, '-', &out->day))
        return false;
    if (timed && (!take_part(&text, 'T', &out->hour) || !take_part(&text, ':', &out->minute) ||
                  !take_part(&text, ':', &out->second)))
        return false;
    if (timed && text.length > 0 && !take_micros(&text, &out->micros))
        return false;
    return text.length == 0 && pyro_moment_valid(out);
}

int64_t pyro_moment_ordinal(const struct pyro_moment *m)
{
    int64_t years = m->year - 1;
    return years * 365 + years / 4 - years / 100 + years / 400 + days_before(m->year, m->month) +
           m->day;
}

/* Returns the seconds since 1970 by a clock that shows the moment, as if it were never set
 * forward or back. */
static int64_t shown_seconds(const struct pyro_moment *m)
{
    return (pyro_moment_ordinal(m) - ORDINAL_OF_1970) * SECONDS_A_DAY + m->hour * 3600 +
           m->minute * 60 + m->second;
}

/* Returns what a local clock shows at a time, in seconds as shown_seconds() counts them. */
static int64_t local_seconds(int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct pyro_moment m;
    struct tm tm;
    if (!localtime_r(&when, &tm))
        return seconds;
    from_tm(&tm, 0, &m);
    return shown_seconds(&m);
}

/* Returns the time at which a local clock shows `shown`. As Python's timestamp() does, guesses by
 * the offset of that time and of the day before (or after, where it is the second of two). */
static int64_t find_local(int64_t shown, bool fold)
{
    int64_t offset = local_seconds(shown) - shown, first = shown - offset;
    int64_t other = first + (fold ? SECONDS_A_DAY : -SECONDS_A_DAY);
    bool found = local_seconds(first) == shown;
    int64_t other_offset = found ? local_seconds(other) - other : local_seconds(first) - first;
    int64_t second = shown - other_offset;
    if (offset == other_offset || local_seconds(second) == shown)
        return found && offset == other_offset ? first : second;
    if (found)
        return first;
    return (first < second) == fold ? first : second; /* no clock shows it */
}

double pyro_moment_seconds(const struct pyro_moment *moment)
{
    return (double)find_local(shown_seconds(moment), moment->fold) + moment->micros / 1e6;
}
