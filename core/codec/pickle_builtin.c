/* Instances of Python's own classes in pickles: collections, numbers, UUIDs. They are sent as the
 * nearest value that other serializers have. */
#include "codec/pickle_builtin.h"

#include "codec/pickle_machine.h"
#include "codec/pickle_scalar.h"
#include "codec/pickle_send.h"

/* --- containers --- */

/* Returns the list, tuple or set in a cell, which may be NULL; NULL where there is none. */
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
        return pyro_pickle_refuse_args(w->p, o);
    return pyro_pickle_send_items(w, kind, items, o);
}

enum pyro_code pyro_pickle_send_set(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_collection(w, o, PYRO_SET, 1);
}

enum pyro_code pyro_pickle_send_frozenset(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_collection(w, o, PYRO_FROZENSET, 1);
}

enum pyro_code pyro_pickle_send_deque(struct pickle_walk *w, const struct pickle_object *o)
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
        return pyro_pickle_refuse_args(w->p, o);
    enum pyro_code code = pyro_begin(w->to, PYRO_DICT, pairs->count);
    while (code == PYRO_OK && (cell = pyro_pickle_next(w->p, &at)) != NULL) {
        const struct pickle_object *pair = sequence_in(w->p, cell);
        if (!pair || pair->count != 2)
            return pyro_pickle_refuse_args(w->p, o);
        code = send_pair(w, pair);
    }
    return code == PYRO_OK ? pyro_end(w->to, PYRO_DICT) : code;
}

/* Sends a dict of what argument `i` has, and of what was added. */
static enum pyro_code put_mapping(struct pickle_walk *w, const struct pickle_object *o, uint32_t i)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *content = pickle_item(w->p, args, i);
    const struct pickle_object *pairs = sequence_in(w->p, content);
    if (args->count > i + 1)
        return pyro_pickle_refuse_args(w->p, o);
    if (pairs && o->count == 0 && !w->hashed)
        return put_pairs(w, o, pairs);
    const struct pickle_object *dict = pickle_container(w->p, content, PYRO_DICT);
    if (content && !dict)
        return pyro_pickle_refuse_args(w->p, o);
    return pyro_pickle_send_items(w, PYRO_DICT, dict, o);
}

enum pyro_code pyro_pickle_send_dict(struct pickle_walk *w, const struct pickle_object *o)
{
    return put_mapping(w, o, 0);
}

/* Sends a defaultdict as a dict. The first argument is the function that makes missing values. */
enum pyro_code pyro_pickle_send_defaultdict(struct pickle_walk *w, const struct pickle_object *o)
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

enum pyro_code pyro_pickle_send_range(struct pickle_walk *w, const struct pickle_object *o)
{
    int64_t parts[3];
    if (!take_integers(w, pickle_args(w->p, o), parts, 3) || parts[2] == 0)
        return pyro_pickle_refuse_args(w->p, o);
    uint64_t count = count_steps(parts[0], parts[1], parts[2]), next = (uint64_t)parts[0];
    enum pyro_code code = pyro_pickle_repeat(
        w->p, count < SIZE_MAX / PICKLE_ITEM_SIZE ? (size_t)count * PICKLE_ITEM_SIZE : SIZE_MAX);
    if (code != PYRO_OK || (code = pyro_pickle_begin_list(w, o, (size_t)count)) != PYRO_OK)
        return code;
    for (; count > 0 && code == PYRO_OK; count--, next += (uint64_t)parts[2])
        code = pyro_put_int(w->to, (int64_t)next);
    return code == PYRO_OK ? pyro_end(w->to, PYRO_LIST) : code;
}

/* Sends a slice as a tuple of its three values. */
enum pyro_code pyro_pickle_send_slice(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    return args->count == 3 ? pyro_pickle_send_items(w, PYRO_TUPLE, args, NULL)
                            : pyro_pickle_refuse_args(w->p, o);
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

enum pyro_code pyro_pickle_send_complex(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    double real, imaginary;
    if (args->count != 2 || !take_real(pickle_item(w->p, args, 0), &real) ||
        !take_real(pickle_item(w->p, args, 1), &imaginary))
        return pyro_pickle_refuse_args(w->p, o);
    return w->to->ops->complex(w->to, real, imaginary);
}

/* Sends the string that is the only argument of a class. */
enum pyro_code pyro_pickle_send_text(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *text = pickle_item(w->p, args, 0);
    if (args->count != 1 || (text->type != PICKLE_STR && text->type != PICKLE_STRING))
        return pyro_pickle_refuse_args(w->p, o);
    return pyro_pickle_send(w, text);
}

/* Sends a fraction, made of a string or of numerator and denominator, as a string. */
enum pyro_code pyro_pickle_send_fraction(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    char text[2 * PICKLE_INTEGER_SIZE];
    if (args->count != 2)
        return pyro_pickle_send_text(w, o);
    size_t length = pyro_pickle_digits(pickle_item(w->p, args, 0), text);
    text[length] = '/';
    size_t more = pyro_pickle_digits(pickle_item(w->p, args, 1), text + length + 1);
    if (length == 0 || more == 0)
        return pyro_pickle_refuse_args(w->p, o);
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

enum pyro_code pyro_pickle_send_uuid(struct pickle_walk *w, const struct pickle_object *o)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[16];
    char text[36], *to = text;
    if (!take_128_bits(pyro_pickle_field(w->p, o, "int"), bytes))
        return pyro_pickle_refuse_object(w->p, o, "a UUID without its integer");
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = hex[bytes[i] >> 4];
        *to++ = hex[bytes[i] & 15];
    }
    return pyro_put_str(w->to, pyro_slice(text, sizeof(text)));
}
