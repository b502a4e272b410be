/* Writing what is one value, but for strings and bytes. */
#include "codec/pickle_write_scalar.h"

#include "codec/pickle_level.h"
#include "value/integer.h"
#include "value/moment.h"

#define LIMB_BYTES 3 /* of an integer of any length */

static enum pyro_code write_op(struct pyro_sink *to, enum pickle_opcode op)
{
    struct pyro_writer *w = pickle_writer(to);
    char *at = pickle_begin(w, 0);
    return pickle_written(w, at ? pickle_put_op(at, op) : NULL);
}

enum pyro_code pickle_write_nil(struct pyro_sink *to)
{
    return write_op(to, PICKLE_OP_NONE);
}

enum pyro_code pickle_write_boolean(struct pyro_sink *to, bool value)
{
    return write_op(to, value ? PICKLE_OP_NEWTRUE : PICKLE_OP_NEWFALSE);
}

enum pyro_code pickle_write_integer(struct pyro_sink *to, int64_t value)
{
    struct pyro_writer *w = pickle_writer(to);
    char *at = pickle_begin(w, 0);
    return pickle_written(w, at ? pickle_put_integer(at, value) : NULL);
}

/* Negates a number, the lowest byte first. */
static void negate(char *bytes, size_t count)
{
    unsigned carry = 1;
    for (size_t i = 0; i < count; i++) {
        unsigned byte = (unsigned char)~bytes[i] + carry;
        bytes[i] = (char)byte;
        carry = byte >> 8;
    }
}

/* Puts the limbs of an integer, and a byte for its sign. */
static char *put_limbs(char *at, const struct pyro_bigint *number, bool negative)
{
    size_t count = LIMB_BYTES * number->count + 1;
    at = pickle_put_length(at, true, PICKLE_OP_LONG1, PICKLE_OP_LONG4, count);
    for (size_t i = 0; i < number->count; i++)
        pickle_put_number(at + LIMB_BYTES * i, number->limbs[i], LIMB_BYTES);
    at[count - 1] = 0;
    if (negative)
        negate(at, count);
    return at + count;
}

enum pyro_code pickle_write_bigint(struct pyro_sink *to, struct pyro_slice text)
{
    struct pyro_writer *w = pickle_writer(to);
    bool negative = text.data[0] == '-';
    struct pyro_bigint number = {.base = 1u << (8 * LIMB_BYTES)};
    if (!pyro_bigint_read(&number, pyro_slice(text.data + negative, text.length - negative)))
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "an integer of more than %d digits",
                              PYRO_MOST_DIGITS);
    char *at = pickle_begin(w, LIMB_BYTES * number.count);
    return pickle_written(w, at ? put_limbs(at, &number, negative) : NULL);
}

enum pyro_code pickle_write_real(struct pyro_sink *to, double value)
{
    struct pyro_writer *w = pickle_writer(to);
    char *at = pickle_begin(w, 0);
    return pickle_written(w, at ? pickle_put_real(at, value) : NULL);
}

enum pyro_code pickle_write_complex(struct pyro_sink *to, double real, double imaginary)
{
    struct pyro_writer *w = pickle_writer(to);
    char *at = pickle_begin(w, 0);
    if (at) {
        at = pickle_put_builtin(at, w->version, "complex");
        at = pickle_put_real(pickle_put_real(at, real), imaginary);
        at = pickle_put_op(pickle_put_op(at, PICKLE_OP_TUPLE2), PICKLE_OP_REDUCE);
    }
    return pickle_written(w, at);
}

/* --- dates --- */

/* Sends what Python's datetime.datetime or datetime.date makes of its state. */
static enum pyro_code write_moment(struct pyro_writer *w, const char *class, const char *state,
                                   size_t length)
{
    char *at = pickle_begin(w, pickle_bytes_size(w->version, length));
    if (at) {
        at = pickle_put_global(at, w->version, pyro_slice_text("datetime"), pyro_slice_text(class));
        at = pickle_put_bytes(at, w->version, pyro_slice(state, length));
        at = pickle_put_op(pickle_put_op(at, PICKLE_OP_TUPLE1), PICKLE_OP_REDUCE);
    }
    return pickle_written(w, at);
}

enum pyro_code pickle_write_datetime(struct pyro_sink *to, double seconds)
{
    struct pyro_moment m;
    if (!pyro_datetime_split(seconds, &m))
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a datetime outside the years 1 to 9999");
    const char state[] = {
        (char)(m.year >> 8),   (char)m.year,   (char)m.month,  (char)m.day,
        (char)m.hour,          (char)m.minute, (char)m.second, (char)(m.micros >> 16),
        (char)(m.micros >> 8), (char)m.micros,
    };
    return write_moment(pickle_writer(to), "datetime", state, sizeof(state));
}

enum pyro_code pickle_write_date(struct pyro_sink *to, int64_t ordinal)
{
    struct pyro_moment m;
    if (!pyro_date_split(ordinal, &m))
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a date outside the years 1 to 9999");
    const char state[] = {(char)(m.year >> 8), (char)m.year, (char)m.month, (char)m.day};
    return write_moment(pickle_writer(to), "date", state, sizeof(state));
}
