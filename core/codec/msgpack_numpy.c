/* Reading msgpack-numpy's dicts. A map is looked at before it is sent: one of exactly the known
 * keys is an array, an item of one or a complex number; any other is an ordinary dict. */
#include "codec/msgpack_numpy.h"

#include <math.h>

#include "value/integer.h"
#include "value/number.h"

/* Keys, as bits. */
enum { ND = 1, TYPE = 2, KIND = 4, SHAPE = 8, DATA = 16, COMPLEX = 32 };

struct dict {
    struct pyro_slice in;         /* what is left of the pairs */
    unsigned keys;                /* those that were found */
    bool named;                   /* they are str */
    bool is_array;                /* the value of "nd" */
    bool is_record;               /* the type is a list */
    struct pyro_slice type, data; /* views */
    unsigned dimensions;
    size_t shape[PYRO_ARRAY_DIMENSIONS];
};

/* --- the few types of values that are in there; false where another comes next --- */

static bool take_bool(struct pyro_slice *in, bool *value)
{
    uint64_t head;
    if (!pyro_slice_take_number(in, 1, &head) || (head != 0xc2 && head != 0xc3))
        return false;
    *value = head == 0xc3;
    return true;
}

/* Takes a str or bytes. */
static bool take_text(struct pyro_slice *in, struct pyro_slice *text, bool *is_str)
{
    uint64_t head, length;
    if (!pyro_slice_take_number(in, 1, &head))
        return false;
    *is_str = head < 0xc4 || head > 0xc6;
    if ((head & 0xe0) == 0xa0)
        length = head & 0x1f;
    else if (!((head >= 0xd9 && head <= 0xdb) || !*is_str) ||
             !pyro_slice_take_number(in, (size_t)1 << (head - (*is_str ? 0xd9 : 0xc4)), &length))
        return false;
    return pyro_slice_take(in, (size_t)length, text);
}

static bool take_length(struct pyro_slice *in, size_t *length)
{
    uint64_t number;
    if (!pyro_slice_take_number(in, 1, &number))
        return false;
    bool good =
        number < 0x80 || (number >= 0xcc && number <= 0xcf &&
                          pyro_slice_take_number(in, (size_t)1 << (number - 0xcc), &number));
    *length = (size_t)number;
    return good && number <= PTRDIFF_MAX;
}

static bool take_shape(struct dict *d)
{
    uint64_t count;
    if (!pyro_slice_take_number(&d->in, 1, &count))
        return false;
    if ((count & 0xf0) == 0x90)
        count &= 0x0f;
    else if (count != 0xdc || !pyro_slice_take_number(&d->in, 2, &count))
        return false;
    if (count > PYRO_ARRAY_DIMENSIONS)
        return false;
    for (d->dimensions = 0; d->dimensions < count; d->dimensions++)
        if (!take_length(&d->in, &d->shape[d->dimensions]))
            return false;
    return true;
}

/* Takes the type of items. A list of names and types is the type of records or objects. */
static bool take_type(struct dict *d)
{
    bool is_str;
    unsigned char head = d->in.length > 0 ? (unsigned char)d->in.data[0] : 0;
    d->is_record = (head & 0xf0) == 0x90 || head == 0xdc;
    return !d->is_record && take_text(&d->in, &d->type, &is_str);
}

/* --- pairs --- */

static unsigned key_of(struct pyro_slice text)
{
    static const struct {
        const char *name;
        unsigned key;
    } keys[] = {{"nd", ND},       {"type", TYPE}, {"kind", KIND},
                {"shape", SHAPE}, {"data", DATA}, {"complex", COMPLEX}};
    for (size_t i = 0; i < PYRO_COUNT(keys); i++)
        if (pyro_slice_equals(text, keys[i].name))
            return keys[i].key;
    return 0;
}

static bool take_value(struct dict *d, unsigned key)
{
    struct pyro_slice kind;
    bool is_str, is_true;
    switch (key) {
    case ND:
        return take_bool(&d->in, &d->is_array);
    case TYPE:
        return take_type(d);
    case KIND:
        return take_text(&d->in, &kind, &is_str);
    case SHAPE:
        return take_shape(d);
    case DATA:
        return take_text(&d->in, &d->data, &is_str) && (!is_str || (d->keys & COMPLEX));
    default:
        return take_bool(&d->in, &is_true) && is_true;
    }
}

static bool take_pair(struct dict *d)
{
    struct pyro_slice text;
    bool is_str;
    if (!take_text(&d->in, &text, &is_str) || (d->keys && is_str != d->named))
        return false;
    unsigned key = key_of(text);
    if (key == 0 || (d->keys & key))
        return false;
    d->keys |= key;
    d->named = is_str;
    return take_value(d, key);
}

/* --- complex numbers, as Python's repr() writes them --- */

static bool take_char(struct pyro_slice *text, const char *any)
{
    struct pyro_slice c;
    return text->length > 0 && text->data[0] && strchr(any, text->data[0]) &&
           pyro_slice_take(text, 1, &c);
}

static bool take_word(struct pyro_slice *text, const char *word)
{
    struct pyro_slice start, rest = *text;
    if (!pyro_slice_take(&rest, strlen(word), &start) || !pyro_slice_equals(start, word))
        return false;
    *text = rest;
    return true;
}

#define MOST_DIGITS 20 /* repr() writes 17 */

/* Takes digits; false where they are too many. */
static bool take_digits(struct pyro_slice *text, char *digits, size_t *count)
{
    for (struct pyro_slice before = *text; take_char(text, "0123456789"); before = *text) {
        if (*count == MOST_DIGITS)
            return false;
        digits[(*count)++] = before.data[0];
    }
    return true;
}

static bool take_exponent(struct pyro_slice *text, int *exponent)
{
    char digits[MOST_DIGITS];
    size_t count = 0;
    if (!take_char(text, "e"))
        return true;
    bool negative = take_char(text, "-");
    if (!negative)
        take_char(text, "+");
    if (!take_digits(text, digits, &count) || count == 0 || count > 4)
        return false;
    int value = (int)pyro_digits_value(digits, count);
    *exponent += negative ? -value : value;
    return true;
}

static bool take_real(struct pyro_slice *text, double *value)
{
    char digits[MOST_DIGITS + PYRO_REAL_SIZE];
    size_t count = 0, whole;
    bool negative = take_char(text, "-");
    if (!negative)
        take_char(text, "+");
    if (take_word(text, "nan") || take_word(text, "inf")) {
        *value = text->data[-1] == 'n' ? NAN : INFINITY;
    } else {
        if (!take_digits(text, digits, &count))
            return false;
        whole = count;
        if (take_char(text, ".") && !take_digits(text, digits, &count))
            return false;
        int exponent = -(int)(count - whole);
        if (count == 0 || !take_exponent(text, &exponent))
            return false;
        *value = pyro_real_read(digits, count, exponent);
    }
    *value = negative ? -*value : *value;
    return true;
}

/* Reads a complex number: "2j", or "(1+2j)". */
static bool read_complex(struct pyro_slice text, struct msgpack_numpy *out)
{
    bool both = take_char(&text, "(");
    out->real = 0;
    return (!both || take_real(&text, &out->real)) && take_real(&text, &out->imaginary) &&
           take_char(&text, "j") && both == take_char(&text, ")") && text.length == 0;
}

/* --- what the dict stands for --- */

static enum pyro_code read_array(const struct dict *d, struct msgpack_numpy *out,
                                 struct pyro_error *err)
{
    struct pyro_array *array = &out->array;
    enum pyro_code code = pyro_dtype_read(d->type, &array->dtype, err);
    array->form = d->named ? PYRO_ARRAY_NAMED : PYRO_ARRAY_PLAIN;
    array->fortran = false;
    array->dimensions = d->is_array ? d->dimensions : 0;
    memcpy(array->shape, d->shape, array->dimensions * sizeof(array->shape[0]));
    array->data = d->data;
    return code == PYRO_OK ? pyro_array_check(array, err) : code;
}

/* Arrays of records and of objects are read no further than that shows. */
static enum pyro_code classify(const struct dict *d, struct msgpack_numpy *out,
                               struct pyro_error *err)
{
    unsigned most = ND | TYPE | KIND | SHAPE | DATA;
    if (!d->named && d->is_record && (d->keys & ND) && d->is_array)
        return pyro_error_set(err, PYRO_ESERIALIZE, "an array of objects or records cannot travel");
    if (d->keys == (COMPLEX | DATA) && read_complex(d->data, out))
        out->type = MSGPACK_NUMPY_COMPLEX;
    else if (d->is_array && (d->keys | KIND) == most)
        out->type = MSGPACK_NUMPY_ARRAY;
    else if (!d->is_array && d->keys == (ND | TYPE | DATA))
        out->type = MSGPACK_NUMPY_ITEM;
    return out->type == MSGPACK_NUMPY_ARRAY || out->type == MSGPACK_NUMPY_ITEM
               ? read_array(d, out, err)
               : PYRO_OK;
}

enum pyro_code msgpack_numpy_read(struct pyro_slice in, size_t count, struct msgpack_numpy *out,
                                  struct pyro_error *err)
{
    struct dict d = {.in = in};
    bool good = true;
    out->type = MSGPACK_NO_NUMPY;
    for (size_t i = 0; i < count && good; i++)
        good = take_pair(&d);
    return good || d.is_record ? classify(&d, out, err) : PYRO_OK;
}

/* --- what is ignored --- */

enum pyro_code msgpack_ignore_bool(struct pyro_sink *to, bool value)
{
    (void)to, (void)value;
    return PYRO_OK;
}

enum pyro_code msgpack_ignore_int(struct pyro_sink *to, int64_t value)
{
    (void)to, (void)value;
    return PYRO_OK;
}

enum pyro_code msgpack_ignore_text(struct pyro_sink *to, struct pyro_slice text)
{
    (void)to, (void)text;
    return PYRO_OK;
}

enum pyro_code msgpack_ignore_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    (void)to, (void)kind, (void)count;
    return PYRO_OK;
}
