/* Writing JSON, in the style of Python's json.dumps(ensure_ascii=False). */
#include "codec/json_write.h"

#include <math.h>

#include "base/assert.h"
#include "base/escape.h"
#include "codec/array.h"
#include "value/integer.h"
#include "value/moment.h"
#include "value/number.h"

/* Marks of a level, one for each open container. The first level is outside of all. */
enum {
    DICT = 1,
    AT_VALUE = 2, /* of a dict: the value of a pair comes next */
    SOME = 4,     /* it has items */
    CALL = 8,     /* no container, but the call around its arguments */
};

static struct pyro_writer *writer_of(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct pyro_writer, sink);
}

static char *put(char *at, const char *data, size_t length)
{
    if (length > 0)
        memcpy(at, data, length);
    return at + length;
}

static enum pyro_code append(struct pyro_sink *to, const char *data, size_t length)
{
    struct pyro_buffer *out = writer_of(to)->out;
    return pyro_buffer_append(out, data, length) ? PYRO_OK : pyro_buffer_refused(out, to->err);
}

static const char *separator(unsigned level)
{
    if (level & CALL)
        return level & SOME ? ", \"kwargs\": " : ", \"params\": ";
    if (level & AT_VALUE)
        return ": ";
    return level & SOME ? ", " : "";
}

/* Makes room for a value of up to `size` bytes, and writes what parts it from the one before.
 * Returns where the value goes; NULL where there is no room. */
static char *begin_item(struct pyro_writer *w, size_t size)
{
    unsigned char *level = &w->levels[w->depth];
    struct pyro_slice before = pyro_slice_text(separator(*level));
    char *at = pyro_buffer_reserve(w->out, before.length + size);
    if (!at)
        return NULL;
    if (*level & DICT)
        *level ^= AT_VALUE;
    *level |= SOME;
    return put(at, before.data, before.length);
}

static void end_item(struct pyro_writer *w, const char *end)
{
    w->out->length = (size_t)(end - w->out->data);
}

static bool at_key(const struct pyro_writer *w)
{
    return (w->levels[w->depth] & (DICT | AT_VALUE)) == DICT;
}

static enum pyro_code refuse_key(struct pyro_sink *to)
{
    return pyro_error_set(
        to->err, PYRO_ESERIALIZE,
        "keys must be str, int, float, bool or None; serpent and marshal take others");
}

/* Says it as Pyro does, and what has the class. */
static enum pyro_code refuse_class(struct pyro_sink *to, const char *name, const char *instead)
{
    return pyro_error_set(to->err, PYRO_ESERIALIZE,
                          "don't know how to serialize class <class '%s'> using serializer "
                          "JsonSerializer; %s can",
                          name, instead);
}

static enum pyro_code write_item(struct pyro_sink *to, const char *text, size_t length, bool quoted)
{
    struct pyro_writer *w = writer_of(to);
    char *at = begin_item(w, length + 2);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    if (quoted)
        *at++ = '"';
    at = put(at, text, length);
    if (quoted)
        *at++ = '"';
    end_item(w, at);
    return PYRO_OK;
}

/* --- constants and numbers, which as keys become strings --- */

static enum pyro_code write_word(struct pyro_sink *to, const char *word, size_t length)
{
    return write_item(to, word, length, at_key(writer_of(to)));
}

static enum pyro_code write_nil(struct pyro_sink *to)
{
    return write_word(to, "null", 4);
}

static enum pyro_code write_boolean(struct pyro_sink *to, bool value)
{
    return value ? write_word(to, "true", 4) : write_word(to, "false", 5);
}

static enum pyro_code write_integer(struct pyro_sink *to, int64_t value)
{
    char text[PYRO_INTEGER_SIZE];
    return write_word(to, text, pyro_integer_text(value, text));
}

static enum pyro_code write_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    return write_word(to, digits.data, digits.length);
}

static enum pyro_code write_real(struct pyro_sink *to, double value)
{
    char text[PYRO_REAL_SIZE];
    if (isnan(value))
        return write_word(to, "NaN", 3);
    if (isinf(value))
        return value > 0 ? write_word(to, "Infinity", 8) : write_word(to, "-Infinity", 9);
    return write_word(to, text, pyro_real_text(value, text));
}

static enum pyro_code write_complex(struct pyro_sink *to, double real, double imaginary)
{
    (void)real;
    (void)imaginary;
    return refuse_class(to, "complex", "serpent, marshal and msgpack");
}

/* --- strings --- */

static enum pyro_code write_moment(struct pyro_sink *to, const char *text, size_t length)
{
    if (length == 0)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a date outside the years 1 to 9999");
    return at_key(writer_of(to)) ? refuse_key(to) : write_item(to, text, length, true);
}

static enum pyro_code write_datetime(struct pyro_sink *to, double seconds)
{
    char text[PYRO_MOMENT_SIZE];
    return write_moment(to, text, pyro_datetime_text(seconds, text));
}

static enum pyro_code write_date(struct pyro_sink *to, int64_t ordinal)
{
    char text[PYRO_MOMENT_SIZE];
    return write_moment(to, text, pyro_date_text(ordinal, text));
}

/* Returns the end of the run of bytes at `p` that need no escape. */
static const char *past_plain(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p >= ' ' && *p != '"' && *p != '\\')
        p++;
    return p;
}

static enum pyro_code append_escape(struct pyro_sink *to, char c)
{
    char text[PYRO_JSON_ESCAPED_SIZE];
    return append(to, text, pyro_json_escape((unsigned char)c, text));
}

static enum pyro_code write_escaped(struct pyro_sink *to, struct pyro_slice text)
{
    const char *p = text.data, *end = p + text.length;
    enum pyro_code code = write_item(to, "\"", 1, false);
    while (p < end && code == PYRO_OK) {
        const char *plain = past_plain(p, end);
        code = append(to, p, (size_t)(plain - p));
        if (plain < end && code == PYRO_OK)
            code = append_escape(to, *plain++);
        p = plain;
    }
    return code == PYRO_OK ? append(to, "\"", 1) : code;
}

static enum pyro_code write_str(struct pyro_sink *to, struct pyro_slice text)
{
    const char *end = text.data + text.length;
    if (past_plain(text.data, end) == end)
        return write_item(to, text.data, text.length, true);
    return write_escaped(to, text);
}

static enum pyro_code write_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    (void)data;
    return refuse_class(to, "bytes", "serpent, marshal and msgpack");
}

/* --- containers --- */

static enum pyro_code write_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = writer_of(to);
    (void)count;
    if (at_key(w))
        return refuse_key(to);
    if (kind == PYRO_FROZENSET)
        return refuse_class(to, "frozenset", "serpent and marshal");
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    enum pyro_code code = write_item(to, kind == PYRO_DICT ? "{" : "[", 1, false);
    w->levels[++w->depth] = kind == PYRO_DICT ? DICT : 0;
    return code;
}

static enum pyro_code write_end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct pyro_writer *w = writer_of(to);
    PYRO_ASSERT(w->depth > 0 && !(w->levels[w->depth] & AT_VALUE));
    w->depth--;
    return append(to, kind == PYRO_DICT ? "}" : "]", 1);
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
    .array = pyro_array_put_class,
    .begin = write_begin,
    .end = write_end,
};

void pyro_json_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    w->sink = (struct pyro_sink){.ops = &writer_ops, .err = err};
    w->out = out;
    w->depth = 0;
    w->levels[0] = 0;
}

/* Begins a call: a dict whose last two values the caller writes. It does not count against their
 * depth. */
enum pyro_code pyro_json_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                    struct pyro_slice method)
{
    struct pyro_sink *to = &w->sink;
    enum pyro_code code = append(to, "{", 1);
    w->levels[0] = DICT;
    if (code != PYRO_OK || (code = pyro_put_text(to, "object")) != PYRO_OK ||
        (code = pyro_put_str(to, object)) != PYRO_OK ||
        (code = pyro_put_text(to, "method")) != PYRO_OK ||
        (code = pyro_put_str(to, method)) != PYRO_OK)
        return code;
    w->levels[0] = CALL;
    return PYRO_OK;
}

enum pyro_code pyro_json_call_end(struct pyro_writer *w)
{
    return append(&w->sink, "}", 1);
}
