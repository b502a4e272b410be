/* Writing arrays as numpy's own pickles have them: those of numpy 1, which numpy 2 reads too. */
#include "codec/pickle_write_array.h"

#include "codec/pickle_level.h"

/* The bytes of each dimension's length, and of what is around the items. */
#define LENGTH_SIZE 12
#define FRAME_SIZE 384

/* Puts the call that makes an empty array, whose state follows. */
static char *put_empty(char *at, unsigned version)
{
    at = pickle_put_global(at, version, pyro_slice_text("numpy.core.multiarray"),
                           pyro_slice_text("_reconstruct"));
    at = pickle_put_global(at, version, pyro_slice_text("numpy"), pyro_slice_text("ndarray"));
    at = pickle_put_integer(at, 0);
    at = pickle_put_op(at, PICKLE_OP_TUPLE1);
    at = pickle_put_bytes(at, version, pyro_slice_text("b"));
    at = pickle_put_op(at, PICKLE_OP_TUPLE3);
    return pickle_put_op(at, PICKLE_OP_REDUCE);
}

static char *put_shape(char *at, const struct pyro_array *array)
{
    at = pickle_put_op(at, PICKLE_OP_MARK);
    for (unsigned i = 0; i < array->dimensions; i++)
        at = pickle_put_integer(at, (int64_t)array->shape[i]);
    return pickle_put_op(at, PICKLE_OP_TUPLE);
}

/* Puts the type of items. In numpy's own pickles the byte order is state; here the name says it. */
static char *put_dtype(char *at, unsigned version, const struct pyro_dtype *dtype)
{
    at = pickle_put_global(at, version, pyro_slice_text("numpy"), pyro_slice_text("dtype"));
    at = pickle_put_text(at, version, pyro_slice_text(dtype->text));
    at = pickle_put_op(at, PICKLE_OP_NEWFALSE);
    at = pickle_put_op(at, PICKLE_OP_NEWTRUE);
    at = pickle_put_op(at, PICKLE_OP_TUPLE3);
    return pickle_put_op(at, PICKLE_OP_REDUCE);
}

static char *put_array(char *at, unsigned version, const struct pyro_array *array)
{
    at = put_empty(at, version);
    at = pickle_put_op(at, PICKLE_OP_MARK);
    at = pickle_put_integer(at, 1); /* version of the state */
    at = put_shape(at, array);
    at = put_dtype(at, version, &array->dtype);
    at = pickle_put_op(at, array->fortran ? PICKLE_OP_NEWTRUE : PICKLE_OP_NEWFALSE);
    at = pickle_put_bytes(at, version, array->data);
    at = pickle_put_op(at, PICKLE_OP_TUPLE);
    return pickle_put_op(at, PICKLE_OP_BUILD);
}

enum pyro_code pickle_write_array(struct pyro_sink *to, const struct pyro_array *array)
{
    struct pyro_writer *w = pickle_writer(to);
    size_t size = pickle_bytes_size(w->version, array->data.length);
    if (size > UINT32_MAX)
        return pickle_refuse_length(to);
    char *at = pickle_begin(w, FRAME_SIZE + LENGTH_SIZE * PYRO_ARRAY_DIMENSIONS + size);
    return pickle_written(w, at ? put_array(at, w->version, array) : NULL);
}
