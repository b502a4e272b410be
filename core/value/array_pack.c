/* Packing the items of an array. A packer is in the lists that are open: all items lie in one list,
 * or each lies in as many as the array has dimensions, which the first item tells. */
#include "value/array_pack.h"

#include <math.h>

#include "base/assert.h"

static struct pyro_packer *packer_of(struct pyro_sink *sink)
{
    return PYRO_CONTAINER(sink, struct pyro_packer, sink);
}

static void store(char *out, size_t size, bool big_endian, uint64_t bits)
{
    for (size_t i = 0; i < size; i++, bits >>= 8)
        out[big_endian ? size - 1 - i : i] = (char)(bits & 0xff);
}

/* --- places --- */

/* Takes the place of an item in the list around it: where it goes, or NULL with the error. */
static char *take_place(struct pyro_packer *p)
{
    const struct pyro_array *array = p->array;
    if (p->depth == 1 && p->counts[0] == 0)
        p->is_flat = array->dimensions != 1;
    if (p->depth != (p->is_flat ? 1 : array->dimensions)) {
        pyro_error_set(p->sink.err, PYRO_EVALUE, "item %zu lies in %u lists, the shape has %u",
                       p->count + 1, p->depth, array->dimensions);
        return NULL;
    }
    if (p->count == p->most) {
        pyro_error_set(p->sink.err, PYRO_EVALUE, "more than the %zu items of the shape", p->most);
        return NULL;
    }
    if (p->depth > 0)
        p->counts[p->depth - 1]++;
    p->count++;
    p->out += array->dtype.size;
    return p->out - array->dtype.size;
}

static enum pyro_code put_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_packer *p = packer_of(to);
    (void)count;
    if (kind == PYRO_DICT)
        return pyro_error_set(to->err, PYRO_EVALUE, "items come in lists, not in a dict");
    if (p->is_flat || (p->depth > 0 && p->depth >= p->array->dimensions))
        return pyro_error_set(to->err, PYRO_EVALUE, "item %zu is a list", p->count + 1);
    if (p->depth > 0)
        p->counts[p->depth - 1]++;
    PYRO_ASSERT(p->depth < PYRO_ARRAY_DIMENSIONS);
    p->counts[p->depth++] = 0;
    return PYRO_OK;
}

static enum pyro_code put_end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct pyro_packer *p = packer_of(to);
    (void)kind;
    PYRO_ASSERT(p->depth > 0);
    size_t count = p->counts[--p->depth];
    if (p->is_flat || (p->depth == 0 && count == 0)) /* the end tells whether all are there */
        return PYRO_OK;
    if (count == p->array->shape[p->depth])
        return PYRO_OK;
    return pyro_error_set(to->err, PYRO_EVALUE, "dimension %u has %zu items, not %zu", p->depth + 1,
                          count, p->array->shape[p->depth]);
}

/* --- items --- */

static enum pyro_code refuse(struct pyro_packer *p, const char *what)
{
    return pyro_error_set(p->sink.err, PYRO_EVALUE, "item %zu: %s does not fit dtype %s",
                          p->count + 1, what, p->array->dtype.text);
}

static enum pyro_code too_large(struct pyro_packer *p)
{
    return pyro_error_set(p->sink.err, PYRO_EVALUE, "item %zu is too large for dtype %s",
                          p->count + 1, p->array->dtype.text);
}

static enum pyro_code put_bits(struct pyro_packer *p, uint64_t bits)
{
    char *out = take_place(p);
    if (!out)
        return p->sink.err->code;
    store(out, p->array->dtype.size, p->array->dtype.big_endian, bits);
    return PYRO_OK;
}

/* Returns the bits of a double as a half one, rounded to the next, or to the even one of two. */
static uint64_t half(double value)
{
    const double largest = 65520; /* this and more is infinite */
    uint64_t sign = signbit(value) ? 0x8000 : 0;
    int exponent;
    value = fabs(value);
    if (isnan(value))
        return sign | 0x7e00;
    if (value >= largest)
        return sign | 0x7c00;
    frexp(value, &exponent);
    if (value == 0 || exponent < -13) /* what a step is worth does not change from there on */
        exponent = -13;
    double steps = nearbyint(ldexp(value, 11 - exponent)); /* 2048 where it is rounded up */
    return sign | ((uint64_t)(exponent + 13) * 1024 + (uint64_t)steps);
}

static uint64_t real_bits(double value, size_t size)
{
    float single = (float)value;
    uint32_t low;
    uint64_t bits;
    memcpy(&low, &single, sizeof(low));
    memcpy(&bits, &value, sizeof(bits));
    return size == 2 ? half(value) : size == 4 ? low : bits;
}

static enum pyro_code put_parts(struct pyro_packer *p, double real, double imaginary)
{
    const struct pyro_dtype *dtype = &p->array->dtype;
    size_t size = dtype->size / 2;
    char *out = take_place(p);
    if (!out)
        return p->sink.err->code;
    store(out, size, dtype->big_endian, real_bits(real, size));
    store(out + size, size, dtype->big_endian, real_bits(imaginary, size));
    return PYRO_OK;
}

static bool is_whole(const struct pyro_packer *p)
{
    return strchr("iumM", p->array->dtype.kind) != NULL;
}

static bool has_room(const struct pyro_dtype *dtype, int64_t value)
{
    unsigned unused = 64 - 8 * (unsigned)dtype->size;
    int64_t most = INT64_MAX >> unused;
    if (dtype->kind == 'u')
        return value >= 0 && (uint64_t)value <= UINT64_MAX >> unused;
    return value <= most && value >= -most - 1;
}

static enum pyro_code put_integer(struct pyro_sink *to, int64_t value)
{
    struct pyro_packer *p = packer_of(to);
    const struct pyro_dtype *dtype = &p->array->dtype;
    if (dtype->kind == 'f')
        return put_bits(p, real_bits((double)value, dtype->size));
    if (dtype->kind == 'c')
        return put_parts(p, (double)value, 0);
    if (!is_whole(p))
        return refuse(p, "an integer");
    return has_room(dtype, value) ? put_bits(p, (uint64_t)value) : too_large(p);
}

static enum pyro_code put_real(struct pyro_sink *to, double value)
{
    const double bound = 9223372036854775808.0; /* 2^63 */
    struct pyro_packer *p = packer_of(to);
    const struct pyro_dtype *dtype = &p->array->dtype;
    if (dtype->kind == 'f')
        return put_bits(p, real_bits(value, dtype->size));
    if (dtype->kind == 'c')
        return put_parts(p, value, 0);
    if (!is_whole(p) || value != floor(value))
        return refuse(p, "a float");
    return value >= -bound && value < bound ? put_integer(to, (int64_t)value) : too_large(p);
}

static enum pyro_code put_boolean(struct pyro_sink *to, bool value)
{
    struct pyro_packer *p = packer_of(to);
    return p->array->dtype.kind == 'b' ? put_bits(p, value) : refuse(p, "a boolean");
}

static enum pyro_code put_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    struct pyro_packer *p = packer_of(to);
    const struct pyro_dtype *dtype = &p->array->dtype;
    const uint64_t most = UINT64_MAX;
    uint64_t value = 0;
    if (dtype->kind != 'u')
        return is_whole(p) ? too_large(p) : refuse(p, "a bigint");
    for (size_t i = 0; i < digits.length; i++) {
        uint64_t digit = (uint64_t)(unsigned char)digits.data[i] - '0';
        if (digit > 9 || dtype->size < 8 || value > (most - digit) / 10)
            return too_large(p);
        value = 10 * value + digit;
    }
    return put_bits(p, value);
}

static enum pyro_code put_complex(struct pyro_sink *to, double real, double imaginary)
{
    struct pyro_packer *p = packer_of(to);
    return p->array->dtype.kind == 'c' ? put_parts(p, real, imaginary)
                                       : refuse(p, "a complex number");
}

static enum pyro_code put_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    struct pyro_packer *p = packer_of(to);
    size_t size = p->array->dtype.size;
    if (p->array->dtype.kind != 'S')
        return refuse(p, "a string");
    if (data.length > size)
        return too_large(p);
    char *out = take_place(p);
    if (!out)
        return to->err->code;
    memcpy(out, data.data, data.length);
    memset(out + data.length, 0, size - data.length);
    return PYRO_OK;
}

/* Takes the character at the front of valid UTF-8. */
static uint32_t take_character(struct pyro_slice *text)
{
    unsigned char first = (unsigned char)text->data[0];
    size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t c = length == 1 ? first : first & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        c = c << 6 | ((unsigned char)text->data[i] & 0x3f);
    *text = pyro_slice(text->data + length, text->length - length);
    return c;
}

static enum pyro_code put_str(struct pyro_sink *to, struct pyro_slice text)
{
    struct pyro_packer *p = packer_of(to);
    const struct pyro_dtype *dtype = &p->array->dtype;
    size_t characters = 0;
    if (dtype->kind != 'U')
        return put_bytes(to, text);
    for (size_t i = 0; i < text.length; i++)
        characters += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    if (4 * characters > dtype->size)
        return too_large(p);
    char *out = take_place(p);
    if (!out)
        return to->err->code;
    memset(out, 0, dtype->size);
    for (; text.length > 0; out += 4)
        store(out, 4, dtype->big_endian, take_character(&text));
    return PYRO_OK;
}

static enum pyro_code put_nil(struct pyro_sink *to)
{
    return refuse(packer_of(to), "nil");
}

static enum pyro_code put_datetime(struct pyro_sink *to, double seconds)
{
    (void)seconds;
    return refuse(packer_of(to), "a datetime");
}

static enum pyro_code put_date(struct pyro_sink *to, int64_t ordinal)
{
    (void)ordinal;
    return refuse(packer_of(to), "a date");
}

static enum pyro_code put_array(struct pyro_sink *to, const struct pyro_array *array)
{
    (void)array;
    return refuse(packer_of(to), "an array");
}

void pyro_packer_init(struct pyro_packer *packer, const struct pyro_array *array, char *out,
                      struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = {
        .nil = put_nil,
        .boolean = put_boolean,
        .integer = put_integer,
        .bigint = put_bigint,
        .real = put_real,
        .complex = put_complex,
        .datetime = put_datetime,
        .date = put_date,
        .str = put_str,
        .bytes = put_bytes,
        .array = put_array,
        .begin = put_begin,
        .end = put_end,
    };
    packer->sink = (struct pyro_sink){.ops = &ops, .err = err};
    packer->array = array;
    packer->out = out;
    packer->count = 0;
    packer->most = pyro_array_count(array, array->dimensions);
    packer->depth = 0;
    packer->is_flat = false;
}

enum pyro_code pyro_packer_end(const struct pyro_packer *packer)
{
    if (packer->count == packer->most)
        return PYRO_OK;
    return pyro_error_set(packer->sink.err, PYRO_EVALUE, "%zu items, where the shape has %zu",
                          packer->count, packer->most);
}
