/* Values of pickles that are no objects: the instructions that push numbers, strings and bytes,
 * and sending these. They stay views into the data until they are sent. */
#include "codec/pickle_scalar.h"

#include <stdlib.h>

#include "codec/pickle_text.h"
#include "value/utf8.h"

#define TOO_MANY_DIGITS "an integer of too many digits"
#define LONGEST_LONG 1787 /* bytes, of PYRO_MOST_DIGITS digits */

/* --- numbers --- */

enum pyro_code pyro_pickle_none(struct pickle *p)
{
    return pickle_push(p, (struct pickle_cell){.type = PICKLE_NIL});
}

enum pyro_code pyro_pickle_true(struct pickle *p)
{
    return pickle_push(p, (struct pickle_cell){.type = PICKLE_BOOL, .u.boolean = true});
}

enum pyro_code pyro_pickle_false(struct pickle *p)
{
    return pickle_push(p, (struct pickle_cell){.type = PICKLE_BOOL});
}

static inline enum pyro_code push_int(struct pickle *p, int64_t value)
{
    return pickle_push(p, (struct pickle_cell){.type = PICKLE_INT, .u.integer = value});
}

enum pyro_code pyro_pickle_binint(struct pickle *p)
{
    const char *at = pickle_take(p, 4);
    return at ? push_int(p, (int32_t)pickle_number(at, 4)) : PYRO_ESERIALIZE;
}

enum pyro_code pyro_pickle_binint1(struct pickle *p)
{
    const char *at = pickle_take(p, 1);
    return at ? push_int(p, (unsigned char)*at) : PYRO_ESERIALIZE;
}

enum pyro_code pyro_pickle_binint2(struct pickle *p)
{
    const char *at = pickle_take(p, 2);
    return at ? push_int(p, (int64_t)pickle_number(at, 2)) : PYRO_ESERIALIZE;
}

static bool are_digits(struct pyro_slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.length > 0 && (text.data[0] != '0' || text.length == 1);
}

static enum pyro_code push_digits(struct pickle *p, struct pyro_slice text)
{
    bool negative = text.length > 0 && text.data[0] == '-';
    struct pyro_slice digits = pyro_slice(text.data + negative, text.length - negative);
    if (digits.length > PYRO_MOST_DIGITS)
        return pyro_pickle_refuse(p, text.data, TOO_MANY_DIGITS);
    if (!are_digits(digits))
        return pyro_pickle_refuse(p, text.data, "malformed integer");
    uint64_t value = digits.length <= PYRO_DIGITS_64_BITS
                         ? pyro_digits_value(digits.data, digits.length)
                         : UINT64_MAX;
    if (value > (uint64_t)INT64_MAX + negative)
        return pickle_push(p, (struct pickle_cell){.type = PICKLE_DIGITS,
                                                   .length = (uint32_t)text.length,
                                                   .u.text = text.data});
    return push_int(p, (int64_t)(negative ? 0 - value : value));
}

enum pyro_code pyro_pickle_int(struct pickle *p)
{
    struct pyro_slice line;
    enum pyro_code code = pyro_pickle_take_line(p, &line);
    if (code != PYRO_OK)
        return code;
    if (pyro_slice_equals(line, "01"))
        return pyro_pickle_true(p);
    return pyro_slice_equals(line, "00") ? pyro_pickle_false(p) : push_digits(p, line);
}

enum pyro_code pyro_pickle_long(struct pickle *p)
{
    struct pyro_slice line;
    enum pyro_code code = pyro_pickle_take_line(p, &line);
    if (code != PYRO_OK)
        return code;
    if (line.length > 0 && line.data[line.length - 1] == 'L')
        line.length--;
    return push_digits(p, line);
}

static enum pyro_code push_long(struct pickle *p, size_t length)
{
    const char *at = pickle_take(p, length);
    if (!at)
        return PYRO_ESERIALIZE;
    if (length > LONGEST_LONG)
        return pyro_pickle_refuse(p, at, TOO_MANY_DIGITS);
    if (length > sizeof(int64_t))
        return pickle_push(
            p, (struct pickle_cell){.type = PICKLE_LONG, .length = (uint32_t)length, .u.text = at});
    uint64_t value = pickle_number(at, length);
    if (length > 0 && length < sizeof(value) && (at[length - 1] & 0x80))
        value |= UINT64_MAX << 8 * length;
    return push_int(p, (int64_t)value);
}

enum pyro_code pyro_pickle_long1(struct pickle *p)
{
    const char *at = pickle_take(p, 1);
    return at ? push_long(p, (unsigned char)*at) : PYRO_ESERIALIZE;
}

enum pyro_code pyro_pickle_long4(struct pickle *p)
{
    const char *at = pickle_take(p, 4);
    if (!at)
        return PYRO_ESERIALIZE;
    uint64_t length = pickle_number(at, 4);
    return length <= INT32_MAX ? push_long(p, (size_t)length)
                               : pyro_pickle_refuse(p, at, "a negative size");
}

static enum pyro_code push_real(struct pickle *p, double value)
{
    return pickle_push(p, (struct pickle_cell){.type = PICKLE_REAL, .u.real = value});
}

/* Pushes a float from a line: what strtod() reads in Python's locale, which is "C". */
enum pyro_code pyro_pickle_float(struct pickle *p)
{
    char copy[64], *end;
    struct pyro_slice line;
    enum pyro_code code = pyro_pickle_take_line(p, &line);
    if (code != PYRO_OK)
        return code;
    if (line.length == 0 || line.length >= sizeof(copy))
        return pyro_pickle_refuse(p, line.data, "malformed float");
    memcpy(copy, line.data, line.length);
    copy[line.length] = '\0';
    double value = strtod(copy, &end);
    return end == copy + line.length ? push_real(p, value)
                                     : pyro_pickle_refuse(p, line.data, "malformed float");
}

enum pyro_code pyro_pickle_binfloat(struct pickle *p)
{
    const char *at = pickle_take(p, 8);
    uint64_t bits = 0;
    double value;
    if (!at)
        return PYRO_ESERIALIZE;
    for (size_t i = 0; i < sizeof(bits); i++)
        bits = bits << 8 | (unsigned char)at[i];
    memcpy(&value, &bits, sizeof(value));
    return push_real(p, value);
}

/* --- strings --- */

/* Pushes what stands in the data. */
static inline enum pyro_code push_text(struct pickle *p, enum pickle_type type,
                                       enum pickle_form form, struct pyro_slice text)
{
    return pickle_push(p, (struct pickle_cell){.type = (uint8_t)type,
                                               .form = (uint8_t)form,
                                               .length = (uint32_t)text.length,
                                               .u.text = text.data});
}

/* Takes bytes behind their number, which has `width` bytes. */
static inline bool take_sized(struct pickle *p, size_t width, struct pyro_slice *text)
{
    const char *at = pickle_take(p, width);
    uint64_t length = at ? pickle_number(at, width) : 0;
    if (length > (uint64_t)(p->end - p->p)) {
        pyro_pickle_cut_short(p);
        return false;
    }
    *text = pyro_slice(p->p, (size_t)length);
    p->p += length;
    return at != NULL;
}

static inline enum pyro_code push_str(struct pickle *p, size_t width)
{
    struct pyro_slice text;
    if (!take_sized(p, width, &text))
        return PYRO_ESERIALIZE;
    if (!pyro_utf8_valid(text))
        return pyro_pickle_refuse(p, text.data, "a str that is not valid UTF-8");
    return push_text(p, PICKLE_STR, PICKLE_PLAIN, text);
}

static inline enum pyro_code push_bytes(struct pickle *p, size_t width)
{
    struct pyro_slice text;
    return take_sized(p, width, &text) ? push_text(p, PICKLE_BYTES, PICKLE_PLAIN, text)
                                       : PYRO_ESERIALIZE;
}

/* Pushes a str of Python 2, which may be text or bytes. */
static enum pyro_code push_old_str(struct pickle *p, struct pyro_slice text)
{
    return push_text(p, pyro_utf8_valid(text) ? PICKLE_STR : PICKLE_BYTES, PICKLE_PLAIN, text);
}

static enum pyro_code push_string(struct pickle *p, size_t width)
{
    struct pyro_slice text;
    return take_sized(p, width, &text) ? push_old_str(p, text) : PYRO_ESERIALIZE;
}

enum pyro_code pyro_pickle_short_binunicode(struct pickle *p)
{
    return push_str(p, 1);
}

enum pyro_code pyro_pickle_binunicode(struct pickle *p)
{
    return push_str(p, 4);
}

enum pyro_code pyro_pickle_binunicode8(struct pickle *p)
{
    return push_str(p, 8);
}

enum pyro_code pyro_pickle_short_binbytes(struct pickle *p)
{
    return push_bytes(p, 1);
}

enum pyro_code pyro_pickle_binbytes(struct pickle *p)
{
    return push_bytes(p, 4);
}

enum pyro_code pyro_pickle_binbytes8(struct pickle *p)
{
    return push_bytes(p, 8);
}

enum pyro_code pyro_pickle_short_binstring(struct pickle *p)
{
    return push_string(p, 1);
}

enum pyro_code pyro_pickle_binstring(struct pickle *p)
{
    return push_string(p, 4);
}

enum pyro_code pyro_pickle_unicode(struct pickle *p)
{
    struct pyro_slice line;
    enum pyro_code code = pyro_pickle_take_line(p, &line);
    return code == PYRO_OK ? push_text(p, PICKLE_STR, PICKLE_RAW, line) : code;
}

enum pyro_code pyro_pickle_string(struct pickle *p)
{
    struct pyro_slice line;
    enum pyro_code code = pyro_pickle_take_line(p, &line);
    if (code != PYRO_OK)
        return code;
    if (line.length < 2 || (line.data[0] != '\'' && line.data[0] != '"') ||
        line.data[line.length - 1] != line.data[0])
        return pyro_pickle_refuse(p, line.data, "a string without quotes");
    struct pyro_slice text = pyro_slice(line.data + 1, line.length - 2);
    return memchr(text.data, '\\', text.length) ? push_text(p, PICKLE_STRING, PICKLE_ESCAPED, text)
                                                : push_old_str(p, text);
}

/* --- sending --- */

/* Makes the decimal digits of bytes, the lowest first; false where they are too many. */
static bool make_digits(struct pyro_bigint *big, struct pyro_slice bytes, bool negative)
{
    const size_t some = 3; /* at a time: three bytes are a factor that is small enough */
    big->base = PYRO_BASE_DECIMAL;
    big->count = 0;
    for (size_t left = bytes.length, take; left > 0; left -= take) {
        take = left % some == 0 ? some : left % some;
        uint32_t term = (uint32_t)pickle_number(bytes.data + left - take, take);
        uint32_t factor = 1u << 8 * take;
        if (!pyro_bigint_fold(big, factor, negative ? factor - 1 - term : term))
            return false;
    }
    return !negative || pyro_bigint_fold(big, 1, 1); /* of the two's complement */
}

size_t pyro_pickle_digits(const struct pickle_cell *cell, char out[PICKLE_INTEGER_SIZE])
{
    struct pyro_bigint big;
    bool negative;
    switch (cell->type) {
    case PICKLE_INT:
        return pyro_integer_text(cell->u.integer, out);
    case PICKLE_DIGITS:
        memcpy(out, cell->u.text, cell->length);
        return cell->length;
    case PICKLE_LONG:
        negative = cell->u.text[cell->length - 1] & 0x80;
        out[0] = '-';
        if (!make_digits(&big, pyro_slice(cell->u.text, cell->length), negative))
            return 0;
        size_t length = pyro_bigint_text(&big, out + negative);
        return length > 0 ? length + negative : 0;
    default:
        return 0;
    }
}

static enum pyro_code send_long(struct pickle_walk *w, const struct pickle_cell *cell)
{
    char digits[PICKLE_INTEGER_SIZE];
    size_t length = pyro_pickle_digits(cell, digits);
    return length > 0 ? pyro_put_digits(w->to, pyro_slice(digits, length))
                      : pyro_pickle_refuse(w->p, cell->u.text, TOO_MANY_DIGITS);
}

static enum pyro_code send_text(struct pickle_walk *w, const struct pickle_cell *cell)
{
    struct pyro_buffer *decoded = &w->p->held->decoded;
    struct pyro_slice text;
    size_t kept = decoded->length;
    enum pyro_code code = pyro_pickle_text(w->p, cell, &text);
    if (code != PYRO_OK)
        return code;
    pyro_buffer_truncate(decoded, kept);
    if (cell->type == PICKLE_STR || (cell->type == PICKLE_STRING && pyro_utf8_valid(text)))
        return pyro_put_str(w->to, text);
    return w->to->ops->bytes(w->to, text);
}

enum pyro_code pyro_pickle_send_scalar(struct pickle_walk *w, const struct pickle_cell *cell)
{
    switch (cell->type) {
    case PICKLE_BOOL:
        return pyro_put_bool(w->to, cell->u.boolean);
    case PICKLE_REAL:
        return pyro_put_real(w->to, cell->u.real);
    case PICKLE_DIGITS:
        return pyro_put_digits(w->to, pyro_slice(cell->u.text, cell->length));
    case PICKLE_LONG:
        return send_long(w, cell);
    case PICKLE_STR:
    case PICKLE_BYTES:
    case PICKLE_STRING:
        return send_text(w, cell);
    default:
        return pyro_put_nil(w->to);
    }
}
