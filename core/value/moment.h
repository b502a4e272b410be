/** @file
 * Dates: as their parts, and as strings, the way Python's isoformat() writes them. */
#ifndef PYRO_VALUE_MOMENT_H
#define PYRO_VALUE_MOMENT_H

#include "base/slice.h"

/** A day (Gregorian, of the years 1 to 9999) and a time of day. */
struct pyro_moment {
    int year, month, day; /**< month and day count from 1 */
    int hour, minute, second, micros;
    bool fold; /**< of a local time that comes twice, as clocks are set back: the second one */
};

/** Finds the parts of a datetime event (seconds since 1970, as local time); false outside the years
 * 1 to 9999. */
bool pyro_datetime_split(double seconds, struct pyro_moment *out);

/** Finds the parts of a date event (an ordinal), at midnight; false outside the years 1 to 9999. */
bool pyro_date_split(int64_t ordinal, struct pyro_moment *out);

/** Bytes that the longest string of a datetime needs, with its end. */
#define PYRO_MOMENT_SIZE 32

/** Writes a datetime event (seconds since 1970, as local time) to `out`, terminated, such as
 * 2020-01-02T03:04:05.000006. Returns its length; 0 outside the years 1 to 9999. */
size_t pyro_datetime_text(double seconds, char out[PYRO_MOMENT_SIZE]);

/** Writes a date event (an ordinal) to `out`, terminated, such as 2020-01-02. Returns its length; 0
 * outside the years 1 to 9999. */
size_t pyro_date_text(int64_t ordinal, char out[PYRO_MOMENT_SIZE]);

/** Reads what pyro_date_text() writes, or, with `timed`, pyro_datetime_text(). Returns false where
 * `text` is no such string, or the calendar has no such day. */
bool pyro_moment_read(struct pyro_slice text, bool timed, struct pyro_moment *out);

/** Returns whether the calendar has that day and the clock that time (second 59 is the last). */
bool pyro_moment_valid(const struct pyro_moment *moment);

/** Returns the date event (an ordinal) of the day. */
int64_t pyro_moment_ordinal(const struct pyro_moment *moment);

/** Returns the datetime event (seconds since 1970) of the moment, a local time. */
double pyro_moment_seconds(const struct pyro_moment *moment);

#endif
