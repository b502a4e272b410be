/* Reading values that are no containers. */
#include "codec/marshal_scalar.h"

#include <stdlib.h>

#include "codec/marshal_type.h"
#include "value/integer.h"
#include "value/utf8.h"

#define TOO_MANY_DIGITS "an integer of too many digits"
#define LONGEST_LONG 953 /* digits, of PYRO_MOST_DIGITS decimal ones */

/* --- numbers --- */

static double real_of(struct pyro_slice bytes)
{
    uint64_t bits = pyro_marshal_number(bytes);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static enum pyro_code take_real(struct marshal_reader *r, double *value)
{
    struct pyro_slice bytes = {NULL, 0};
    enum pyro_code code = pyro_marshal_take(r, 8, &bytes);
    if (code == PYRO_OK)
        *value = real_of(bytes);
    return code;
}

/* Takes a float as a string: what strtod() reads in Python's locale, which is "C". */
static enum pyro_code take_real_text(struct marshal_reader *r, double *value)
{
    struct pyro_slice text = {"", 0};
    char copy[UINT8_MAX + 1], *end;
    enum pyro_code code = pyro_marshal_take_string(r, 1, &text);
    if (code != PYRO_OK)
        return code;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    *value = strtod(copy, &end);
    return text.length > 0 && *end == '\0' && end == copy + text.length
               ? PYRO_OK
               : pyro_marshal_refuse(r, "malformed float");
}

typedef enum pyro_code take_real_fn(struct marshal_reader *r, double *value);

static enum pyro_code read_real(struct marshal_reader *r, take_real_fn *take_one)
{
    double value = 0;
    enum pyro_code code = take_one(r, &value);
    return code == PYRO_OK ? pyro_put_real(r->to, value) : code;
}

static enum pyro_code read_complex(struct marshal_reader *r, take_real_fn *take_one)
{
    double real = 0, imaginary = 0;
    enum pyro_code code;
    if ((code = take_one(r, &real)) != PYRO_OK || (code = take_one(r, &imaginary)) != PYRO_OK)
        return code;
    return r->to->ops->complex(r->to, real, imaginary);
}

static enum pyro_code read_integer(struct marshal_reader *r, size_t bytes)
{
    uint64_t number = 0;
    enum pyro_code code = pyro_marshal_take_number(r, bytes, &number);
    if (code != PYRO_OK)
        return code;
    return pyro_put_int(r->to, bytes == 4 ? (int32_t)number : (int64_t)number);
}

/* Makes an integer of digits of 15 bits, two at a time; false where a digit has more. */
static bool fold_digits(struct pyro_bigint *number, struct pyro_slice digits)
{
    const uint32_t base = 1u << MARSHAL_DIGIT_BITS;
    while (digits.length > 0) {
        size_t some = digits.length / 2 % 2 == 1 ? 1 : 2;
        digits.length -= 2 * some;
        uint32_t pair =
            (uint32_t)pyro_marshal_number(pyro_slice(digits.data + digits.length, 2 * some));
        uint32_t low = pair & UINT16_MAX, high = pair >> 16;
        if (low >= base || high >= base ||
            !pyro_bigint_fold(number, some == 1 ? base : base * base, high * base + low))
            return false;
    }
    return true;
}

static enum pyro_code read_long(struct marshal_reader *r)
{
    struct pyro_bigint number = {.base = PYRO_BASE_DECIMAL};
    char text[1 + PYRO_MOST_DIGITS + 9] = "-";
    struct pyro_slice digits = {NULL, 0};
    uint64_t size = 0;
    enum pyro_code code = pyro_marshal_take_number(r, 4, &size);
    if (code != PYRO_OK)
        return code;
    bool negative = size > INT32_MAX;
    size_t count = (size_t)(negative ? UINT32_MAX - size + 1 : size);
    if (count > LONGEST_LONG)
        return pyro_marshal_refuse(r, TOO_MANY_DIGITS);
    if ((code = pyro_marshal_take(r, 2 * count, &digits)) != PYRO_OK ||
        (code = pyro_marshal_spend(r, count * count)) != PYRO_OK)
        return code;
    if (!fold_digits(&number, digits))
        return pyro_marshal_refuse(r, "malformed integer");
    size_t length = pyro_bigint_text(&number, text + 1);
    if (length == 0)
        return pyro_marshal_refuse(r, TOO_MANY_DIGITS);
    negative = negative && number.count > 0;
    return pyro_put_digits(r->to, pyro_slice(text + !negative, length + negative));
}

/* --- strings --- */

static enum pyro_code read_text(struct marshal_reader *r, size_t size_bytes)
{
    struct pyro_slice text = {NULL, 0};
    enum pyro_code code = pyro_marshal_take_string(r, size_bytes, &text);
    if (code != PYRO_OK)
        return code;
    if (!pyro_utf8_valid(text))
        return pyro_marshal_refuse(r, "a str that is not valid UTF-8");
    if (!r->name)
        return pyro_put_str(r->to, text);
    *r->name = text;
    return PYRO_OK;
}

static enum pyro_code read_bytes(struct marshal_reader *r)
{
    struct pyro_slice data = {NULL, 0};
    enum pyro_code code = pyro_marshal_take_string(r, 4, &data);
    return code == PYRO_OK ? r->to->ops->bytes(r->to, data) : code;
}

/* --- all of them --- */

enum pyro_code pyro_marshal_read_scalar(struct marshal_reader *r, int type)
{
    switch (type) {
    case MARSHAL_NONE:
        return pyro_put_nil(r->to);
    case MARSHAL_FALSE:
    case MARSHAL_TRUE:
        return pyro_put_bool(r->to, type == MARSHAL_TRUE);
    case MARSHAL_INT:
        return read_integer(r, 4);
    case MARSHAL_INT64:
        return read_integer(r, 8);
    case MARSHAL_LONG:
        return read_long(r);
    case MARSHAL_FLOAT:
        return read_real(r, take_real);
    case MARSHAL_FLOAT_TEXT:
        return read_real(r, take_real_text);
    case MARSHAL_COMPLEX:
        return read_complex(r, take_real);
    case MARSHAL_COMPLEX_TEXT:
        return read_complex(r, take_real_text);
    case MARSHAL_BYTES:
        return read_bytes(r);
    case MARSHAL_UNICODE:
    case MARSHAL_INTERNED:
    case MARSHAL_ASCII:
    case MARSHAL_ASCII_INTERNED:
        return read_text(r, 4);
    case MARSHAL_SHORT_ASCII:
    case MARSHAL_SHORT_ASCII_INTERNED:
        return read_text(r, 1);
    default:
        r->at--;
        return pyro_marshal_refuse(r, "a type that is not accepted");
    }
}
