#include "value/array.h"

#include "base/assert.h"
#include "value/sink.h"

/* --- shapes --- */

static enum pyro_code too_large(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ESERIALIZE, "the shape of an array is too large");
}

/* Multiplies, except by 0; false where the product is too large. Numpy minds the other dimensions
 * also of an array without items. */
static bool multiply(size_t *product, size_t factor)
{
    if (factor > 0 && *product > (size_t)PTRDIFF_MAX / factor)
        return false;
    *product *= factor > 0 ? factor : 1;
    return true;
}

enum pyro_code pyro_array_size(const struct pyro_array *array, size_t *bytes,
                               struct pyro_error *err)
{
    bool empty = false;
    *bytes = array->dtype.size;
    if (array->dimensions > PYRO_ARRAY_DIMENSIONS)
        return pyro_error_set(err, PYRO_ESERIALIZE, "an array of more than %d dimensions",
                              PYRO_ARRAY_DIMENSIONS);
    for (unsigned i = 0; i < array->dimensions; i++) {
        if (!multiply(bytes, array->shape[i]))
            return too_large(err);
        empty = empty || array->shape[i] == 0;
    }
    *bytes = empty ? 0 : *bytes;
    return PYRO_OK;
}

/* Returns whether the order of the items makes a difference. */
static bool has_order(const struct pyro_array *array)
{
    unsigned longer = 0;
    for (unsigned i = 0; i < array->dimensions; i++)
        longer += array->shape[i] > 1;
    return longer > 1 && array->data.length > 0;
}

enum pyro_code pyro_array_check(struct pyro_array *array, struct pyro_error *err)
{
    size_t bytes;
    enum pyro_code code = pyro_array_size(array, &bytes, err);
    if (code == PYRO_OK && array->data.length != bytes)
        code = pyro_error_set(err, PYRO_ESERIALIZE,
                              "an array has %zu bytes of data, its shape and dtype need %zu",
                              array->data.length, bytes);
    array->fortran = array->fortran && code == PYRO_OK && has_order(array);
    return code;
}

size_t pyro_array_count(const struct pyro_array *array, unsigned dimensions)
{
    size_t count = 1;
    for (unsigned i = 0; i < dimensions; i++)
        count *= array->shape[i];
    return count;
}

/* --- items in order --- */

/* A place in an array: its index in each dimension, and how many bytes lie between two indices of
 * it. */
struct walk {
    const struct pyro_array *array;
    size_t strides[PYRO_ARRAY_DIMENSIONS];
};

static void begin_walk(struct walk *walk, const struct pyro_array *array)
{
    size_t stride = array->dtype.size;
    walk->array = array;
    for (unsigned i = 0; i < array->dimensions; i++) {
        unsigned dimension = array->fortran ? i : array->dimensions - 1 - i;
        walk->strides[dimension] = stride;
        stride *= array->shape[dimension];
    }
}

/* Copies `count` items that lie `stride` bytes apart; returns where the next one goes. */
static char *copy_items(char *out, const char *from, size_t count, size_t stride, size_t size)
{
    if (stride == size) {
        memcpy(out, from, count * size);
        return out + count * size;
    }
    for (; count > 0; count--, from += stride, out += size)
        memcpy(out, from, size);
    return out;
}

/* Copies what lies at `from`: the items of `dimension` and of those behind it. */
static char *copy_part(const struct walk *walk, unsigned dimension, const char *from, char *out)
{
    const struct pyro_array *array = walk->array;
    size_t count = array->shape[dimension], stride = walk->strides[dimension];
    if (dimension + 1 == array->dimensions)
        return copy_items(out, from, count, stride, array->dtype.size);
    for (size_t i = 0; i < count; i++)
        out = copy_part(walk, dimension + 1, from + i * stride, out);
    return out;
}

void pyro_array_copy(const struct pyro_array *array, char *out)
{
    struct walk walk;
    if (!array->fortran) {
        if (array->data.length > 0)
            memcpy(out, array->data.data, array->data.length);
        return;
    }
    begin_walk(&walk, array);
    copy_part(&walk, 0, array->data.data, out);
}

static bool equal_parts(const struct walk *a, const char *at, const struct walk *b,
                        const char *other, unsigned dimension)
{
    bool equal = true;
    if (dimension == a->array->dimensions)
        return memcmp(at, other, a->array->dtype.size) == 0;
    for (size_t i = 0; i < a->array->shape[dimension] && equal; i++)
        equal = equal_parts(a, at + i * a->strides[dimension], b, other + i * b->strides[dimension],
                            dimension + 1);
    return equal;
}

bool pyro_array_equals(const struct pyro_array *a, const struct pyro_array *b)
{
    struct walk first, second;
    if (strcmp(a->dtype.text, b->dtype.text) != 0 || a->dimensions != b->dimensions ||
        a->data.length != b->data.length ||
        (a->dimensions > 0 && memcmp(a->shape, b->shape, a->dimensions * sizeof(a->shape[0])) != 0))
        return false;
    if (a->fortran == b->fortran || a->data.length == 0)
        return a->data.length == 0 || memcmp(a->data.data, b->data.data, a->data.length) == 0;
    begin_walk(&first, a);
    begin_walk(&second, b);
    return equal_parts(&first, a->data.data, &second, b->data.data, 0);
}

static enum pyro_code put_part(const struct walk *walk, unsigned dimension, const char *from,
                               struct pyro_sink *to)
{
    const struct pyro_array *array = walk->array;
    if (dimension == array->dimensions)
        return pyro_dtype_put(&array->dtype, from, to);
    size_t count = array->shape[dimension], stride = walk->strides[dimension];
    enum pyro_code code = pyro_begin(to, PYRO_LIST, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = put_part(walk, dimension + 1, from + i * stride, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

enum pyro_code pyro_array_put_part(const struct pyro_array *array, const size_t *indices,
                                   unsigned count, struct pyro_sink *to)
{
    struct walk walk = {.array = array};
    const char *from = array->data.data;
    PYRO_ASSERT(count <= array->dimensions);
    begin_walk(&walk, array);
    for (unsigned i = 0; i < count; i++) {
        PYRO_ASSERT(indices[i] < array->shape[i]);
        from += indices[i] * walk.strides[i];
    }
    return put_part(&walk, count, from, to);
}
