#include "value/npy.h"

#include <stdio.h>

#define MAGIC "\x93NUMPY"
#define ALIGNMENT 64 /* of the data */

/* Keys of the header. */
enum { DESCR = 1, FORTRAN_ORDER = 2, SHAPE = 4 };

struct header {
    struct pyro_slice in; /* what is left of it */
    struct pyro_array *array;
    struct pyro_error *err;
    unsigned keys; /* those that were found */
};

static enum pyro_code malformed(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ESERIALIZE, "malformed npy data");
}

/* --- the header --- */

static void skip_space(struct header *h)
{
    struct pyro_slice space;
    while (h->in.length > 0 && h->in.data[0] && strchr(" \t\n", h->in.data[0]))
        pyro_slice_take(&h->in, 1, &space);
}

/* Takes a word and the space behind it; false where another comes next. */
static bool take(struct header *h, const char *word)
{
    struct pyro_slice rest = h->in, start;
    if (!pyro_slice_take(&rest, strlen(word), &start) || !pyro_slice_equals(start, word))
        return false;
    h->in = rest;
    skip_space(h);
    return true;
}

/* Takes a string in quotes, without escapes. */
static bool take_text(struct header *h, struct pyro_slice *text)
{
    char quote = h->in.length > 0 ? h->in.data[0] : '\0';
    if (quote != '\'' && quote != '"')
        return false;
    const char *from = h->in.data + 1, *end = memchr(from, quote, h->in.length - 1);
    if (!end || memchr(from, '\\', (size_t)(end - from)))
        return false;
    *text = pyro_slice(from, (size_t)(end - from));
    h->in = pyro_slice(end + 1, h->in.length - text->length - 2);
    skip_space(h);
    return true;
}

static bool take_length(struct header *h, size_t *length)
{
    size_t digits = 0;
    for (*length = 0; digits < h->in.length; digits++) {
        unsigned digit = (unsigned char)h->in.data[digits] - (unsigned)'0';
        if (digit > 9)
            break;
        if (*length > ((size_t)PTRDIFF_MAX - digit) / 10)
            return false;
        *length = 10 * *length + digit;
    }
    h->in = pyro_slice(h->in.data + digits, h->in.length - digits);
    skip_space(h);
    take(h, "L"); /* Python 2 */
    return digits > 0;
}

/* Takes a shape, a tuple. In a tuple of one, a comma follows that. */
static bool take_shape(struct header *h)
{
    struct pyro_array *array = h->array;
    bool comma = true;
    if (!take(h, "("))
        return false;
    for (array->dimensions = 0; !take(h, ")"); comma = take(h, ",")) {
        if (!comma || array->dimensions == PYRO_ARRAY_DIMENSIONS ||
            !take_length(h, &array->shape[array->dimensions++]))
            return false;
    }
    return array->dimensions != 1 || comma;
}

static bool take_order(struct header *h)
{
    h->array->fortran = take(h, "True");
    return h->array->fortran || take(h, "False");
}

static enum pyro_code take_descr(struct header *h)
{
    struct pyro_slice text;
    if (h->in.length > 0 && h->in.data[0] == '[')
        return pyro_dtype_read(h->in, &h->array->dtype, h->err);
    return take_text(h, &text) ? pyro_dtype_read(text, &h->array->dtype, h->err)
                               : malformed(h->err);
}

static enum pyro_code take_pair(struct header *h)
{
    struct pyro_slice key;
    if (!take_text(h, &key) || !take(h, ":"))
        return malformed(h->err);
    unsigned bit = pyro_slice_equals(key, "descr")           ? DESCR
                   : pyro_slice_equals(key, "fortran_order") ? FORTRAN_ORDER
                   : pyro_slice_equals(key, "shape")         ? SHAPE
                                                             : 0;
    if (bit == 0 || (h->keys & bit))
        return malformed(h->err);
    h->keys |= bit;
    if (bit == DESCR)
        return take_descr(h);
    bool good = bit == SHAPE ? take_shape(h) : take_order(h);
    return good ? PYRO_OK : malformed(h->err);
}

static enum pyro_code read_header(struct header *h)
{
    bool comma = true;
    if (!take(h, "{"))
        return malformed(h->err);
    for (; !take(h, "}"); comma = take(h, ",")) {
        enum pyro_code code = comma ? take_pair(h) : malformed(h->err);
        if (code != PYRO_OK)
            return code;
    }
    return h->in.length == 0 && h->keys == (DESCR | FORTRAN_ORDER | SHAPE) ? PYRO_OK
                                                                           : malformed(h->err);
}

/* --- before and behind it --- */

/* Takes what comes before the data, and the header out of it. */
static bool take_header(struct pyro_slice *in, struct pyro_slice *header)
{
    struct pyro_slice magic, version, digits;
    size_t length = 0;
    if (!pyro_slice_take(in, sizeof(MAGIC) - 1, &magic) || !pyro_slice_equals(magic, MAGIC) ||
        !pyro_slice_take(in, 2, &version) || version.data[0] < 1 || version.data[0] > 3 ||
        version.data[1] != 0 || !pyro_slice_take(in, version.data[0] == 1 ? 2 : 4, &digits))
        return false;
    for (size_t i = digits.length; i > 0; i--)
        length = length << 8 | (unsigned char)digits.data[i - 1];
    return pyro_slice_take(in, length, header);
}

enum pyro_code pyro_npy_read(struct pyro_slice in, struct pyro_array *array, struct pyro_error *err)
{
    struct header header = {.array = array, .err = err};
    if (!take_header(&in, &header.in))
        return malformed(err);
    enum pyro_code code = read_header(&header);
    array->form = PYRO_ARRAY_PLAIN;
    array->data = in;
    return code == PYRO_OK ? pyro_array_check(array, err) : code;
}

/* Writes the literal, and returns its length. */
static size_t put_literal(const struct pyro_array *array, char *out, size_t size)
{
    size_t length = (size_t)snprintf(out, size, "{'descr': '%s', 'fortran_order': %s, 'shape': (",
                                     array->dtype.text, array->fortran ? "True" : "False");
    for (unsigned i = 0; i < array->dimensions; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%zu", i > 0 ? ", " : "",
                                   array->shape[i]);
    return length + (size_t)snprintf(out + length, size - length, "%s), }",
                                     array->dimensions == 1 ? "," : "");
}

/* Writes the head. The literal is 100 bytes long, and up to 21 for each dimension. */
size_t pyro_npy_head(const struct pyro_array *array, char out[PYRO_NPY_HEAD_SIZE])
{
    static const char start[] = MAGIC "\1\0";
    const size_t before = sizeof(start) - 1 + 2;
    size_t length = put_literal(array, out + before, PYRO_NPY_HEAD_SIZE - before);
    size_t padding = ALIGNMENT - 1 - (before + length) % ALIGNMENT;
    size_t size = length + padding + 1;
    memcpy(out, start, sizeof(start) - 1);
    out[before - 2] = (char)(size & 0xff);
    out[before - 1] = (char)(size >> 8);
    memset(out + before + length, ' ', padding);
    out[before + size - 1] = '\n';
    return before + size;
}
