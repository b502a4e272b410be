/* Reading msgpack, by an instance of msgpack-c's unpacker template whose callbacks pass each
 * value on as it comes: no object tree, no limit of 32 levels. A callback may leave by longjmp,
 * as the sink may; nothing is allocated. */
#include "base/assert.h"
#include "codec/msgpack_numpy.h"
#include "codec/msgpack_type.h"
#include "codec/msgpack_write.h"

#include <msgpack/unpack.h>
#include <stdio.h>

#define MSGPACK_EMBED_STACK_SIZE PYRO_MAX_DEPTH
#include <msgpack/unpack_define.h>

#include "value/integer.h"
#include "value/utf8.h"

#define NOT_UTF8 "msgpack str is not valid UTF-8"
#define MALFORMED_EXT "malformed extension value"

struct reader {
    struct pyro_sink *to;
    struct pyro_error *err;
    size_t left;                /* of the message's bytes: so many items more can be announced */
    struct reader_object *last; /* the container that was begun last, or NULL */
    uint32_t announced;         /* its items, or pairs */
    bool is_named;              /* the value is the dict of a call's named arguments */
    struct pyro_sink *behind;   /* where values go after those that are passed over */
    struct pyro_sink nowhere;   /* where these go */
    enum pyro_code code;        /* why it failed; PYRO_OK: the template found the bytes malformed */
};

/* The template's record of an open container. */
struct reader_object {
    enum pyro_kind kind;
    uint32_t left; /* items, or pairs, to come */
};

#define msgpack_unpack_struct(name) struct reader_template##name
#define msgpack_unpack_func(ret, name) static ret reader_template##name
#define msgpack_unpack_callback(name) reader##name
#define msgpack_unpack_object struct reader_object
#define msgpack_unpack_user struct reader

static int pass(struct reader *r, enum pyro_code code)
{
    r->code = code;
    return code == PYRO_OK ? 0 : -1;
}

static int refuse(struct reader *r, const char *why)
{
    return pass(r, pyro_error_set(r->err, PYRO_ESERIALIZE, "%s", why));
}

static struct reader_object reader_root(struct reader *r)
{
    (void)r;
    return (struct reader_object){.left = 0};
}

static int reader_nil(struct reader *r, struct reader_object *o)
{
    (void)o;
    return pass(r, pyro_put_nil(r->to));
}

static int reader_true(struct reader *r, struct reader_object *o)
{
    (void)o;
    return pass(r, pyro_put_bool(r->to, true));
}

static int reader_false(struct reader *r, struct reader_object *o)
{
    (void)o;
    return pass(r, pyro_put_bool(r->to, false));
}

static int put_integer(struct reader *r, int64_t value)
{
    return pass(r, pyro_put_int(r->to, value));
}

#define INTEGER_CALLBACK(name, type)                                                               \
    static int reader##name(struct reader *r, type value, struct reader_object *o)                 \
    {                                                                                              \
        (void)o;                                                                                   \
        return put_integer(r, value);                                                              \
    }
INTEGER_CALLBACK(_uint8, uint8_t)
INTEGER_CALLBACK(_uint16, uint16_t)
INTEGER_CALLBACK(_uint32, uint32_t)
INTEGER_CALLBACK(_int8, int8_t)
INTEGER_CALLBACK(_int16, int16_t)
INTEGER_CALLBACK(_int32, int32_t)
INTEGER_CALLBACK(_int64, int64_t)

static int reader_uint64(struct reader *r, uint64_t value, struct reader_object *o)
{
    char digits[24];
    (void)o;
    if (value <= INT64_MAX)
        return put_integer(r, (int64_t)value);
    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
    return pass(r, r->to->ops->bigint(r->to, pyro_slice_text(digits)));
}

static int reader_double(struct reader *r, double value, struct reader_object *o)
{
    (void)o;
    return pass(r, pyro_put_real(r->to, value));
}

static int reader_float(struct reader *r, float value, struct reader_object *o)
{
    return reader_double(r, (double)value, o);
}

/* Returns the bytes of a string. For an empty one the template has no position. */
static struct pyro_slice view(const char *data, size_t length)
{
    return pyro_slice(length > 0 ? data : "", length);
}

static int reader_str(struct reader *r, const char *base, const char *data, unsigned length,
                      struct reader_object *o)
{
    struct pyro_slice text = view(data, length);
    (void)base;
    (void)o;
    if (!pyro_utf8_valid(text))
        return refuse(r, NOT_UTF8);
    return pass(r, pyro_put_str(r->to, text));
}

static int reader_bin(struct reader *r, const char *base, const char *data, unsigned length,
                      struct reader_object *o)
{
    (void)base;
    (void)o;
    return pass(r, r->to->ops->bytes(r->to, view(data, length)));
}

#define DIGITS_OF_64_BITS 19

/* Returns whether the bytes are an integer's digits. Leading zeros are allowed where 64 bits are
 * enough. */
static bool is_integer(struct pyro_slice text)
{
    size_t sign = text.length > 0 && text.data[0] == '-';
    for (size_t i = sign; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.length > sign && text.length - sign <= PYRO_MOST_DIGITS &&
           (text.data[sign] != '0' || text.length <= DIGITS_OF_64_BITS);
}

/* Sends an integer that came as digits. Pyro sends whatever is no Python int this way, numpy's
 * for instance, so it may be small. */
static int put_digits(struct reader *r, struct pyro_slice digits)
{
    if (!is_integer(digits))
        return refuse(r, "malformed big integer");
    return pass(r, pyro_put_digits(r->to, digits));
}

static bool copy_exactly(void *out, size_t size, struct pyro_slice from)
{
    if (from.length != size)
        return false;
    memcpy(out, from.data, size);
    return true;
}

/* Takes the kind of the array that this value is the first item of. The value itself is not sent.
 */
static int take_kind(struct reader *r, struct pyro_slice body)
{
    static const enum pyro_kind kinds[] = {
        [KIND_TUPLE] = PYRO_TUPLE, [KIND_SET] = PYRO_SET, [KIND_FROZENSET] = PYRO_FROZENSET};
    size_t kind = body.length == 1 ? (unsigned char)body.data[0] : 0;
    struct reader_object *array = r->last;
    bool first = array && array->left > 0 && array->left == r->announced;
    if (!first || array->kind != PYRO_LIST || kind < KIND_TUPLE || kind > KIND_FROZENSET)
        return refuse(r, MALFORMED_EXT);
    array->kind = kinds[kind];
    return pass(r, PYRO_OK);
}

static int reader_ext(struct reader *r, const char *base, const char *data, unsigned length,
                      struct reader_object *o)
{
    double numbers[2];
    int64_t ordinal;
    (void)base;
    (void)o;
    if (length < 1) /* a length of 2^32 - 1 wraps around in the template */
        return refuse(r, MALFORMED_EXT);
    int type = (int8_t)data[0];
    struct pyro_slice body = pyro_slice(data + 1, length - 1);
    switch (type) {
    case EXT_BIGINT:
        return put_digits(r, body);
    case EXT_COMPLEX:
        if (copy_exactly(numbers, sizeof(numbers), body))
            return pass(r, r->to->ops->complex(r->to, numbers[0], numbers[1]));
        break;
    case EXT_DATETIME:
        if (copy_exactly(numbers, sizeof(numbers[0]), body))
            return pass(r, r->to->ops->datetime(r->to, numbers[0]));
        break;
    case EXT_DATE:
        if (copy_exactly(&ordinal, sizeof(ordinal), body))
            return pass(r, r->to->ops->date(r->to, ordinal));
        break;
    case EXT_KIND:
        return take_kind(r, body);
    default:
        return pass(
            r, pyro_error_set(r->err, PYRO_ESERIALIZE, "invalid ext code for msgpack: %d", type));
    }
    return refuse(r, MALFORMED_EXT);
}

static int begin_container(struct reader *r, enum pyro_kind kind, uint32_t count,
                           struct reader_object *o)
{
    if (count > r->left)
        return refuse(r, "msgpack container is longer than the message");
    r->left -= count; /* each item has a byte at least */
    *o = (struct reader_object){kind, count};
    r->last = o;
    r->announced = count;
    if (pass(r, pyro_begin(r->to, kind, count)) != 0)
        return -1;
    return count == 0 ? pass(r, pyro_end(r->to, kind)) : 0;
}

static int end_item(struct reader *r, struct reader_object *container)
{
    PYRO_ASSERT(container->left > 0);
    return --container->left == 0 ? pass(r, pyro_end(r->to, container->kind)) : 0;
}

static int reader_array(struct reader *r, uint32_t count, struct reader_object *o)
{
    return begin_container(r, PYRO_LIST, count, o);
}

static int reader_array_item(struct reader *r, struct reader_object *c, struct reader_object o)
{
    (void)o;
    return end_item(r, c);
}

static enum pyro_code put_numpy(const struct msgpack_numpy *numpy, struct pyro_sink *to)
{
    if (numpy->type == MSGPACK_NUMPY_ARRAY)
        return to->ops->array(to, &numpy->array);
    if (numpy->type == MSGPACK_NUMPY_ITEM)
        return pyro_dtype_put(&numpy->array.dtype, numpy->array.data.data, to);
    return to->ops->complex(to, numpy->real, numpy->imaginary);
}

/* Ends a container in a map that is passed over. The map is the only dict among them: behind it,
 * values go to the sink again. */
static enum pyro_code end_numpy(struct pyro_sink *to, enum pyro_kind kind)
{
    struct reader *r = PYRO_CONTAINER(to, struct reader, nowhere);
    if (kind == PYRO_DICT)
        r->to = r->behind;
    return PYRO_OK;
}

/* Reads a map that may stand for an array: then sends that, and passes over the map. Returns 1
 * where it is an ordinary one. */
static PYRO_NOINLINE int read_numpy(struct reader *r, struct pyro_slice in, uint32_t count,
                                    struct reader_object *o)
{
    static const struct pyro_sink_ops ops = {.boolean = msgpack_ignore_bool,
                                             .integer = msgpack_ignore_int,
                                             .str = msgpack_ignore_text,
                                             .bytes = msgpack_ignore_text,
                                             .begin = msgpack_ignore_begin,
                                             .end = end_numpy};
    struct msgpack_numpy numpy;
    if (r->is_named && !r->last)
        return 1;
    if (pass(r, msgpack_numpy_read(in, count, &numpy, r->err)) != 0)
        return -1;
    if (numpy.type == MSGPACK_NO_NUMPY)
        return 1;
    if (pass(r, put_numpy(&numpy, r->to)) != 0)
        return -1;
    *o = (struct reader_object){PYRO_DICT, count};
    r->last = o;
    r->announced = 0;
    r->behind = r->to;
    r->nowhere.ops = &ops;
    r->to = &r->nowhere;
    return 0;
}

static PYRO_NOINLINE int read_map(struct reader *r, uint32_t count, struct reader_object *o,
                                  const unsigned char *at, const unsigned char *end)
{
    if (msgpack_may_be_numpy(count, at, end)) {
        struct pyro_slice in = pyro_slice((const char *)at, (size_t)(end - at));
        int result = read_numpy(r, in, count, o);
        if (result <= 0)
            return result;
    }
    return begin_container(r, PYRO_DICT, count, o);
}

/* The template calls this amidst a function whose variables tell where the map is: `p` is the last
 * byte of its head, `pe` the end of the message. */
#define reader_map(user, count, object) read_map(user, count, object, p + 1, pe)

static int reader_map_item(struct reader *r, struct reader_object *c, struct reader_object key,
                           struct reader_object value)
{
    (void)key;
    (void)value;
    return end_item(r, c);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
#pragma GCC diagnostic ignored "-Wunused-function"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <msgpack/unpack_template.h>
#pragma GCC diagnostic pop

static enum pyro_code cut_short(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack data cut short");
}

/* Sends the value at the front of `in` to `to`, and takes it off. Named arguments are a dict,
 * whatever they are. */
static enum pyro_code read_value(struct pyro_slice *in, bool is_named, struct pyro_sink *to,
                                 struct pyro_error *err)
{
    struct reader_template_context context;
    size_t offset = 0;
    if (in->length == 0)
        return cut_short(err);
    context.user = (struct reader){.to = to, .err = err, .left = in->length, .is_named = is_named};
    reader_template_init(&context);
    int result = reader_template_execute(&context, in->data, in->length, &offset);
    if (result > 0) {
        *in = pyro_slice(in->data + offset, in->length - offset);
        return PYRO_OK;
    }
    if (context.user.code != PYRO_OK)
        return context.user.code;
    if (result == 0)
        return cut_short(err);
    if (result == MSGPACK_UNPACK_NOMEM_ERROR) /* of its stack */
        return pyro_error_set(err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    return pyro_error_set(err, PYRO_ESERIALIZE, "malformed msgpack data");
}

static enum pyro_code expect_end(struct pyro_slice in, struct pyro_error *err)
{
    if (in.length == 0)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ESERIALIZE, "%zu bytes left over after the msgpack data",
                          in.length);
}

static enum pyro_code read_one(struct pyro_slice in, struct pyro_reading *held,
                               struct pyro_sink *to, struct pyro_error *err)
{
    (void)held; /* nothing is allocated */
    enum pyro_code code = read_value(&in, false, to, err);
    return code == PYRO_OK ? expect_end(in, err) : code;
}

/* Takes the head of a call's list. What a call begins with, the head and two names, is read
 * without a sink. */
static enum pyro_code take_list_of_four(struct pyro_slice *in, struct pyro_error *err)
{
    uint64_t head, count = 4;
    if (!pyro_slice_take_number(in, 1, &head))
        return cut_short(err);
    if ((head == 0xdc && !pyro_slice_take_number(in, 2, &count)) ||
        (head == 0xdd && !pyro_slice_take_number(in, 4, &count)))
        return cut_short(err);
    if ((head == 0x94 || head == 0xdc || head == 0xdd) && count == 4)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ESERIALIZE, "a call must be a list of four");
}

static enum pyro_code take_str(struct pyro_slice *in, struct pyro_slice *text,
                               struct pyro_error *err)
{
    uint64_t head, length;
    if (!pyro_slice_take_number(in, 1, &head))
        return cut_short(err);
    if ((head & 0xe0) == 0xa0)
        length = head & 0x1f;
    else if (head < 0xd9 || head > 0xdb)
        return pyro_error_set(err, PYRO_ESERIALIZE, "object and method of a call must be str");
    else if (!pyro_slice_take_number(in, (size_t)1 << (head - 0xd9), &length))
        return cut_short(err);
    if (!pyro_slice_take(in, (size_t)length, text))
        return cut_short(err);
    if (!pyro_utf8_valid(*text))
        return pyro_error_set(err, PYRO_ESERIALIZE, NOT_UTF8);
    return PYRO_OK;
}

static enum pyro_code read_call(struct pyro_slice in, struct pyro_invocation *call,
                                struct pyro_error *err)
{
    enum pyro_code code;
    if ((code = take_list_of_four(&in, err)) != PYRO_OK ||
        (code = take_str(&in, &call->object, err)) != PYRO_OK ||
        (code = take_str(&in, &call->method, err)) != PYRO_OK)
        return code;
    call->rest = in;
    return PYRO_OK;
}

/* Returns whether a list follows, or nothing: that is found when it is read. */
static bool begins_list(struct pyro_slice in)
{
    unsigned char head = in.length > 0 ? (unsigned char)in.data[0] : 0x90;
    return (head & 0xf0) == 0x90 || head == 0xdc || head == 0xdd;
}

static bool begins_dict_or_nil(struct pyro_slice in)
{
    unsigned char head = in.length > 0 ? (unsigned char)in.data[0] : 0x80;
    return (head & 0xf0) == 0x80 || head == 0xde || head == 0xdf || head == 0xc0;
}

static enum pyro_code read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                struct pyro_error *err)
{
    struct pyro_slice rest = call->rest;
    enum pyro_code code;
    if (!begins_list(rest))
        return pyro_error_set(err, PYRO_ESERIALIZE, "the arguments of a call must be a list");
    if ((code = read_value(&rest, false, to, err)) != PYRO_OK)
        return code;
    if (!begins_dict_or_nil(rest))
        return pyro_error_set(err, PYRO_ESERIALIZE, "keyword arguments must be a dict");
    if (pyro_slice_equals(rest,
                          "\x80")) /* an empty dict, as in most calls: nothing is made for it */
        return pyro_put_nil(to);
    if ((code = read_value(&rest, true, to, err)) != PYRO_OK)
        return code;
    return expect_end(rest, err);
}

const struct pyro_codec pyro_codec_msgpack = {
    .name = "msgpack",
    .open = pyro_msgpack_open,
    .read = read_one,
    .call_begin = pyro_msgpack_call_begin,
    .call_end = pyro_msgpack_call_end,
    .read_call = read_call,
    .read_args = read_args,
};

const struct pyro_codec pyro_codec_msgpack_typed = {
    .name = "msgpack",
    .open = pyro_msgpack_open_typed,
    .read = read_one,
    .call_begin = pyro_msgpack_call_begin,
    .call_end = pyro_msgpack_call_end,
    .read_call = read_call,
    .read_args = read_args,
};
