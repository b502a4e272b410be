/* Dates and times in pickles. Those without an event of their own become what serpent makes of
 * them: strings, and seconds. */
#include "codec/pickle_moment.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/pickle_machine.h"
#include "codec/pickle_text.h"
#include "value/moment.h"

#define MICROS 1000000
#define TEXT_SIZE 64 /* bytes of the longest string, with an offset */

#define DATE_BYTES 4 /* of a packed date, time, and both */
#define TIME_BYTES 6

/* --- what they are made of --- */

/* Takes the packed form if the first argument has it, as bytes or as a str of Python 2. */
static enum pyro_code take_packed(struct pickle_walk *w, const struct pickle_object *args,
                                  size_t length, unsigned char *packed, bool *is_packed)
{
    const struct pickle_cell *cell = pickle_item(w->p, args, 0);
    struct pyro_buffer *decoded = &w->p->held->decoded;
    size_t kept = decoded->length;
    struct pyro_slice bytes;
    *is_packed = false;
    if (!cell ||
        (cell->type != PICKLE_BYTES && cell->type != PICKLE_STR && cell->type != PICKLE_STRING))
        return PYRO_OK;
    enum pyro_code code = pyro_pickle_text(w->p, cell, &bytes);
    pyro_buffer_truncate(decoded, kept);
    *is_packed = code == PYRO_OK && bytes.length == length;
    if (*is_packed)
        memcpy(packed, bytes.data, length);
    return code;
}

static void unpack_date(const unsigned char *packed, struct pyro_moment *m)
{
    m->year = packed[0] << 8 | packed[1];
    m->month = packed[2];
    m->day = packed[3];
}

static void unpack_time(const unsigned char *packed, struct pyro_moment *m)
{
    m->hour = packed[0];
    m->minute = packed[1];
    m->second = packed[2];
    m->micros = packed[3] << 16 | packed[4] << 8 | packed[5];
}

/* Returns whether a cell is an integer from -most to most. */
static bool is_within(const struct pickle_cell *cell, int64_t most)
{
    return cell->type == PICKLE_INT && cell->u.integer >= -most && cell->u.integer <= most;
}

/* Takes the mark of the second of two times off its byte, a month or an hour. */
static bool take_fold(int *value)
{
    bool fold = *value & 0x80;
    *value &= 0x7f;
    return fold;
}

/* Takes arguments that are numbers: `least` to `most` of them. Returns how many; 0 where they are
 * not. */
static uint32_t take_numbers(const struct pickle_walk *w, const struct pickle_object *args,
                             int *const *values, uint32_t least, uint32_t most)
{
    uint32_t i;
    for (i = 0; i < most && i < args->count; i++) {
        const struct pickle_cell *cell = pickle_item(w->p, args, i);
        if (!is_within(cell, INT32_MAX))
            break;
        *values[i] = (int)cell->u.integer;
    }
    return i >= least ? i : 0;
}

/* Takes the last argument, behind `taken` others: a zone, or NULL. False where there are more. */
static bool take_zone(const struct pickle_walk *w, const struct pickle_object *args, uint32_t taken,
                      const struct pickle_cell **zone)
{
    *zone = pickle_item(w->p, args, taken);
    if (*zone && (*zone)->type == PICKLE_NIL)
        *zone = NULL;
    return args->count <= taken + 1;
}

/* --- durations and offsets --- */

/* Takes the days, seconds and microseconds of a timedelta. */
static bool take_duration(const struct pickle_walk *w, const struct pickle_object *o,
                          int64_t parts[3])
{
    const struct pickle_object *args = pickle_args(w->p, o);
    for (uint32_t i = 0; i < 3; i++) {
        const struct pickle_cell *cell = pickle_item(w->p, args, i);
        if (cell && !is_within(cell, INT32_MAX))
            return false;
        parts[i] = cell ? cell->u.integer : 0;
    }
    return args->count <= 3;
}

enum pyro_code pyro_pickle_send_timedelta(struct pickle_walk *w, const struct pickle_object *o)
{
    int64_t parts[3];
    if (!take_duration(w, o, parts))
        return pyro_pickle_refuse_args(w->p, o);
    int64_t seconds = parts[0] * 86400 + parts[1];
    const int64_t exact = INT64_C(1) << 53; /* integers up to this are doubles */
    if (llabs(seconds) < exact / MICROS)
        return pyro_put_real(w->to, (double)(seconds * MICROS + parts[2]) / MICROS);
    return pyro_put_real(w->to, (double)seconds + (double)parts[2] / MICROS);
}

/* Takes the offset of datetime.timezone(timedelta, name). */
static bool take_timezone(const struct pickle_walk *w, const struct pickle_object *args,
                          int64_t *offset)
{
    const struct pickle_cell *first = pickle_item(w->p, args, 0);
    int64_t parts[3];
    if (!first || first->type != PICKLE_OBJECT)
        return false;
    const struct pickle_object *o = pickle_object_of(w->p, first);
    if (!pyro_pickle_is_of(w->p, o, "datetime", "timedelta") || !take_duration(w, o, parts))
        return false;
    int64_t seconds = parts[0] * 86400 + parts[1];
    *offset = llabs(seconds) < INT32_MAX ? seconds * MICROS + parts[2] : INT64_MAX;
    return true;
}

/* Takes the offset that argument `i` is, in units of so many seconds. */
static bool take_units(const struct pickle_walk *w, const struct pickle_object *args, uint32_t i,
                       int64_t seconds, int64_t *offset)
{
    const struct pickle_cell *cell = pickle_item(w->p, args, i);
    if (!cell || !is_within(cell, 86400))
        return false;
    *offset = cell->u.integer * seconds * MICROS;
    return true;
}

/* Takes the microseconds between UTC and a zone, Python's or one of the module pytz; false where
 * they are not in the pickle. */
static bool take_offset(const struct pickle_walk *w, const struct pickle_object *zone,
                        int64_t *offset)
{
    const struct pickle_object *args = pickle_args(w->p, zone);
    bool known = false;
    *offset = 0;
    if (pyro_pickle_is_of(w->p, zone, "datetime", "timezone"))
        known = take_timezone(w, args, offset);
    else if (pyro_pickle_is_of(w->p, zone, "pytz", "FixedOffset"))
        known = take_units(w, args, 0, 60, offset);
    else if (pyro_pickle_is_of(w->p, zone, "pytz",
                               "_p")) /* (name, offset, of which in summer, short name) */
        known = take_units(w, args, 1, 1, offset);
    else
        known = pyro_pickle_is_of(w->p, zone, "pytz", "_UTC");
    return known && llabs(*offset) < INT64_C(86400) * MICROS;
}

/* --- strings --- */

static size_t write_time(const struct pyro_moment *m, char *out)
{
    int length = snprintf(out, TEXT_SIZE, "%02d:%02d:%02d", m->hour, m->minute, m->second);
    if (m->micros > 0)
        length += snprintf(out + length, TEXT_SIZE, ".%06d", m->micros);
    return (size_t)length;
}

static size_t write_offset(int64_t offset, char *out)
{
    int64_t size = llabs(offset), seconds = size / MICROS;
    int length = snprintf(out, TEXT_SIZE, "%c%02d:%02d", offset < 0 ? '-' : '+',
                          (int)(seconds / 3600), (int)(seconds / 60 % 60));
    if (size % (60 * MICROS) > 0)
        length += snprintf(out + length, TEXT_SIZE, ":%02d", (int)(seconds % 60));
    if (size % MICROS > 0)
        length += snprintf(out + length, TEXT_SIZE, ".%06d", (int)(size % MICROS));
    return (size_t)length;
}

/* Sends a string with the offset of a zone (NULL: there is none) behind it; `out` has room for
 * that. */
static enum pyro_code send_text(struct pickle_walk *w, const struct pickle_object *o, char *out,
                                size_t length, const struct pickle_cell *zone)
{
    int64_t offset;
    if (zone) {
        const struct pickle_object *called =
            zone->type == PICKLE_OBJECT ? pickle_object_of(w->p, zone) : NULL;
        if (!called || called->kind < PICKLE_CALLED)
            return pyro_pickle_refuse_args(w->p, o);
        if (!take_offset(w, called, &offset))
            return pyro_pickle_refuse_name(w->p, pickle_global_of(w->p, called)->module,
                                           pickle_global_of(w->p, called)->name);
        length += write_offset(offset, out + length);
    }
    return pyro_put_str(w->to, pyro_slice(out, length));
}

/* --- dates and times --- */

enum pyro_code pyro_pickle_send_date(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    struct pyro_moment m = {.year = 0};
    int *const numbers[] = {&m.year, &m.month, &m.day};
    unsigned char packed[DATE_BYTES];
    bool is_packed;
    enum pyro_code code = take_packed(w, args, sizeof(packed), packed, &is_packed);
    if (code != PYRO_OK)
        return code;
    if (is_packed)
        unpack_date(packed, &m);
    if (is_packed ? args->count > 1 : take_numbers(w, args, numbers, 3, 3) != args->count)
        return pyro_pickle_refuse_args(w->p, o);
    return pyro_moment_valid(&m) ? w->to->ops->date(w->to, pyro_moment_ordinal(&m))
                                 : pyro_pickle_refuse_args(w->p, o);
}

enum pyro_code pyro_pickle_send_time(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *zone;
    struct pyro_moment m = {.year = 1, .month = 1, .day = 1};
    int *const numbers[] = {&m.hour, &m.minute, &m.second, &m.micros};
    unsigned char packed[TIME_BYTES];
    char text[3 * TEXT_SIZE];
    uint32_t taken = 1;
    bool is_packed;
    enum pyro_code code = take_packed(w, args, sizeof(packed), packed, &is_packed);
    if (code != PYRO_OK)
        return code;
    if (is_packed) {
        unpack_time(packed, &m);
        take_fold(&m.hour);
    } else {
        taken = take_numbers(w, args, numbers, 1, PYRO_COUNT(numbers));
    }
    if (taken == 0 || !take_zone(w, args, taken, &zone) || !pyro_moment_valid(&m))
        return pyro_pickle_refuse_args(w->p, o);
    return send_text(w, o, text, write_time(&m, text), zone);
}

/* Takes a datetime in one of its forms, and its zone. */
static enum pyro_code take_datetime(struct pickle_walk *w, const struct pickle_object *o,
                                    struct pyro_moment *m, const struct pickle_cell **zone)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    int *const numbers[] = {&m->year,   &m->month,  &m->day,   &m->hour,
                            &m->minute, &m->second, &m->micros};
    unsigned char packed[DATE_BYTES + TIME_BYTES];
    uint32_t taken = 1;
    bool is_packed;
    enum pyro_code code = take_packed(w, args, sizeof(packed), packed, &is_packed);
    if (code != PYRO_OK)
        return code;
    if (is_packed) {
        unpack_date(packed, m);
        unpack_time(packed + DATE_BYTES, m);
        m->fold = take_fold(&m->month);
    } else {
        taken = take_numbers(w, args, numbers, 3, PYRO_COUNT(numbers));
    }
    return taken > 0 && take_zone(w, args, taken, zone) && pyro_moment_valid(m)
               ? PYRO_OK
               : pyro_pickle_refuse_args(w->p, o);
}

enum pyro_code pyro_pickle_send_datetime(struct pickle_walk *w, const struct pickle_object *o)
{
    struct pyro_moment m = {.year = 0};
    const struct pickle_cell *zone = NULL;
    char text[4 * TEXT_SIZE];
    enum pyro_code code = take_datetime(w, o, &m, &zone);
    if (code != PYRO_OK)
        return code;
    if (!zone)
        return w->to->ops->datetime(w->to, pyro_moment_seconds(&m));
    int length = snprintf(text, TEXT_SIZE, "%04d-%02d-%02dT", m.year, m.month, m.day);
    return send_text(w, o, text, (size_t)length + write_time(&m, text + length), zone);
}
