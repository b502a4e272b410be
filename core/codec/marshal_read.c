/* Reading marshal data, straight to the sink. A value that is referred to is read again where the
 * reference stands. How much is read again is limited, or a few bytes could stand for any amount.
 */
#include "base/assert.h"
#include "codec/marshal_scalar.h"
#include "codec/marshal_type.h"
#include "codec/marshal_write.h"

/* Bytes that reading again may cost, for each byte of the data and in any case: small values may
 * come again and again, large ones some hundred times. */
#define AGAIN_FACTOR 16
#define AGAIN_ALWAYS (32 * 1024 * 1024)

#define NOT_AGAIN SIZE_MAX
#define NONE UINT32_MAX

/* A value that references may mean. */
struct remembered {
    uint32_t at;    /* where it stands in the data */
    uint32_t whole; /* it has been read to its end */
};

/* --- what is remembered --- */

static size_t count_remembered(const struct marshal_reader *r)
{
    return r->held->decoded.length / sizeof(struct remembered);
}

static struct remembered *remembered(const struct marshal_reader *r, uint64_t number)
{
    PYRO_ASSERT(number < count_remembered(r));
    return (struct remembered *)(void *)r->held->decoded.data + number;
}

static enum pyro_code remember(struct marshal_reader *r, size_t at, uint32_t *number)
{
    const struct remembered value = {(uint32_t)at, false};
    enum pyro_code code = pyro_spend(&r->held->budget, 2 * sizeof(value), r->err);
    if (code != PYRO_OK) /* a buffer has up to twice the room that it needs */
        return code;
    *number = (uint32_t)count_remembered(r);
    return pyro_buffer_append(&r->held->decoded, &value, sizeof(value)) ? PYRO_OK
                                                                        : pyro_error_memory(r->err);
}

/* --- containers --- */

/* Items that a sink is told of at most. Values that are referred to are read again, so counts may
 * add up to more than the bytes of the data. */
#define MOST_HINTED ((size_t)64)

static enum pyro_code begin(struct marshal_reader *r, enum pyro_kind kind, size_t count,
                            uint32_t number, size_t back)
{
    if (r->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(r->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    if (count > r->data.length - r->at)
        return pyro_marshal_cut_short(r);
    r->levels[r->depth++] = (struct marshal_level){kind, false, (uint32_t)count, number, back};
    return pyro_begin(r->to, kind, count < MOST_HINTED ? count : MOST_HINTED);
}

static enum pyro_code begin_sequence(struct marshal_reader *r, enum pyro_kind kind,
                                     size_t size_bytes, uint32_t number, size_t back)
{
    size_t count = 0;
    enum pyro_code code = pyro_marshal_take_size(r, size_bytes, &count);
    return code == PYRO_OK ? begin(r, kind, count, number, back) : code;
}

static enum pyro_code end(struct marshal_reader *r)
{
    PYRO_ASSERT(r->depth > 0);
    struct marshal_level level = r->levels[--r->depth];
    if (level.number != NONE)
        remembered(r, level.number)->whole = true;
    if (level.back != NOT_AGAIN) {
        PYRO_ASSERT(r->nested > 0);
        r->at = level.back;
        r->nested--;
    }
    return pyro_end(r->to, level.kind);
}

/* Reads a value whose type has been taken; of a container, its head. `number` is what a container
 * is remembered as, `back` where to go on after one that is read again. */
static enum pyro_code read_object(struct marshal_reader *r, int type, uint32_t number, size_t back)
{
    switch (type) {
    case MARSHAL_TUPLE:
        return begin_sequence(r, PYRO_TUPLE, 4, number, back);
    case MARSHAL_SMALL_TUPLE:
        return begin_sequence(r, PYRO_TUPLE, 1, number, back);
    case MARSHAL_LIST:
        return begin_sequence(r, PYRO_LIST, 4, number, back);
    case MARSHAL_SET:
        return begin_sequence(r, PYRO_SET, 4, number, back);
    case MARSHAL_FROZENSET:
        return begin_sequence(r, PYRO_FROZENSET, 4, number, back);
    case MARSHAL_DICT:
        return begin(r, PYRO_DICT, 0, number, back);
    default:
        return pyro_marshal_read_scalar(r, type);
    }
}

/* Reads a value that came before once more. */
static enum pyro_code read_again(struct marshal_reader *r)
{
    uint64_t number, type = 0;
    unsigned depth = r->depth;
    enum pyro_code code = pyro_marshal_take_number(r, 4, &number);
    if (code != PYRO_OK)
        return code;
    if (number >= count_remembered(r))
        return pyro_marshal_refuse(r, "a reference to what did not come before");
    if (!remembered(r, number)->whole)
        return pyro_marshal_refuse(r, "a value that contains itself");
    size_t back = r->at;
    r->at = remembered(r, number)->at;
    r->nested++;
    if ((code = pyro_marshal_take_number(r, 1, &type)) == PYRO_OK)
        code = read_object(r, (int)type & ~MARSHAL_REMEMBERED, NONE, back);
    if (code == PYRO_OK && r->depth == depth) { /* it was no container */
        r->at = back;
        r->nested--;
    }
    return code;
}

/* Reads the next value; of a container, its head. */
static enum pyro_code read_next(struct marshal_reader *r)
{
    size_t start = r->at;
    uint64_t type;
    uint32_t number = NONE;
    unsigned depth = r->depth;
    enum pyro_code code = pyro_marshal_take_number(r, 1, &type);
    if (code != PYRO_OK)
        return code;
    if (type == MARSHAL_REFERENCE)
        return read_again(r);
    if ((type & MARSHAL_REMEMBERED) && r->nested == 0 &&
        (code = remember(r, start, &number)) != PYRO_OK)
        return code;
    code = read_object(r, (int)type & ~MARSHAL_REMEMBERED, number, NOT_AGAIN);
    if (code == PYRO_OK && number != NONE && r->depth == depth)
        remembered(r, number)->whole = true;
    return code;
}

/* Returns whether the innermost container is at its end. */
static bool at_end(const struct marshal_reader *r)
{
    const struct marshal_level *level = &r->levels[r->depth - 1];
    if (level->kind != PYRO_DICT)
        return level->left == 0;
    return !level->at_value && r->at < r->data.length && r->data.data[r->at] == MARSHAL_NULL;
}

static enum pyro_code end_container(struct marshal_reader *r)
{
    struct pyro_slice mark;
    enum pyro_code code = PYRO_OK;
    if (r->levels[r->depth - 1].kind == PYRO_DICT)
        code = pyro_marshal_take(r, 1, &mark);
    return code == PYRO_OK ? end(r) : code;
}

static enum pyro_code read_item(struct marshal_reader *r)
{
    struct marshal_level *level = &r->levels[r->depth - 1];
    level->left--;
    level->at_value = !level->at_value;
    return read_next(r);
}

/* Reads one whole value. */
static enum pyro_code read_value(struct marshal_reader *r)
{
    enum pyro_code code = read_next(r);
    while (code == PYRO_OK && r->depth > 0)
        code = at_end(r) ? end_container(r) : read_item(r);
    return code;
}

/* --- the codec --- */

static void open_reader(struct marshal_reader *r, struct pyro_slice in, struct pyro_reading *held,
                        struct pyro_sink *to, struct pyro_error *err)
{
    r->data = in;
    r->at = 0;
    r->again = AGAIN_ALWAYS + AGAIN_FACTOR * in.length;
    r->nested = 0;
    r->held = held;
    r->to = to;
    r->name = NULL;
    r->err = err;
    r->depth = 0;
}

static enum pyro_code expect_end(struct marshal_reader *r)
{
    return r->at == r->data.length ? PYRO_OK : pyro_marshal_refuse(r, "more than one value");
}

static enum pyro_code read_one(struct pyro_slice in, struct pyro_reading *held,
                               struct pyro_sink *to, struct pyro_error *err)
{
    struct marshal_reader r;
    open_reader(&r, in, held, to, err);
    enum pyro_code code = read_value(&r);
    return code == PYRO_OK ? expect_end(&r) : code;
}

/* Returns the type of the value that comes next, or is referred to there; 0 where none comes. */
static int next_type(const struct marshal_reader *r)
{
    struct pyro_slice rest = pyro_slice(r->data.data + r->at, r->data.length - r->at);
    if (rest.length == 0)
        return 0;
    if (*rest.data == MARSHAL_REFERENCE && rest.length >= 5) {
        uint64_t number = pyro_marshal_number(pyro_slice(rest.data + 1, 4));
        if (number < count_remembered(r))
            rest.data = r->data.data + remembered(r, number)->at;
    }
    return (unsigned char)*rest.data & ~MARSHAL_REMEMBERED;
}

static bool is_text(int type)
{
    return type == MARSHAL_UNICODE || type == MARSHAL_INTERNED || type == MARSHAL_ASCII ||
           type == MARSHAL_ASCII_INTERNED || type == MARSHAL_SHORT_ASCII ||
           type == MARSHAL_SHORT_ASCII_INTERNED;
}

/* Takes one of the names that a call begins with. */
static enum pyro_code take_name(struct marshal_reader *r, struct pyro_slice *name)
{
    if (r->at == r->data.length)
        return pyro_marshal_cut_short(r);
    if (!is_text(next_type(r)))
        return pyro_marshal_refuse(r, "object and method of a call must be str");
    r->name = name;
    enum pyro_code code = read_next(r);
    r->name = NULL;
    return code;
}

static enum pyro_code take_tuple_of_four(struct marshal_reader *r)
{
    size_t start = r->at, count = 0;
    uint64_t type;
    uint32_t number;
    enum pyro_code code = pyro_marshal_take_number(r, 1, &type);
    if (code == PYRO_OK && (type & MARSHAL_REMEMBERED))
        code = remember(r, start, &number);
    if (code != PYRO_OK)
        return code;
    type &= ~(uint64_t)MARSHAL_REMEMBERED;
    if (type == MARSHAL_SMALL_TUPLE || type == MARSHAL_TUPLE)
        code = pyro_marshal_take_size(r, type == MARSHAL_TUPLE ? 4 : 1, &count);
    return code != PYRO_OK || count == 4 ? code
                                         : pyro_marshal_refuse(r, "a call must be a tuple of four");
}

static enum pyro_code read_call(struct pyro_slice in, struct pyro_invocation *call,
                                struct pyro_error *err)
{
    struct marshal_reader r;
    enum pyro_code code;
    open_reader(&r, in, &call->held, NULL, err);
    if ((code = take_tuple_of_four(&r)) != PYRO_OK ||
        (code = take_name(&r, &call->object)) != PYRO_OK ||
        (code = take_name(&r, &call->method)) != PYRO_OK)
        return code;
    call->start = in.data;
    call->rest = pyro_slice(in.data + r.at, in.length - r.at);
    return PYRO_OK;
}

static enum pyro_code read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                struct pyro_error *err)
{
    struct marshal_reader r;
    size_t begun = (size_t)(call->rest.data - call->start);
    enum pyro_code code;
    open_reader(&r, pyro_slice(call->start, begun + call->rest.length), &call->held, to, err);
    r.at = begun;
    int type = next_type(&r);
    if (type != 0 && type != MARSHAL_LIST && type != MARSHAL_TUPLE && type != MARSHAL_SMALL_TUPLE)
        return pyro_marshal_refuse(&r, "the arguments of a call must be a list or tuple");
    if ((code = read_value(&r)) != PYRO_OK)
        return code;
    type = next_type(&r);
    if (type != 0 && type != MARSHAL_DICT && type != MARSHAL_NONE)
        return pyro_marshal_refuse(&r, "keyword arguments must be a dict");
    if ((code = read_value(&r)) != PYRO_OK)
        return code;
    return expect_end(&r);
}

const struct pyro_codec pyro_codec_marshal = {
    .name = "marshal",
    .open = pyro_marshal_open,
    .read = read_one,
    .call_begin = pyro_marshal_call_begin,
    .call_end = pyro_marshal_call_end,
    .read_call = read_call,
    .read_args = read_args,
};
