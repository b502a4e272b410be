/* Writing goes through msgpack-c's packer; reading instantiates its unpacker template, with own
 * callbacks that pass each value on as it comes: no object tree, no limit of 32 levels. */
#include <math.h>
#include <msgpack.h>

#include "codec/codec.h"
#include "value/utf8.h"

/* Pyro's extension types. */
enum { EXT_COMPLEX = 0x30, EXT_BIGINT = 0x31, EXT_DATETIME = 0x32, EXT_DATE = 0x33 };

/* --- writing --- */

static int append(void *out, const char *data, size_t length)
{
    return pyro_buffer_append(out, data, length) ? 0 : -1;
}

/* A packer is but the place to write to, so each value makes its own. */
static msgpack_packer packer_of(struct pyro_sink *to)
{
    struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    msgpack_packer packer;
    msgpack_packer_init(&packer, w->out, append);
    return packer;
}

static enum pyro_code written(struct pyro_sink *to, int failed)
{
    return failed ? pyro_error_memory(to->err) : PYRO_OK;
}

static enum pyro_code write_nil(struct pyro_sink *to)
{
    msgpack_packer packer = packer_of(to);
    return written(to, msgpack_pack_nil(&packer));
}

static enum pyro_code write_boolean(struct pyro_sink *to, bool value)
{
    msgpack_packer packer = packer_of(to);
    return written(to, value ? msgpack_pack_true(&packer) : msgpack_pack_false(&packer));
}

static enum pyro_code write_integer(struct pyro_sink *to, int64_t value)
{
    msgpack_packer packer = packer_of(to);
    return written(to, msgpack_pack_int64(&packer, value));
}

static enum pyro_code write_real(struct pyro_sink *to, double value)
{
    msgpack_packer packer = packer_of(to);
    return written(to, msgpack_pack_double(&packer, value));
}

/* Lengths are 32 bit numbers. */
static enum pyro_code check_length(struct pyro_sink *to, size_t length)
{
    if (length <= UINT32_MAX)
        return PYRO_OK;
    return pyro_error_set(to->err, PYRO_ESERIALIZE, "too long for msgpack");
}

static enum pyro_code write_ext(struct pyro_sink *to, int8_t type, const void *data, size_t length)
{
    msgpack_packer packer = packer_of(to);
    if (check_length(to, length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    return written(to, msgpack_pack_ext(&packer, length, type) ||
                           msgpack_pack_ext_body(&packer, data, length));
}

static enum pyro_code write_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    return write_ext(to, EXT_BIGINT, digits.data, digits.length);
}

static enum pyro_code write_complex(struct pyro_sink *to, double real, double imaginary)
{
    double parts[] = {real, imaginary};
    return write_ext(to, EXT_COMPLEX, parts, sizeof(parts));
}

static enum pyro_code write_datetime(struct pyro_sink *to, double seconds)
{
    return write_ext(to, EXT_DATETIME, &seconds, sizeof(seconds));
}

static enum pyro_code write_date(struct pyro_sink *to, int64_t ordinal)
{
    return write_ext(to, EXT_DATE, &ordinal, sizeof(ordinal));
}

static enum pyro_code write_str(struct pyro_sink *to, struct pyro_slice text)
{
    msgpack_packer packer = packer_of(to);
    if (check_length(to, text.length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    return written(to, msgpack_pack_str(&packer, text.length) ||
                           msgpack_pack_str_body(&packer, text.data, text.length));
}

static enum pyro_code write_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    msgpack_packer packer = packer_of(to);
    if (check_length(to, data.length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    return written(to, msgpack_pack_bin(&packer, data.length) ||
                           msgpack_pack_bin_body(&packer, data.data, data.length));
}

static enum pyro_code write_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    msgpack_packer packer = packer_of(to);
    if (check_length(to, count) != PYRO_OK)
        return PYRO_ESERIALIZE;
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    w->depth++;
    return written(to, kind == PYRO_DICT ? msgpack_pack_map(&packer, count)
                                         : msgpack_pack_array(&packer, count));
}

static enum pyro_code write_end(struct pyro_sink *to, enum pyro_kind kind)
{
    (void)kind;
    PYRO_CONTAINER(to, struct pyro_writer, sink)->depth--;
    return PYRO_OK;
}

static const struct pyro_sink_ops writer_ops = {
    .nil = write_nil,
    .boolean = write_boolean,
    .integer = write_integer,
    .bigint = write_bigint,
    .real = write_real,
    .complex = write_complex,
    .datetime = write_datetime,
    .date = write_date,
    .str = write_str,
    .bytes = write_bytes,
    .begin = write_begin,
    .end = write_end,
};

static void open_writer(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    *w = (struct pyro_writer){.sink = {&writer_ops, err}, .out = out};
}

static enum pyro_code call_begin(struct pyro_writer *w, struct pyro_slice object,
                                 struct pyro_slice method)
{
    enum pyro_code code;
    if ((code = pyro_begin(&w->sink, PYRO_TUPLE, 4)) != PYRO_OK ||
        (code = pyro_put_str(&w->sink, object)) != PYRO_OK)
        return code;
    w->depth = 0; /* the call itself does not count against its arguments */
    return pyro_put_str(&w->sink, method);
}

static enum pyro_code call_end(struct pyro_writer *w)
{
    (void)w;
    return PYRO_OK;
}

/* --- reading --- */

struct reader {
    struct pyro_sink *to;
    struct pyro_error *err;
    size_t length;       /* bytes of the message: no count in it can be more */
    enum pyro_code code; /* why it failed; PYRO_OK: the template found the bytes malformed */
};

/* What the template keeps of each open container. */
struct reader_object {
    enum pyro_kind kind;
    uint32_t left; /* items, or pairs, to come */
};

/* One level for the call around the arguments. */
#define MSGPACK_EMBED_STACK_SIZE (PYRO_MAX_DEPTH + 1)
#undef MSGPACK_UNPACK_DEFINE_H
#include <msgpack/unpack_define.h>

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

static int reader_str(struct reader *r, const char *base, const char *data, unsigned length,
                      struct reader_object *o)
{
    struct pyro_slice text = pyro_slice(data, length);
    (void)base;
    (void)o;
    if (!pyro_utf8_valid(text))
        return refuse(r, "msgpack str is not valid UTF-8");
    return pass(r, pyro_put_str(r->to, text));
}

static int reader_bin(struct reader *r, const char *base, const char *data, unsigned length,
                      struct reader_object *o)
{
    (void)base;
    (void)o;
    return pass(r, r->to->ops->bytes(r->to, pyro_slice(data, length)));
}

#define LONGEST_BIGINT 10000

static int put_bigint(struct reader *r, struct pyro_slice digits)
{
    size_t sign = digits.length > 0 && digits.data[0] == '-';
    if (digits.length == sign || digits.length > LONGEST_BIGINT)
        return refuse(r, "malformed big integer");
    for (size_t i = sign; i < digits.length; i++)
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return refuse(r, "malformed big integer");
    return pass(r, r->to->ops->bigint(r->to, digits));
}

static int reader_ext(struct reader *r, const char *base, const char *data, unsigned length,
                      struct reader_object *o)
{
    double numbers[2];
    int64_t ordinal;
    (void)base;
    (void)o;
    if (length < 1) /* a length of 2^32 - 1 wraps around in the template */
        return refuse(r, "malformed extension value");
    int type = (signed char)data[0];
    data++;
    length--;
    if (type == EXT_BIGINT)
        return put_bigint(r, pyro_slice(data, length));
    if (type == EXT_COMPLEX && length == sizeof(numbers)) {
        memcpy(numbers, data, sizeof(numbers));
        return pass(r, r->to->ops->complex(r->to, numbers[0], numbers[1]));
    }
    if (type == EXT_DATETIME && length == sizeof(numbers[0])) {
        memcpy(numbers, data, sizeof(numbers[0]));
        return pass(r, r->to->ops->datetime(r->to, numbers[0]));
    }
    if (type == EXT_DATE && length == sizeof(ordinal)) {
        memcpy(&ordinal, data, sizeof(ordinal));
        return pass(r, r->to->ops->date(r->to, ordinal));
    }
    return pass(r, pyro_error_set(r->err, PYRO_ESERIALIZE, "invalid ext code for msgpack: %d", type));
}

static int begin_container(struct reader *r, enum pyro_kind kind, uint32_t count,
                           struct reader_object *o)
{
    if (count > r->length)
        return refuse(r, "msgpack container is longer than the message");
    *o = (struct reader_object){kind, count};
    if (pass(r, pyro_begin(r->to, kind, count)) != 0)
        return -1;
    return count == 0 ? pass(r, pyro_end(r->to, kind)) : 0;
}

static int end_item(struct reader *r, struct reader_object *container)
{
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

static int reader_map(struct reader *r, uint32_t count, struct reader_object *o)
{
    return begin_container(r, PYRO_DICT, count, o);
}

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

/* Sends the value at the front of `in` to `to`, and takes it off. */
static enum pyro_code read_value(struct pyro_slice *in, struct pyro_sink *to,
                                 struct pyro_error *err)
{
    struct reader_template_context context;
    size_t offset = 0;
    context.user = (struct reader){to, err, in->length, PYRO_OK};
    reader_template_init(&context);
    int result = reader_template_execute(&context, in->data, in->length, &offset);
    if (result > 0) {
        *in = pyro_slice(in->data + offset, in->length - offset);
        return PYRO_OK;
    }
    if (context.user.code != PYRO_OK)
        return context.user.code;
    if (result == 0)
        return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack data is cut short");
    if (context.top >= PYRO_MAX_DEPTH)
        return pyro_error_set(err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    return pyro_error_set(err, PYRO_ESERIALIZE, "malformed msgpack data");
}

static enum pyro_code expect_end(struct pyro_slice in, struct pyro_error *err)
{
    if (in.length == 0)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack data has %zu bytes left over", in.length);
}

static enum pyro_code read_one(struct pyro_slice in, struct pyro_sink *to, struct pyro_error *err)
{
    enum pyro_code code = read_value(&in, to, err);
    return code == PYRO_OK ? expect_end(in, err) : code;
}

/* Takes a str off the front of `in`, without a sink: for the two names that each call begins with. */
static enum pyro_code take_str(struct pyro_slice *in, struct pyro_slice *text,
                               struct pyro_error *err)
{
    struct pyro_slice head, size = {NULL, 0};
    size_t length = 0, bytes = 0;
    if (!pyro_slice_take(in, 1, &head))
        return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack data is cut short");
    unsigned char code = (unsigned char)head.data[0];
    if ((code & 0xe0) == 0xa0)
        length = code & 0x1f;
    else if (code >= 0xd9 && code <= 0xdb)
        bytes = (size_t)1 << (code - 0xd9);
    else
        return pyro_error_set(err, PYRO_ESERIALIZE, "object and method of a call must be str");
    if (!pyro_slice_take(in, bytes, &size))
        return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack data is cut short");
    for (size_t i = 0; i < bytes; i++)
        length = length << 8 | (unsigned char)size.data[i];
    if (!pyro_slice_take(in, length, text))
        return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack data is cut short");
    if (!pyro_utf8_valid(*text))
        return pyro_error_set(err, PYRO_ESERIALIZE, "msgpack str is not valid UTF-8");
    return PYRO_OK;
}

static enum pyro_code read_call(struct pyro_slice in, struct pyro_slice *object,
                                struct pyro_slice *method, struct pyro_slice *rest,
                                struct pyro_error *err)
{
    struct pyro_slice head;
    enum pyro_code code;
    if (!pyro_slice_take(&in, 1, &head) || (unsigned char)head.data[0] != 0x94)
        return pyro_error_set(err, PYRO_ESERIALIZE, "a call must be a list of four");
    if ((code = take_str(&in, object, err)) != PYRO_OK ||
        (code = take_str(&in, method, err)) != PYRO_OK)
        return code;
    *rest = in;
    return PYRO_OK;
}

static enum pyro_code read_args(struct pyro_slice rest, struct pyro_sink *to,
                                struct pyro_error *err)
{
    enum pyro_code code;
    if ((code = read_value(&rest, to, err)) != PYRO_OK ||
        (code = read_value(&rest, to, err)) != PYRO_OK)
        return code;
    return expect_end(rest, err);
}

const struct pyro_codec pyro_codec_msgpack = {
    .name = "msgpack",
    .serializer = PYRO_SERIALIZER_MSGPACK,
    .open = open_writer,
    .read = read_one,
    .call_begin = call_begin,
    .call_end = call_end,
    .read_call = read_call,
    .read_args = read_args,
};
