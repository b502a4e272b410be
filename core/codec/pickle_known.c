/* The classes and functions whose calls in pickles are known: what these make. */
#include "codec/pickle_machine.h"

#include <stdlib.h>

#include "base/error.h"

bool pyro_pickle_is_of(const struct pickle *p, const struct pickle_object *o, const char *module,
                       const char *name)
{
    if (o->kind < PICKLE_CALLED)
        return false;
    const struct pickle_global *global = pickle_global_of(p, o);
    return pyro_slice_equals(global->module, module) && pyro_slice_equals(global->name, name);
}

bool pyro_pickle_is(const struct pickle_cell *cell, const char *text)
{
    return cell && cell->type == PICKLE_STR &&
           pyro_slice_equals(pyro_slice(cell->u.text, cell->length), text);
}

enum pyro_code pyro_pickle_refuse_args(const struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_global *global = pickle_global_of(w->p, o);
    return pyro_pickle_refuse(w->p, w->p->start + o->at, "arguments that %.*s.%.*s does not take",
                              (int)global->module.length, global->module.data,
                              (int)global->name.length, global->name.data);
}

/* --- what becomes a cell --- */

static bool is_latin1(const struct pickle_cell *cell)
{
    return pyro_pickle_is(cell, "latin1") || pyro_pickle_is(cell, "latin-1") ||
           pyro_pickle_is(cell, "iso-8859-1");
}

/* Text whose characters are bytes, behind it the name of that encoding. */
static bool make_bytes(const struct pickle_cell *text, const struct pickle_cell *encoding,
                       struct pickle_cell *value)
{
    if (!text || text->type != PICKLE_STR || !is_latin1(encoding))
        return false;
    *value = *text;
    value->type = PICKLE_BYTES;
    value->latin1 = true;
    return true;
}

static enum pyro_code fold_encode(struct pickle *p, const struct pickle_object *args,
                                  struct pickle_cell *value)
{
    if (args->count != 2 || !make_bytes(pickle_item(p, args, 0), pickle_item(p, args, 1), value))
        return pyro_pickle_refuse_op(p, "an encoding other than Latin-1");
    return PYRO_OK;
}

/* bytes and bytearray, of nothing, of bytes, or of text. */
static enum pyro_code fold_bytes(struct pickle *p, const struct pickle_object *args,
                                 struct pickle_cell *value)
{
    const struct pickle_cell *first = pickle_item(p, args, 0);
    *value = (struct pickle_cell){.type = PICKLE_BYTES, .u.text = p->p};
    if (args->count == 0)
        return PYRO_OK;
    if (args->count == 2 && make_bytes(first, pickle_item(p, args, 1), value))
        return PYRO_OK;
    if (args->count != 1 || (first->type != PICKLE_BYTES && first->type != PICKLE_STRING))
        return pyro_pickle_refuse_op(p, "bytes of what is no bytes");
    *value = *first;
    value->type = PICKLE_BYTES;
    return PYRO_OK;
}

/* Members of enumerations are pickled so: they become their name. A name with an underscore is a
 * method that makes objects, such as ZoneInfo._unpickle. */
static enum pyro_code fold_getattr(struct pickle *p, const struct pickle_object *args,
                                   struct pickle_cell *value)
{
    const struct pickle_cell *class = pickle_item(p, args, 0), *name = pickle_item(p, args, 1);
    if (args->count != 2 || class->type != PICKLE_GLOBAL || name->type != PICKLE_STR)
        return pyro_pickle_refuse_op(p, "an attribute of what is no class");
    const struct pickle_global *global = &pickle_globals(p)[class->u.index];
    if (global->known || (name->length > 0 && name->u.text[0] == '_') ||
        pyro_slice_equals(global->module, "builtins") ||
        pyro_slice_equals(global->module, "__builtin__"))
        return pyro_pickle_refuse_name(p, global->module, global->name);
    *value = *name;
    return PYRO_OK;
}

/* --- containers --- */

/* The list, tuple or set in a cell, which may be NULL. */
static const struct pickle_object *sequence_in(const struct pickle *p,
                                               const struct pickle_cell *cell)
{
    if (!cell || cell->type != PICKLE_OBJECT || pickle_object_of(p, cell)->kind > PYRO_FROZENSET)
        return NULL;
    return pickle_object_of(p, cell);
}

/* Sends the items of the first argument, and those that were added, as a container. */
static enum pyro_code put_collection(struct pickle_walk *w, const struct pickle_object *o,
                                     enum pyro_kind kind, uint32_t most_args)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_object *items = sequence_in(w->p, pickle_item(w->p, args, 0));
    if (args->count > most_args || (args->count > 0 && !items))
        return pyro_pickle_refuse_args(w, o);
    return pyro_pickle_send_items(w, kind, items, o);
}

static enum pyro_code put_set(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_collection(w, o, PYRO_SET, 1);
}

static enum pyro_code put_frozenset(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_collection(w, o, PYRO_FROZENSET, 1);
}

static enum pyro_code put_deque(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_collection(w, o, PYRO_LIST, 2);
}

static enum pyro_code send_pair(struct pickle_walk *w, const struct pickle_object *pair)
{
    struct pickle_cursor at = pickle_first(pair);
    w->hashed = true;
    enum pyro_code code = pyro_pickle_send(w, pyro_pickle_next(w->p, &at));
    w->hashed = false;
    return code == PYRO_OK ? pyro_pickle_send(w, pyro_pickle_next(w->p, &at)) : code;
}

/* Sends a list of pairs as a dict: what Python 2 makes of ordered ones. */
static enum pyro_code put_pairs(struct pickle_walk *w, const struct pickle_object *o,
                                const struct pickle_object *pairs)
{
    struct pickle_cursor at = pickle_first(pairs);
    const struct pickle_cell *cell;
    if (w->hashed)
        return pyro_pickle_refuse_args(w, o);
    enum pyro_code code = pyro_begin(w->to, PYRO_DICT, pairs->count);
    while (code == PYRO_OK && (cell = pyro_pickle_next(w->p, &at)) != NULL) {
        const struct pickle_object *pair = sequence_in(w->p, cell);
        if (!pair || pair->count != 2)
            return pyro_pickle_refuse_args(w, o);
        code = send_pair(w, pair);
    }
    return code == PYRO_OK ? pyro_end(w->to, PYRO_DICT) : code;
}

/* A dict of what argument `i` has, and what was added. */
static enum pyro_code put_mapping(struct pickle_walk *w, const struct pickle_object *o, uint32_t i)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *content = pickle_item(w->p, args, i);
    const struct pickle_object *pairs = sequence_in(w->p, content);
    if (args->count > i + 1)
        return pyro_pickle_refuse_args(w, o);
    if (pairs && o->count == 0 && !w->hashed)
        return put_pairs(w, o, pairs);
    const struct pickle_object *dict = pickle_container(w->p, content, PYRO_DICT);
    if (content && !dict)
        return pyro_pickle_refuse_args(w, o);
    return pyro_pickle_send_items(w, PYRO_DICT, dict, o);
}

static enum pyro_code put_dict(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_mapping(w, o, 0);
}

/* The first argument is what makes missing values. */
static enum pyro_code put_defaultdict(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_mapping(w, o, 1);
}

/* --- numbers --- */

static bool take_integers(const struct pickle_walk *w, const struct pickle_object *args,
                          int64_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < args->count; i++) {
        const struct pickle_cell *cell = pickle_item(w->p, args, i);
        if (cell->type != PICKLE_INT)
            return false;
        values[i] = cell->u.integer;
    }
    return args->count == count;
}

static uint64_t count_steps(int64_t from, int64_t to, int64_t step)
{
    uint64_t way = (uint64_t)to - (uint64_t)from, stride = (uint64_t)step;
    if (step < 0) {
        way = 0 - way;
        stride = 0 - stride;
    }
    return (step > 0 ? from < to : from > to) ? (way - 1) / stride + 1 : 0;
}

static enum pyro_code put_range(struct pickle_walk *w, const struct pickle_object *o)
{
    int64_t parts[3];
    if (!take_integers(w, pickle_args(w->p, o), parts, 3) || parts[2] == 0)
        return pyro_pickle_refuse_args(w, o);
    uint64_t count = count_steps(parts[0], parts[1], parts[2]), next = (uint64_t)parts[0];
    enum pyro_code code = pyro_pickle_repeat(
        w->p, count < SIZE_MAX / PICKLE_ITEM_SIZE ? (size_t)count * PICKLE_ITEM_SIZE : SIZE_MAX);
    if (code != PYRO_OK || (code = pyro_pickle_begin_list(w, o, (size_t)count)) != PYRO_OK)
        return code;
    for (; count > 0 && code == PYRO_OK; count--, next += (uint64_t)parts[2])
        code = pyro_put_int(w->to, (int64_t)next);
    return code == PYRO_OK ? pyro_end(w->to, PYRO_LIST) : code;
}

/* Its three values. */
static enum pyro_code put_slice(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    return args->count == 3 ? pyro_pickle_send_items(w, PYRO_TUPLE, args, NULL)
                            : pyro_pickle_refuse_args(w, o);
}

static bool take_real(const struct pickle_cell *cell, double *value)
{
    if (cell && cell->type == PICKLE_INT)
        *value = (double)cell->u.integer;
    else if (cell && cell->type == PICKLE_REAL)
        *value = cell->u.real;
    else
        return false;
    return true;
}

static enum pyro_code put_complex(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    double real, imaginary;
    if (args->count != 2 || !take_real(pickle_item(w->p, args, 0), &real) ||
        !take_real(pickle_item(w->p, args, 1), &imaginary))
        return pyro_pickle_refuse_args(w, o);
    return w->to->ops->complex(w->to, real, imaginary);
}

/* A class whose one argument is its text. */
static enum pyro_code put_text(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *text = pickle_item(w->p, args, 0);
    if (args->count != 1 || (text->type != PICKLE_STR && text->type != PICKLE_STRING))
        return pyro_pickle_refuse_args(w, o);
    return pyro_pickle_send(w, text);
}

/* Its text, or numerator and denominator. */
static enum pyro_code put_fraction(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    char text[2 * PICKLE_INTEGER_SIZE];
    if (args->count != 2)
        return put_text(w, o);
    size_t length = pyro_pickle_digits(pickle_item(w->p, args, 0), text);
    text[length] = '/';
    size_t more = pyro_pickle_digits(pickle_item(w->p, args, 1), text + length + 1);
    if (length == 0 || more == 0)
        return pyro_pickle_refuse_args(w, o);
    bool whole = more == 1 && text[length + 1] == '1';
    return pyro_put_str(w->to, pyro_slice(text, whole ? length : length + 1 + more));
}

/* --- UUID --- */

/* Writes an integer of 128 bits, the highest byte first; false where it is none. */
static bool take_128_bits(const struct pickle_cell *cell, unsigned char out[16])
{
    char digits[PICKLE_INTEGER_SIZE];
    struct pyro_bigint big = {.base = 1 << 16};
    bool is_short = cell && cell->length < 40; /* digits, or bytes: more take long to convert */
    size_t length = is_short ? pyro_pickle_digits(cell, digits) : 0;
    if (length == 0 || digits[0] == '-' || !pyro_bigint_read(&big, pyro_slice(digits, length)) ||
        big.count > 8)
        return false;
    for (size_t i = 0; i < 8; i++) {
        uint32_t limb = 7 - i < big.count ? big.limbs[7 - i] : 0;
        out[2 * i] = (unsigned char)(limb >> 8);
        out[2 * i + 1] = (unsigned char)limb;
    }
    return true;
}

static enum pyro_code put_uuid(struct pickle_walk *w, const struct pickle_object *o)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[16];
    char text[36], *to = text;
    if (!take_128_bits(pyro_pickle_field(w->p, o, "int"), bytes))
        return pyro_pickle_refuse_object(w, o, "a UUID without its integer");
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = hex[bytes[i] >> 4];
        *to++ = hex[bytes[i] & 15];
    }
    return pyro_put_str(w->to, pyro_slice(text, sizeof(text)));
}

/* --- finding --- */

static const struct pickle_known table[] = {
    {"_codecs", "encode", .fold = fold_encode},
    {"builtins", "bytes", .fold = fold_bytes},
    {"builtins", "bytearray", .fold = fold_bytes},
    {"builtins", "getattr", .fold = fold_getattr},
    {"copyreg", "_reconstructor", .fold = pyro_pickle_reconstruct},
    {"dill._dill", "_load_type", .fold = pyro_pickle_load_type},
    {"dill._dill", "_create_array", .fold = pyro_pickle_create_array},
    {"builtins", "set", .put = put_set},
    {"builtins", "frozenset", .put = put_frozenset},
    {"builtins", "complex", .put = put_complex},
    {"builtins", "range", .put = put_range},
    {"builtins", "xrange", .put = put_range},
    {"builtins", "slice", .put = put_slice},
    {"collections", "OrderedDict", .put = put_dict},
    {"collections", "Counter", .put = put_dict},
    {"collections", "defaultdict", .put = put_defaultdict},
    {"collections", "deque", .put = put_deque},
    {"array", "array", .put = pyro_pickle_put_array},
    {"array", "_array_reconstructor", .put = pyro_pickle_put_machine_array},
    {"datetime", "datetime", .put = pyro_pickle_put_datetime},
    {"datetime", "date", .put = pyro_pickle_put_date},
    {"datetime", "time", .put = pyro_pickle_put_time},
    {"datetime", "timedelta", .put = pyro_pickle_put_timedelta},
    {"numpy.core.multiarray", "_reconstruct", .put = pyro_pickle_put_ndarray},
    {"numpy.core.multiarray", "scalar", .put = pyro_pickle_put_numpy_scalar},
    {"numpy.core.numeric", "_frombuffer", .put = pyro_pickle_put_frombuffer},
    {"numpy", "dtype", .put = pyro_pickle_put_dtype},
    {"decimal", "Decimal", .put = put_text},
    {"fractions", "Fraction", .put = put_fraction},
    {"uuid", "UUID", .put = put_uuid},
    {"Pyro4.core", "URI", .put = pyro_pickle_put_uri},
    {"Pyro4.core", "Proxy", .put = pyro_pickle_put_proxy},
    {"Pyro4.futures", "_ExceptionWrapper", .put = pyro_pickle_put_wrapper},
};

static const struct pickle_known exception = {.put = pyro_pickle_put_exception};

/* The name of a module of Python 2 in Python 3, or of one of numpy 2 in numpy 1. */
static const char *usual_name(struct pyro_slice module)
{
    static const char *const names[][2] = {
        {"__builtin__", "builtins"},
        {"exceptions", "builtins"},
        {"copy_reg", "copyreg"},
        {"numpy._core.multiarray", "numpy.core.multiarray"},
        {"numpy._core.numeric", "numpy.core.numeric"},
    };
    for (size_t i = 0; i < PYRO_COUNT(names); i++)
        if (pyro_slice_equals(module, names[i][0]))
            return names[i][1];
    return NULL;
}

static bool is_builtin_exception(struct pyro_slice name)
{
    char copy[PYRO_CLASS_SIZE];
    if (name.length >= sizeof(copy))
        return false;
    memcpy(copy, name.data, name.length);
    copy[name.length] = '\0';
    return pyro_builtin_find(copy) != NULL;
}

const struct pickle_known *pyro_pickle_find(struct pyro_slice module, struct pyro_slice name)
{
    const char *usual = usual_name(module);
    if (usual)
        module = pyro_slice_text(usual);
    for (size_t i = 0; i < PYRO_COUNT(table); i++)
        if (pyro_slice_equals(name, table[i].name) && pyro_slice_equals(module, table[i].module))
            return &table[i];
    if (pyro_slice_equals(module, "Pyro4.errors") || pyro_slice_equals(module, "Pyro5.errors") ||
        (pyro_slice_equals(module, "builtins") && is_builtin_exception(name)))
        return &exception;
    return NULL;
}
