/* Writing serpent data. Each value is written behind the mark that separates it from the one
 * before. */
#include "codec/serpent_write.h"

#include <math.h>
#include <nettle/base64.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/escape.h"
#include "codec/array.h"
#include "codec/level.h"
#include "codec/serpent_plain.h"
#include "value/integer.h"
#include "value/moment.h"
#include "value/number.h"

#define MARSHAL_CAN "; marshal can have that"
#define COMMENT "# serpent utf-8 python3.2\n"

/* More marks of a level, and a kind. The first level is outside of all. */
enum {
    OUTSIDE = PYRO_DICT + 1, /* no container, and nothing is written */
    SOME = 64,               /* it has items */
    MANY = 128,              /* it has more than one */
};

static struct pyro_writer *writer_of(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct pyro_writer, sink);
}

static char *put(char *at, const char *data, size_t length)
{
    memcpy(at, data, length);
    return at + length;
}

/* Makes room for a value of up to `size` bytes, and writes what comes before it. Returns where the
 * value goes; NULL where there is no room. */
static char *begin_item(struct pyro_writer *w, size_t size)
{
    unsigned char *level = &w->levels[w->depth];
    char *at = pyro_buffer_reserve(w->out, sizeof(COMMENT) + size);
    if (!at)
        return NULL;
    if ((*level & PYRO_LEVEL_KIND) == OUTSIDE) {
        at = put(at, COMMENT, sizeof(COMMENT) - 1);
        *level = 0;
    } else if (*level & PYRO_LEVEL_AT_VALUE)
        *at++ = ':';
    else if (*level & SOME)
        *at++ = ',';
    pyro_level_pass(level);
    *level |= *level & SOME ? MANY : SOME;
    return at;
}

static void end_item(struct pyro_writer *w, const char *end)
{
    w->out->length = (size_t)(end - w->out->data);
}

static enum pyro_code write_item(struct pyro_sink *to, const char *text, size_t length)
{
    struct pyro_writer *w = writer_of(to);
    char *at = begin_item(w, length);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    end_item(w, put(at, text, length));
    return PYRO_OK;
}

static enum pyro_code unhashable(struct pyro_sink *to, const char *what, const char *instead)
{
    return pyro_error_set(to->err, PYRO_ESERIALIZE,
                          "%s cannot be a key or in a set, with serpent%s", what, instead);
}

/* --- constants and numbers --- */

static enum pyro_code write_nil(struct pyro_sink *to)
{
    return write_item(to, "None", 4);
}

static enum pyro_code write_boolean(struct pyro_sink *to, bool value)
{
    return value ? write_item(to, "True", 4) : write_item(to, "False", 5);
}

static enum pyro_code write_integer(struct pyro_sink *to, int64_t value)
{
    struct pyro_writer *w = writer_of(to);
    char *at = begin_item(w, PYRO_INTEGER_SIZE);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    end_item(w, at + pyro_integer_text(value, at));
    return PYRO_OK;
}

static enum pyro_code write_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    return write_item(to, digits.data, digits.length);
}

/* Writes a float. Infinity is written as a number that is too large for one. */
static size_t real_text(double value, char text[PYRO_REAL_SIZE])
{
    if (!isinf(value))
        return pyro_real_text(value, text);
    return (size_t)snprintf(text, PYRO_REAL_SIZE, value > 0 ? "1e30000" : "-1e30000");
}

static enum pyro_code write_real(struct pyro_sink *to, double value)
{
    static const char nan[] = "{'__class__':'float','value':'nan'}";
    struct pyro_writer *w = writer_of(to);
    if (isnan(value))
        return pyro_level_is_hashed(w->levels[w->depth]) ? unhashable(to, "NaN", "")
                                                         : write_item(to, nan, sizeof(nan) - 1);
    char *at = begin_item(w, PYRO_REAL_SIZE);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    end_item(w, at + real_text(value, at));
    return PYRO_OK;
}

/* Writes a complex number. Python itself would write 3.0+-0.0j, which it cannot read. */
static enum pyro_code write_complex(struct pyro_sink *to, double real, double imaginary)
{
    char first[PYRO_REAL_SIZE], second[PYRO_REAL_SIZE], text[2 * PYRO_REAL_SIZE + 8];
    if (isnan(real) || isnan(imaginary))
        return pyro_error_set(to->err, PYRO_ESERIALIZE,
                              "a complex number with NaN cannot travel with serpent");
    real_text(real, first);
    real_text(imaginary, second);
    int length =
        snprintf(text, sizeof(text), "(%s%s%sj)", first, signbit(imaginary) ? "" : "+", second);
    return write_item(to, text, (size_t)length);
}

/* --- dates, as strings --- */

/* Writes a date; `text` has room for a quote on either side. */
static enum pyro_code write_moment(struct pyro_sink *to, char *text, size_t length)
{
    if (length == 0)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "a date outside the years 1 to 9999");
    text[0] = text[1 + length] = '\'';
    return write_item(to, text, length + 2);
}

static enum pyro_code write_datetime(struct pyro_sink *to, double seconds)
{
    char text[1 + PYRO_MOMENT_SIZE];
    return write_moment(to, text, pyro_datetime_text(seconds, text + 1));
}

static enum pyro_code write_date(struct pyro_sink *to, int64_t ordinal)
{
    char text[1 + PYRO_MOMENT_SIZE];
    return write_moment(to, text, pyro_date_text(ordinal, text + 1));
}

/* --- strings and bytes --- */

/* Returns whether Python's repr() escapes the character, which is beyond ASCII. Only those of
 * Latin-1 are told: of the others repr() escapes those that do not print, which reads as the
 * same. */
static bool is_escaped(const char *p, const char *end)
{
    unsigned char second = end - p >= 2 ? (unsigned char)p[1] : 0;
    return (unsigned char)p[0] == 0xc2 && (second <= 0xa0 || second == 0xad);
}

/* Returns the end of the run of characters at `p` that need no escape. */
static const char *past_shown(const char *p, const char *end, char quote, bool bytes)
{
    for (;;) {
        p = pyro_serpent_plain(p, end, quote);
        if (p == end || (unsigned char)*p < 0x80 || bytes || is_escaped(p, end))
            return p;
        size_t length = pyro_utf8_sequence((const unsigned char *)p, (size_t)(end - p));
        p += length > 0 ? length : 1;
    }
}

#define LONGEST_ESCAPE 4

/* Writes the escape of the character at `p`. */
static char *put_escape(char *at, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    *at++ = '\\';
    if (c == '\n' || c == '\r' || c == '\t') {
        *at++ = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    } else if (c == '\\' || c == '\'' || c == '"') {
        *at++ = (char)c;
    } else {
        *at++ = 'x';
        *at++ = hex[c >> 4];
        *at++ = hex[c & 0xf];
    }
    return at;
}

static enum pyro_code append_escaped(struct pyro_sink *to, struct pyro_slice text, char quote,
                                     bool bytes)
{
    struct pyro_writer *w = writer_of(to);
    const char *p = text.data, *end = p + text.length;
    while (p < end) {
        const char *shown = past_shown(p, end, quote, bytes);
        char *at = pyro_buffer_reserve(w->out, (size_t)(shown - p) + LONGEST_ESCAPE);
        if (!at)
            return pyro_buffer_refused(w->out, to->err);
        at = put(at, p, (size_t)(shown - p));
        if (shown < end && !bytes && (unsigned char)*shown >= 0x80)
            shown++; /* to the number of the character, in Latin-1 */
        if (shown < end)
            at = put_escape(at, (unsigned char)*shown++);
        end_item(w, at);
        p = shown;
    }
    return pyro_buffer_append(w->out, &quote, 1) ? PYRO_OK : pyro_buffer_refused(w->out, to->err);
}

/* Writes a literal in Python's way: in double quotes only where there are single ones, and no
 * double ones. Most strings need no escapes. That shows once they are copied, as the quotes
 * behind them end the search eight bytes at a time. */
static enum pyro_code write_quoted(struct pyro_sink *to, struct pyro_slice text, bool bytes)
{
    struct pyro_writer *w = writer_of(to);
    const size_t quotes = 8;
    char *at = begin_item(w, text.length + 2 + quotes);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    if (bytes)
        *at++ = 'b';
    char *quote = at++, *end = at + text.length;
    if (text.length > 0)
        memcpy(at, text.data, text.length);
    *quote = '\'';
    memset(end, '\'', quotes);
    if (pyro_serpent_plain(at, end + quotes, '\'') == end) {
        end_item(w, end + 1);
        return PYRO_OK;
    }
    if (memchr(text.data, '\'', text.length) && !memchr(text.data, '"', text.length))
        *quote = '"';
    end_item(w, at);
    return append_escaped(to, text, *quote, bytes);
}

static enum pyro_code write_str(struct pyro_sink *to, struct pyro_slice text)
{
    return write_quoted(to, text, false);
}

static enum pyro_code write_bytes_literal(struct pyro_sink *to, struct pyro_slice data)
{
    return write_quoted(to, data, true);
}

static char *put_base64(char *at, struct pyro_slice data)
{
    base64_encode_raw(at, data.length, (const uint8_t *)data.data);
    return at + BASE64_ENCODE_RAW_LENGTH(data.length);
}

static enum pyro_code write_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    static const char before[] = "{'data': '", after[] = "', 'encoding': 'base64'}";
    struct pyro_writer *w = writer_of(to);
    if (pyro_level_is_hashed(w->levels[w->depth]))
        return unhashable(to, "bytes", MARSHAL_CAN);
    char *at = begin_item(w, sizeof(before) + (data.length / 3 + 1) * 4 + sizeof(after));
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    at = put_base64(put(at, before, sizeof(before) - 1), data);
    end_item(w, put(at, after, sizeof(after) - 1));
    return PYRO_OK;
}

/* --- containers and calls --- */

static enum pyro_code write_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    static const char *const names[] = {"a list", "a tuple", "a set", "a frozenset", "a dict"};
    struct pyro_writer *w = writer_of(to);
    unsigned char hashed = pyro_level_is_hashed(w->levels[w->depth]) ? PYRO_LEVEL_HASHED : 0;
    (void)count;
    if (hashed && kind != PYRO_TUPLE)
        return unhashable(to, names[kind],
                          kind == PYRO_SET || kind == PYRO_FROZENSET ? MARSHAL_CAN : "");
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    enum pyro_code code = write_item(to, &"[({{{"[kind], 1);
    if (code == PYRO_OK)
        w->levels[++w->depth] = (unsigned char)(kind | hashed);
    return code;
}

/* Ends a container. A frozenset is written as a set. An empty one has no literal: serpent writes
 * an empty tuple. */
static enum pyro_code write_end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct pyro_writer *w = writer_of(to);
    PYRO_ASSERT(w->depth > 0 && !(w->levels[w->depth] & PYRO_LEVEL_AT_VALUE));
    unsigned level = w->levels[w->depth--];
    const char *closing = (const char *const[]){"]", ")", "}", "}", "}"}[kind];
    if (kind == PYRO_TUPLE && (level & SOME) && !(level & MANY))
        closing = ",)";
    if ((kind == PYRO_SET || kind == PYRO_FROZENSET) && !(level & SOME)) {
        pyro_buffer_truncate(w->out, w->out->length - 1);
        closing = "()";
    }
    return pyro_buffer_append(w->out, closing, strlen(closing))
               ? PYRO_OK
               : pyro_buffer_refused(w->out, to->err);
}

#define SERPENT_OPS(bytes_writer)                                                                  \
    {                                                                                              \
        .nil = write_nil, .boolean = write_boolean, .integer = write_integer,                      \
        .bigint = write_bigint, .real = write_real, .complex = write_complex,                      \
        .datetime = write_datetime, .date = write_date, .str = write_str, .bytes = (bytes_writer), \
        .array = pyro_array_put_class, .begin = write_begin, .end = write_end,                     \
    }

static void open_with(struct pyro_writer *w, const struct pyro_sink_ops *ops,
                      struct pyro_buffer *out, struct pyro_error *err)
{
    w->sink = (struct pyro_sink){.ops = ops, .err = err};
    w->out = out;
    w->depth = 0;
    w->levels[0] = OUTSIDE;
}

void pyro_serpent_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = SERPENT_OPS(write_bytes);
    open_with(w, &ops, out, err);
}

void pyro_serpent_open_bytes(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    static const struct pyro_sink_ops ops = SERPENT_OPS(write_bytes_literal);
    open_with(w, &ops, out, err);
}

enum pyro_code pyro_serpent_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method)
{
    enum pyro_code code = write_item(&w->sink, "(", 1);
    w->levels[0] = PYRO_TUPLE;
    if (code != PYRO_OK || (code = pyro_put_str(&w->sink, object)) != PYRO_OK)
        return code;
    return pyro_put_str(&w->sink, method);
}

enum pyro_code pyro_serpent_call_end(struct pyro_writer *w)
{
    return pyro_buffer_append(w->out, ")", 1) ? PYRO_OK : pyro_buffer_refused(w->out, w->sink.err);
}
