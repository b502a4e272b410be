/* Writing instantiates msgpack-c's packer template, so that appending is inlined: room is made once
 * for each value, for its head and its bytes. */
#include "codec/msgpack.h"

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

/* Room for a value whose head `length` bytes follow, or NULL. */
static inline char *room(struct pyro_sink *to, size_t length)
{
    return pyro_buffer_reserve(out_of(to), LONGEST_HEAD + length);
}

/* The room has been used as far as `at`; NULL: there was none. */
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

/* Lengths are 32 bit numbers. */
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

/* As Pyro does: what msgpack has no number for goes into an extension. In the arguments of a call,
 * Pyro would not turn that back into an int. */
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

static enum pyro_code write_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
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

void pyro_msgpack_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    w->sink = (struct pyro_sink){&writer_ops, err};
    w->out = out;
    w->depth = 0;
}

enum pyro_code pyro_msgpack_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method)
{
    enum pyro_code code;
    if ((code = pyro_begin(&w->sink, PYRO_TUPLE, 4)) != PYRO_OK ||
        (code = pyro_put_str(&w->sink, object)) != PYRO_OK)
        return code;
    w->depth = 0; /* the call itself does not count against its arguments */
    return pyro_put_str(&w->sink, method);
}

enum pyro_code pyro_msgpack_call_end(struct pyro_writer *w)
{
    (void)w;
    return PYRO_OK;
}
