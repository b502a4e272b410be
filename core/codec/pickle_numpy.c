/* Arrays of numpy, and items of such, which are numbers, in pickles. */
#include "codec/pickle_numpy.h"

#include <stdio.h>

#include "codec/pickle_machine.h"
#include "codec/pickle_text.h"
#include "value/array.h"

#define NO_NUMBERS "an array of objects or records cannot travel"

/* --- the type of the items --- */

static bool is_nil(const struct pickle_cell *cell)
{
    return !cell || cell->type == PICKLE_NIL;
}

/* Returns whether a cell is bytes. Those of Python 2 come as str where they could be that. */
static bool is_bytes(const struct pickle_cell *cell)
{
    return cell->type == PICKLE_BYTES || cell->type == PICKLE_STRING ||
           (cell->type == PICKLE_STR && cell->form == PICKLE_PLAIN);
}

/* Takes a short string or bytes, as they stand in the pickle. */
static bool take_short(const struct pickle_cell *cell, struct pyro_slice *text)
{
    if (!cell || (cell->type != PICKLE_STR && cell->type != PICKLE_BYTES) ||
        cell->length >= PYRO_DTYPE_SIZE)
        return false;
    *text = pyro_slice(cell->u.text, cell->length);
    return true;
}

/* Writes the unit of dates, such as "[25s]". It is the last item of a type's state: a tuple of a
 * dict and a tuple (unit, how many of them, …). */
static bool write_unit(const struct pickle *p, const struct pickle_cell *cell, char *out,
                       size_t size)
{
    const struct pickle_object *both = pickle_container(p, cell, PYRO_TUPLE);
    const struct pickle_object *unit =
        both ? pickle_container(p, pickle_item(p, both, 1), PYRO_TUPLE) : NULL;
    const struct pickle_cell *count = unit ? pickle_item(p, unit, 1) : NULL;
    struct pyro_slice name;
    if (!count || count->type != PICKLE_INT || !take_short(pickle_item(p, unit, 0), &name))
        return false;
    if (count->u.integer == 1)
        snprintf(out, size, "[%.*s]", (int)name.length, name.data);
    else
        snprintf(out, size, "[%lld%.*s]", (long long)count->u.integer, (int)name.length, name.data);
    return true;
}

/* Reads numpy.dtype(name, …) with the state (version, byte order, a part's type, fields, their
 * types, size, alignment, flags, and of dates their unit); or without, where the name has all. */
static enum pyro_code read_dtype(struct pickle_walk *w, const struct pickle_object *o,
                                 struct pyro_dtype *dtype)
{
    const struct pickle *p = w->p;
    const struct pickle_object *state =
        pickle_container(p, pickle_about(p, o, PICKLE_STATE), PYRO_TUPLE);
    struct pyro_slice name, order;
    char unit[40] = "", text[96];
    if (!take_short(pickle_item(p, pickle_args(p, o), 0), &name))
        return pyro_pickle_refuse_args(w->p, o);
    if (pickle_about(p, o, PICKLE_STATE)->type == PICKLE_ABSENT)
        return pyro_dtype_read(name, dtype, p->err);
    if (!state || state->count < 8 || !take_short(pickle_item(p, state, 1), &order))
        return pyro_pickle_refuse_args(w->p, o);
    if (!is_nil(pickle_item(p, state, 2)) || !is_nil(pickle_item(p, state, 3)))
        return pyro_pickle_refuse_object(w->p, o, NO_NUMBERS);
    if (!is_nil(pickle_item(p, state, 8)) &&
        !write_unit(p, pickle_item(p, state, 8), unit, sizeof(unit)))
        return pyro_pickle_refuse_args(w->p, o);
    snprintf(text, sizeof(text), "%.*s%.*s%s", (int)order.length, order.data, (int)name.length,
             name.data, unit);
    return pyro_dtype_read(pyro_slice_text(text), dtype, p->err);
}

static enum pyro_code take_dtype(struct pickle_walk *w, const struct pickle_object *o,
                                 const struct pickle_cell *cell, struct pyro_dtype *dtype)
{
    if (!cell || cell->type != PICKLE_OBJECT ||
        !pyro_pickle_is_of(w->p, pickle_object_of(w->p, cell), "numpy", "dtype"))
        return pyro_pickle_refuse_args(w->p, o);
    return read_dtype(w, pickle_object_of(w->p, cell), dtype);
}

/* --- arrays --- */

static bool take_shape(const struct pickle *p, const struct pickle_cell *cell,
                       struct pyro_array *array)
{
    const struct pickle_object *shape = pickle_container(p, cell, PYRO_TUPLE);
    if (!shape || shape->count > PYRO_ARRAY_DIMENSIONS)
        return false;
    array->dimensions = shape->count;
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct pickle_cell *size = pickle_item(p, shape, i);
        if (size->type != PICKLE_INT || size->u.integer < 0 || size->u.integer > PTRDIFF_MAX)
            return false;
        array->shape[i] = (size_t)size->u.integer;
    }
    return true;
}

/* Sends an array of whose parts type and items are still in cells. */
static enum pyro_code send_array(struct pickle_walk *w, const struct pickle_object *o,
                                 struct pyro_array *array, const struct pickle_cell *dtype,
                                 const struct pickle_cell *data)
{
    struct pyro_buffer *decoded = &w->p->held->decoded;
    size_t kept = decoded->length;
    enum pyro_code code;
    if (w->hashed)
        return pyro_pickle_refuse_object(w->p, o, "an array may not be a key");
    if ((code = take_dtype(w, o, dtype, &array->dtype)) != PYRO_OK)
        return code;
    if (!is_bytes(data))
        return pyro_pickle_refuse_object(w->p, o, NO_NUMBERS);
    if ((code = pyro_pickle_text(w->p, data, &array->data)) != PYRO_OK)
        return code;
    pyro_buffer_truncate(decoded, kept);
    code = pyro_array_check(array, w->p->err);
    return code == PYRO_OK ? w->to->ops->array(w->to, array) : code;
}

/* Sends an array without gaps as protocol 5 has it: _frombuffer(data, type, shape, order). */
enum pyro_code pyro_pickle_send_frombuffer(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    struct pyro_array array = {.form = PYRO_ARRAY_PLAIN};
    struct pyro_slice order;
    if (args->count != 4 || !take_shape(w->p, pickle_item(w->p, args, 2), &array) ||
        !take_short(pickle_item(w->p, args, 3), &order))
        return pyro_pickle_refuse_args(w->p, o);
    array.fortran = pyro_slice_equals(order, "F");
    return send_array(w, o, &array, pickle_item(w->p, args, 1), pickle_item(w->p, args, 0));
}

/* Sends an array that was made empty, and got its content as state: (version, shape, type,
 * whether the order is Fortran's, data). */
enum pyro_code pyro_pickle_send_ndarray(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle *p = w->p;
    const struct pickle_object *state =
        pickle_container(p, pickle_about(p, o, PICKLE_STATE), PYRO_TUPLE);
    struct pyro_array array = {.form = PYRO_ARRAY_PLAIN};
    const struct pickle_cell *fortran = state ? pickle_item(p, state, 3) : NULL;
    if (!state || state->count != 5 || !take_shape(p, pickle_item(p, state, 1), &array) ||
        (fortran->type != PICKLE_BOOL && fortran->type != PICKLE_INT))
        return pyro_pickle_refuse_args(w->p, o);
    array.fortran = fortran->type == PICKLE_BOOL ? fortran->u.boolean : fortran->u.integer != 0;
    return send_array(w, o, &array, pickle_item(p, state, 2), pickle_item(p, state, 4));
}

/* --- items --- */

/* Sends an item of an array: scalar(type, bytes). */
enum pyro_code pyro_pickle_send_numpy_scalar(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *data = pickle_item(w->p, args, 1);
    struct pyro_buffer *decoded = &w->p->held->decoded;
    size_t kept = decoded->length;
    struct pyro_dtype dtype = {.size = 0};
    struct pyro_slice bytes;
    enum pyro_code code;
    if (args->count != 2 || !is_bytes(data))
        return pyro_pickle_refuse_args(w->p, o);
    if ((code = take_dtype(w, o, pickle_item(w->p, args, 0), &dtype)) != PYRO_OK ||
        (code = pyro_pickle_text(w->p, data, &bytes)) != PYRO_OK)
        return code;
    pyro_buffer_truncate(decoded, kept);
    return bytes.length == dtype.size ? pyro_dtype_put(&dtype, bytes.data, w->to)
                                      : pyro_pickle_refuse_args(w->p, o);
}

enum pyro_code pyro_pickle_send_dtype(struct pickle_walk *w, const struct pickle_object *o)
{
    struct pyro_dtype dtype;
    enum pyro_code code = read_dtype(w, o, &dtype);
    return code == PYRO_OK ? pyro_put_text(w->to, dtype.text) : code;
}
