/* Writing msgpack, by an instance of msgpack-c's packer template, so that appending is inlined:
 * room is made once for each value, for its head and its bytes. */
#include "codec/msgpack_write.h"

#include "base/assert.h"
#include "codec/array.h"
#include "codec/msgpack_type.h"

#include <errno.h>
#include <msgpack/pack.h>
#include <stdlib.h>

#define LONGEST_HEAD 9 /* an integer or float of 64 bits, which is all head */

/* Puts bytes where there is room for them. */
static inline int append(char **at, const void *data, size_t length)
{
    if (length > 0)
        memcpy(*at, data, length);
    *at += length;
    return 0;
}

#define msgpack_pack_inline_func(name) static inline int pack##name
#define msgpack_pack_inline_func_cint(name) msgpack_pack_inline_func(name)
#define msgpack_pack_user char **
#define msgpack_pack_append_buffer(at, data, length) return append(at, data, length)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <msgpack/pack_template.h>
#pragma GCC diagnostic pop

static struct pyro_buffer *out_of(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct pyro_writer, sink)->out;
}

/* Returns room for a value whose head `length` bytes follow; NULL where there is none. */
static inline char *room(struct pyro_sink *to, size_t length)
{
    return pyro_buffer_reserve(out_of(to), LONGEST_HEAD + length);
}

/* Notes that the room has been used as far as `at`; NULL: there was none. */
static inline enum pyro_code written(struct pyro_sink *to, const char *at)
{
    struct pyro_buffer *out = out_of(to);
    if (!at)
        return pyro_buffer_refused(out, to->err);
    out->length = (size_t)(at - out->data);
    return PYRO_OK;
}

static enum pyro_code write_nil(struct pyro_sink *to)
{
    char *at = room(to, 0);
    if (at)
        pack_nil(&at);
    return written(to, at);
}

static enum pyro_code write_boolean(struct pyro_sink *to, bool value)
{
    char *at = room(to, 0);
    if (at && value)
        pack_true(&at);
    else if (at)
        pack_false(&at);
    return written(to, at);
}

static enum pyro_code write_integer(struct pyro_sink *to, int64_t value)
{
    char *at = room(to, 0);
    if (at)
        pack_int64(&at, value);
    return written(to, at);
}

static enum pyro_code write_real(struct pyro_sink *to, double value)
{
    char *at = room(to, 0);
    if (at)
        pack_double(&at, value);
    return written(to, at);
}

/* Refuses a length of more than 32 bits. */
static enum pyro_code check_length(struct pyro_sink *to, size_t length)
{
    if (length <= UINT32_MAX)
        return PYRO_OK;
    return pyro_error_set(to->err, PYRO_ESERIALIZE, "too long for msgpack");
}

static enum pyro_code write_ext(struct pyro_sink *to, int8_t type, const void *data, size_t length)
{
    if (check_length(to, length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    char *at = room(to, length);
    if (at) {
        pack_ext(&at, length, type);
        append(&at, data, length);
    }
    return written(to, at);
}

static bool fits_64_bits(struct pyro_slice digits, uint64_t *value)
{
    char text[24];
    if (digits.length == 0 || digits.length >= sizeof(text) || digits.data[0] == '-')
        return false;
    memcpy(text, digits.data, digits.length);
    text[digits.length] = '\0';
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0;
}

/* Writes an integer of more than 64 bits as an extension, as Pyro does. In the arguments of a
 * call, Pyro does not turn that back into an int. */
static enum pyro_code write_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    uint64_t value;
    if (!fits_64_bits(digits, &value))
        return write_ext(to, EXT_BIGINT, digits.data, digits.length);
    char *at = room(to, 0);
    if (at)
        pack_uint64(&at, value);
    return written(to, at);
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
    if (check_length(to, text.length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    char *at = room(to, text.length);
    if (at) {
        pack_str(&at, text.length);
        append(&at, text.data, text.length);
    }
    return written(to, at);
}

static enum pyro_code write_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    if (check_length(to, data.length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    char *at = room(to, data.length);
    if (at) {
        pack_bin(&at, data.length);
        append(&at, data.data, data.length);
    }
    return written(to, at);
}

/* Sends a key of msgpack-numpy's dict. */
static enum pyro_code write_array_key(struct pyro_sink *to, const struct pyro_array *array,
                                      const char *key)
{
    struct pyro_slice text = pyro_slice_text(key);
    return array->form == PYRO_ARRAY_NAMED ? write_str(to, text) : write_bytes(to, text);
}

static enum pyro_code write_array_shape(struct pyro_sink *to, const struct pyro_array *array)
{
    char *at = room(to, LONGEST_HEAD * array->dimensions);
    if (at) {
        pack_array(&at, array->dimensions);
        for (unsigned i = 0; i < array->dimensions; i++)
            pack_uint64(&at, array->shape[i]);
    }
    return written(to, at);
}

static enum pyro_code write_array_data(struct pyro_sink *to, const struct pyro_array *array)
{
    size_t length = array->data.length;
    if (check_length(to, length) != PYRO_OK)
        return PYRO_ESERIALIZE;
    char *at = room(to, length);
    if (at) {
        pack_bin(&at, length);
        pyro_array_copy(array, at);
        at += length;
    }
    return written(to, at);
}

/* Sends an array as msgpack-numpy does, the keys in its order. */
static enum pyro_code write_numpy(struct pyro_sink *to, const struct pyro_array *array)
{
    enum pyro_code code;
    char *at = room(to, 0);
    if (at)
        pack_map(&at, 5);
    if ((code = written(to, at)) != PYRO_OK ||
        (code = write_array_key(to, array, "nd")) != PYRO_OK ||
        (code = write_boolean(to, true)) != PYRO_OK ||
        (code = write_array_key(to, array, "type")) != PYRO_OK ||
        (code = write_str(to, pyro_slice_text(array->dtype.text))) != PYRO_OK ||
        (code = write_array_key(to, array, "kind")) != PYRO_OK ||
        (code = write_array_key(to, array, "")) != PYRO_OK ||
        (code = write_array_key(to, array, "shape")) != PYRO_OK ||
        (code = write_array_shape(to, array)) != PYRO_OK ||
        (code = write_array_key(to, array, "data")) != PYRO_OK)
        return code;
    return write_array_data(to, array);
}

static enum pyro_code write_array(struct pyro_sink *to, const struct pyro_array *array)
{
    return array->form == PYRO_ARRAY_CLASS ? pyro_array_put_class(to, array)
                                           : write_numpy(to, array);
}

static enum pyro_code begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    if (check_length(to, count) != PYRO_OK)
        return PYRO_ESERIALIZE;
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    w->depth++;
    char *at = room(to, 0);
    if (at && kind == PYRO_DICT)
        pack_map(&at, count);
    else if (at)
        pack_array(&at, count);
    return written(to, at);
}

static enum pyro_code write_end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    (void)kind;
    PYRO_ASSERT(w->depth > 0);
    w->depth--;
    return PYRO_OK;
}

/* Marks of a level, one for each open container. The first level is outside of all. */
enum {
    DICT = 1,
    AT_VALUE = 2, /* of a dict: the value of a pair comes next */
    CALL = 4,     /* outside of all: the arguments of a call come next */
};

static void open_with(struct pyro_writer *w, const struct pyro_sink_ops *ops,
                      struct pyro_buffer *out, struct pyro_error *err)
{
    w->sink = (struct pyro_sink){.ops = ops, .err = err};
    w->out = out;
    w->depth = 0;
    w->levels[0] = 0;
}

/* --- with types --- */

static enum pyro_code write_typed_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    static const char kinds[] = {
        [PYRO_TUPLE] = KIND_TUPLE, [PYRO_SET] = KIND_SET, [PYRO_FROZENSET] = KIND_FROZENSET};
    const struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    bool arguments = w->depth == 0 && (w->levels[0] & CALL);
    if (kind == PYRO_LIST || kind == PYRO_DICT || arguments)
        return begin(to, kind, count);
    enum pyro_code code = begin(to, kind, count + 1);
    return code == PYRO_OK ? write_ext(to, EXT_KIND, &kinds[kind], 1) : code;
}

void pyro_msgpack_open_typed(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = {
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
        .array = write_array,
        .begin = write_typed_begin,
        .end = write_end,
    };
    open_with(w, &ops, out, err);
}

/* --- as Pyro's: the other side reads no keys but str and bytes, and has only lists --- */

/* Passes a key or another value; returns whether it is a key. */
static bool pass_key(struct pyro_sink *to)
{
    struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    unsigned char *level = &w->levels[w->depth];
    if (!(*level & DICT))
        return false;
    *level ^= AT_VALUE;
    return (*level & AT_VALUE) != 0;
}

static enum pyro_code refuse_key(struct pyro_sink *to)
{
    return pyro_error_set(
        to->err, PYRO_ESERIALIZE,
        "msgpack has only str and bytes as keys; serpent and marshal take others");
}

#define PLAIN(name, parameters, arguments)                                                         \
    static enum pyro_code plain_##name parameters                                                  \
    {                                                                                              \
        return pass_key(to) ? refuse_key(to) : write_##name arguments;                             \
    }
PLAIN(nil, (struct pyro_sink * to), (to))
PLAIN(boolean, (struct pyro_sink * to, bool value), (to, value))
PLAIN(integer, (struct pyro_sink * to, int64_t value), (to, value))
PLAIN(bigint, (struct pyro_sink * to, struct pyro_slice digits), (to, digits))
PLAIN(real, (struct pyro_sink * to, double value), (to, value))
PLAIN(complex, (struct pyro_sink * to, double real, double imaginary), (to, real, imaginary))
PLAIN(datetime, (struct pyro_sink * to, double seconds), (to, seconds))
PLAIN(date, (struct pyro_sink * to, int64_t ordinal), (to, ordinal))

static enum pyro_code plain_str(struct pyro_sink *to, struct pyro_slice text)
{
    pass_key(to);
    return write_str(to, text);
}

static enum pyro_code plain_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    pass_key(to);
    return write_bytes(to, data);
}

/* Writes an array. As a dict of a class, the array passes the key itself. */
static enum pyro_code plain_array(struct pyro_sink *to, const struct pyro_array *array)
{
    if (array->form == PYRO_ARRAY_CLASS)
        return pyro_array_put_class(to, array);
    return pass_key(to) ? refuse_key(to) : write_numpy(to, array);
}

static enum pyro_code plain_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = PYRO_CONTAINER(to, struct pyro_writer, sink);
    if (pass_key(to))
        return refuse_key(to);
    if (kind == PYRO_FROZENSET)
        return pyro_error_set(to->err, PYRO_ESERIALIZE,
                              "don't know how to serialize class <class 'frozenset'> using "
                              "serializer MsgpackSerializer; serpent and marshal can");
    enum pyro_code code = begin(to, kind, count);
    if (code == PYRO_OK)
        w->levels[w->depth] = kind == PYRO_DICT ? DICT : 0;
    return code;
}

void pyro_msgpack_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = {
        .nil = plain_nil,
        .boolean = plain_boolean,
        .integer = plain_integer,
        .bigint = plain_bigint,
        .real = plain_real,
        .complex = plain_complex,
        .datetime = plain_datetime,
        .date = plain_date,
        .str = plain_str,
        .bytes = plain_bytes,
        .array = plain_array,
        .begin = plain_begin,
        .end = write_end,
    };
    open_with(w, &ops, out, err);
}

/* --- calls --- */

enum pyro_code pyro_msgpack_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method)
{
    enum pyro_code code;
    if ((code = begin(&w->sink, PYRO_TUPLE, 4)) != PYRO_OK)
        return code;
    w->depth = 0; /* the call itself does not count against its arguments */
    w->levels[0] = CALL;
    code = pyro_put_str(&w->sink, object);
    return code == PYRO_OK ? pyro_put_str(&w->sink, method) : code;
}

enum pyro_code pyro_msgpack_call_end(struct pyro_writer *w)
{
    (void)w;
    return PYRO_OK;
}
