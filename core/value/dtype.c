/* The types of the items of arrays: reading their names as numpy has them, and sending items. */
#include "value/dtype.h"

#include <math.h>
#include <stdio.h>

#include "value/sink.h"
#include "value/utf8.h"

/* --- names --- */

struct name {
    const char *name, *text;
};

/* Names in letters, of which byte order and size are this machine's, or none. */
static const struct name names[] = {
    {"bool", "b1"},   {"int8", "i1"},     {"int16", "i2"},     {"int32", "i4"},
    {"int64", "i8"},  {"uint8", "u1"},    {"uint16", "u2"},    {"uint32", "u4"},
    {"uint64", "u8"}, {"float16", "f2"},  {"float32", "f4"},   {"float64", "f8"},
    {"int", "i8"},    {"float", "f8"},    {"complex64", "c8"}, {"complex128", "c16"},
    {"?", "b1"},      {"complex", "c16"},
};

static struct pyro_slice short_name(struct pyro_slice text)
{
    for (size_t i = 0; i < PYRO_COUNT(names); i++)
        if (pyro_slice_equals(text, names[i].name))
            return pyro_slice_text(names[i].text);
    return text;
}

static bool is_native_big_endian(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one == 0;
}

/* Takes the byte order off the front; where there is none, it is this machine's. */
static bool take_order(struct pyro_slice *text)
{
    struct pyro_slice order;
    if (text->length == 0 || !strchr("<>|=", text->data[0]))
        return is_native_big_endian();
    pyro_slice_take(text, 1, &order);
    return order.data[0] == '>' || (order.data[0] != '<' && is_native_big_endian());
}

/* Takes the decimal number at the front; false where it is none, or too large for an item. */
static bool take_count(struct pyro_slice *text, size_t *count)
{
    const size_t most_digits = 9;
    size_t digits = 0;
    for (*count = 0; digits < text->length; digits++) {
        unsigned digit = (unsigned char)text->data[digits] - (unsigned)'0';
        if (digit > 9)
            break;
        *count = 10 * *count + digit;
        if (digits == most_digits)
            return false;
    }
    *text = pyro_slice(text->data + digits, text->length - digits);
    return digits > 0;
}

/* Returns whether `text` is the unit of a date, such as "[ns]" or "[25s]", or nothing. */
static bool is_unit(struct pyro_slice text)
{
    static const char letters[] = "0123456789YMWDhmsunpfa";
    if (text.length == 0)
        return true;
    bool good = text.length > 2 && text.data[0] == '[' && text.data[text.length - 1] == ']';
    for (size_t i = 1; good && i + 1 < text.length; i++)
        good = text.data[i] && strchr(letters, text.data[i]);
    return good;
}

/* Returns whether numpy has items of the kind with so many bytes (strings: characters) that can
 * travel. */
static bool is_known(char kind, size_t count, struct pyro_slice rest)
{
    switch (kind) {
    case 'b':
        return count == 1 && rest.length == 0;
    case 'i':
    case 'u':
        return (count == 1 || count == 2 || count == 4 || count == 8) && rest.length == 0;
    case 'f':
        return (count == 2 || count == 4 || count == 8) && rest.length == 0;
    case 'c':
        return (count == 8 || count == 16) && rest.length == 0;
    case 'S':
    case 'U':
        return count > 0 && rest.length == 0;
    case 'M':
    case 'm':
        return count == 8 && is_unit(rest);
    default:
        return false;
    }
}

static bool begins_with(struct pyro_slice text, const char *start)
{
    size_t length = strlen(start);
    return text.length >= length && memcmp(text.data, start, length) == 0;
}

/* Returns what to write instead of numpy's long names of dates, for messages. */
static const char *instead_of(struct pyro_slice text)
{
    if (begins_with(text, "datetime64"))
        return "; dates are 'M8' with their unit, such as 'M8[s]'";
    return begins_with(text, "timedelta64")
               ? "; durations are 'm8' with their unit, such as 'm8[s]'"
               : "";
}

static enum pyro_code unknown(struct pyro_slice text, struct pyro_error *err)
{
    int length = text.length < 40 ? (int)text.length : 40;
    char kind = text.length > 0 ? text.data[text.length > 1 && strchr("<>|=", text.data[0])] : '\0';
    if (kind == 'O' || pyro_slice_equals(text, "object"))
        return pyro_error_set(err, PYRO_ESERIALIZE, "an array of objects cannot travel");
    if (kind == 'V' || kind == '[')
        return pyro_error_set(err, PYRO_ESERIALIZE, "an array of records cannot travel");
    return pyro_error_set(err, PYRO_ESERIALIZE, "no such dtype of an array: '%.*s'%s", length,
                          text.data, instead_of(text));
}

/* Writes the name that numpy has for it. */
static bool name_dtype(struct pyro_dtype *dtype, size_t count, struct pyro_slice unit)
{
    bool ordered = dtype->kind != 'S' && dtype->size > 1;
    dtype->big_endian = dtype->big_endian && ordered;
    int length = snprintf(dtype->text, sizeof(dtype->text), "%c%c%zu%.*s",
                          !ordered            ? '|'
                          : dtype->big_endian ? '>'
                                              : '<',
                          dtype->kind, count, (int)unit.length, unit.data);
    return length < (int)sizeof(dtype->text);
}

enum pyro_code pyro_dtype_read(struct pyro_slice text, struct pyro_dtype *dtype,
                               struct pyro_error *err)
{
    struct pyro_slice rest = short_name(text), kind;
    size_t count;
    dtype->big_endian = take_order(&rest);
    if (rest.length >= PYRO_DTYPE_SIZE || !pyro_slice_take(&rest, 1, &kind) ||
        !take_count(&rest, &count) || !is_known(kind.data[0], count, rest))
        return unknown(text, err);
    dtype->kind = kind.data[0];
    dtype->size = dtype->kind == 'U' ? 4 * count : count;
    return name_dtype(dtype, count, rest) ? PYRO_OK : unknown(text, err);
}

/* --- items as values --- */

static uint64_t load(const char *item, size_t size, bool big_endian)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | (unsigned char)item[big_endian ? i : size - 1 - i];
    return bits;
}

static enum pyro_code put_unsigned(uint64_t value, struct pyro_sink *to)
{
    char digits[24];
    if (value <= INT64_MAX)
        return pyro_put_int(to, (int64_t)value);
    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
    return to->ops->bigint(to, pyro_slice_text(digits));
}

/* Returns the value of the lowest `size` bytes, with its sign. */
static int64_t with_sign(uint64_t bits, size_t size)
{
    uint64_t sign = UINT64_C(1) << ((8 * size - 1) & 63);
    return (int64_t)((bits ^ sign) - sign);
}

static double half(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 0x1f);
    double fraction = (double)(bits & 0x3ff), value;
    if (exponent == 0x1f)
        value = fraction > 0 ? NAN : INFINITY;
    else if (exponent == 0)
        value = ldexp(fraction, -24);
    else
        value = ldexp(fraction + 1024, exponent - 25);
    return bits >> 15 ? -value : value;
}

static double real(const char *item, size_t size, bool big_endian)
{
    uint64_t bits = load(item, size, big_endian);
    uint32_t low = (uint32_t)bits;
    float single;
    double number;
    if (size == 2)
        return half(bits);
    memcpy(&single, &low, sizeof(single));
    memcpy(&number, &bits, sizeof(number));
    return size == sizeof(single) ? (double)single : number;
}

/* Sends bytes as numpy does, without the zeros at the end. */
static enum pyro_code put_bytes(const char *item, size_t size, struct pyro_sink *to)
{
    while (size > 0 && item[size - 1] == '\0')
        size--;
    return to->ops->bytes(to, pyro_slice(item, size));
}

#define LONGEST_TEXT 1024 /* characters */

/* Sends a string. Numpy has them in UTF-32, with zeros at the end. */
static enum pyro_code put_text(const struct pyro_dtype *dtype, const char *item,
                               struct pyro_sink *to)
{
    char text[4 * LONGEST_TEXT];
    size_t length = 0, size = dtype->size, part;
    while (size > 0 && load(item + size - 4, 4, dtype->big_endian) == 0)
        size -= 4;
    if (size > 4 * LONGEST_TEXT)
        return pyro_error_set(to->err, PYRO_ESERIALIZE,
                              "a text of more than %d characters in an array", LONGEST_TEXT);
    for (size_t i = 0; i < size; i += 4, length += part) {
        part = pyro_utf8_encode((uint32_t)load(item + i, 4, dtype->big_endian), text + length);
        if (part == 0)
            return pyro_error_set(to->err, PYRO_ESERIALIZE, "no Unicode in an array of texts");
    }
    return pyro_put_str(to, pyro_slice(text, length));
}

enum pyro_code pyro_dtype_put(const struct pyro_dtype *dtype, const char *item,
                              struct pyro_sink *to)
{
    size_t size = dtype->size;
    bool big_endian = dtype->big_endian;
    switch (dtype->kind) {
    case 'b':
        return pyro_put_bool(to, item[0] != '\0');
    case 'i':
    case 'M':
    case 'm':
        return pyro_put_int(to, with_sign(load(item, size, big_endian), size));
    case 'u':
        return put_unsigned(load(item, size, big_endian), to);
    case 'f':
        return pyro_put_real(to, real(item, size, big_endian));
    case 'c':
        return to->ops->complex(to, real(item, size / 2, big_endian),
                                real(item + size / 2, size / 2, big_endian));
    case 'S':
        return put_bytes(item, size, to);
    default:
        return put_text(dtype, item, to);
    }
}
