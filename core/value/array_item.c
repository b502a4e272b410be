/* The items of arrays as values. */
#include <math.h>
#include <stdio.h>

#include "value/array.h"
#include "value/sink.h"
#include "value/utf8.h"

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

/* The value of the lowest bytes, `size` of them, with a sign. */
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

/* As numpy does, without the zeros at the end. */
static enum pyro_code put_bytes(const char *item, size_t size, struct pyro_sink *to)
{
    while (size > 0 && item[size - 1] == '\0')
        size--;
    return to->ops->bytes(to, pyro_slice(item, size));
}

/* Writes a character as UTF-8; returns how many bytes these are, 0 where it is none. */
static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    for (size_t i = more; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf0 << (3 - more) & 0xff) | c);
    return more + 1;
}

#define LONGEST_TEXT 1024 /* characters */

/* Texts are UTF-32 in numpy, with zeros at the end. */
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
        part = encode((uint32_t)load(item + i, 4, dtype->big_endian), text + length);
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
