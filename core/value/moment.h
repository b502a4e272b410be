/** @file
 * Dates as text, the way Python's isoformat() writes them. */
#ifndef PYRO_VALUE_MOMENT_H
#define PYRO_VALUE_MOMENT_H

#include "base/common.h"

/** Bytes that the longest text of a datetime needs, with its end. */
#define PYRO_MOMENT_SIZE 32

/** Writes a datetime event (seconds since 1970, as local time) to `out`, terminated, such as
 * 2020-01-02T03:04:05.000006. Returns its length; 0 outside the years 1 to 9999. */
size_t pyro_datetime_text(double seconds, char out[PYRO_MOMENT_SIZE]);

/** Writes a date event (an ordinal) to `out`, terminated, such as 2020-01-02. Returns its length; 0
 * outside the years 1 to 9999. */
size_t pyro_date_text(int64_t ordinal, char out[PYRO_MOMENT_SIZE]);

#endif
