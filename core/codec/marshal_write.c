/* Writing marshal data: nothing is marked to be remembered, so nothing is referred to. */
#include "codec/marshal_write.h"

#include "base/assert.h"
#include "codec/array.h"
#include "codec/level.h"
#include "codec/marshal_type.h"
#include "value/integer.h"

static struct pyro_writer *writer_of(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct pyro_writer, sink);
}

static void put_number(unsigned char *at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (unsigned char)(number >> (8 * i));
}

static enum pyro_code append(struct pyro_sink *to, const void *data, size_t length)
{
    struct pyro_buffer *out = writer_of(to)->out;
    return pyro_buffer_append(out, data, length) ? PYRO_OK : pyro_buffer_refused(out, to->err);
}

/* Begins a value: a type code, and a number of so many bytes. */
static enum pyro_code write_head(struct pyro_sink *to, char type, uint64_t number, size_t bytes)
{
    struct pyro_writer *w = writer_of(to);
    unsigned char head[9] = {(unsigned char)type};
    pyro_level_pass(&w->levels[w->depth]);
    put_number(head + 1, number, bytes);
    return append(to, head, 1 + bytes);
}

static enum pyro_code write_type(struct pyro_sink *to, char type)
{
    return write_head(to, type, 0, 0);
}

/* --- numbers --- */

static enum pyro_code write_nil(struct pyro_sink *to)
{
    return write_type(to, MARSHAL_NONE);
}

static enum pyro_code write_boolean(struct pyro_sink *to, bool value)
{
    return write_type(to, value ? MARSHAL_TRUE : MARSHAL_FALSE);
}

/* Writes an integer of digits of 15 bits, the lowest first. */
static enum pyro_code write_long(struct pyro_sink *to, bool negative, const uint32_t *digits,
                                 size_t count)
{
    unsigned char bytes[2];
    enum pyro_code code =
        write_head(to, MARSHAL_LONG, negative ? -(uint64_t)count : (uint64_t)count, 4);
    for (size_t i = 0; i < count && code == PYRO_OK; i++) {
        put_number(bytes, digits[i], sizeof(bytes));
        code = append(to, bytes, sizeof(bytes));
    }
    return code;
}

static enum pyro_code write_integer(struct pyro_sink *to, int64_t value)
{
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    uint32_t digits[5];
    size_t count = 0;
    if (value >= INT32_MIN && value <= INT32_MAX)
        return write_head(to, MARSHAL_INT, (uint64_t)value, 4);
    for (; rest > 0; rest >>= MARSHAL_DIGIT_BITS)
        digits[count++] = (uint32_t)(rest & ((1u << MARSHAL_DIGIT_BITS) - 1));
    return write_long(to, value < 0, digits, count);
}

static enum pyro_code write_bigint(struct pyro_sink *to, struct pyro_slice text)
{
    bool negative = text.data[0] == '-';
    struct pyro_bigint number = {.base = 1u << MARSHAL_DIGIT_BITS};
    if (!pyro_bigint_read(&number, pyro_slice(text.data + negative, text.length - negative)))
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "an integer of more than %d digits",
                              PYRO_MOST_DIGITS);
    return write_long(to, negative, number.limbs, number.count);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static enum pyro_code write_real(struct pyro_sink *to, double value)
{
    return write_head(to, MARSHAL_FLOAT, bits_of(value), 8);
}

static enum pyro_code write_complex(struct pyro_sink *to, double real, double imaginary)
{
    unsigned char bytes[8];
    enum pyro_code code = write_head(to, MARSHAL_COMPLEX, bits_of(real), 8);
    put_number(bytes, bits_of(imaginary), sizeof(bytes));
    return code == PYRO_OK ? append(to, bytes, sizeof(bytes)) : code;
}

/* --- strings, and what marshal lacks --- */

static enum pyro_code write_string(struct pyro_sink *to, char type, struct pyro_slice data)
{
    if (data.length > INT32_MAX)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "too long for marshal");
    enum pyro_code code = write_head(to, type, data.length, 4);
    return code == PYRO_OK ? append(to, data.data, data.length) : code;
}

static bool is_ascii(struct pyro_slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

static enum pyro_code write_str(struct pyro_sink *to, struct pyro_slice text)
{
    if (text.length > UINT8_MAX || !is_ascii(text))
        return write_string(to, MARSHAL_UNICODE, text);
    enum pyro_code code = write_head(to, MARSHAL_SHORT_ASCII, text.length, 1);
    return code == PYRO_OK ? append(to, text.data, text.length) : code;
}

static enum pyro_code write_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    return write_string(to, MARSHAL_BYTES, data);
}

static enum pyro_code write_datetime(struct pyro_sink *to, double seconds)
{
    (void)seconds;
    return pyro_error_set(to->err, PYRO_ESERIALIZE,
                          "marshal has no datetime; msgpack and serpent have");
}

static enum pyro_code write_date(struct pyro_sink *to, int64_t ordinal)
{
    (void)ordinal;
    return pyro_error_set(to->err, PYRO_ESERIALIZE,
                          "marshal has no date; msgpack and serpent have");
}

/* --- containers --- */

static enum pyro_code write_container(struct pyro_sink *to, enum pyro_kind kind, size_t count,
                                      bool hashed)
{
    switch (kind) {
    case PYRO_DICT:
        return write_type(to, MARSHAL_DICT);
    case PYRO_SET:
        return write_head(to, hashed ? MARSHAL_FROZENSET : MARSHAL_SET, count, 4);
    case PYRO_FROZENSET:
        return write_head(to, MARSHAL_FROZENSET, count, 4);
    case PYRO_TUPLE:
        return count <= UINT8_MAX ? write_head(to, MARSHAL_SMALL_TUPLE, count, 1)
                                  : write_head(to, MARSHAL_TUPLE, count, 4);
    case PYRO_LIST:
        break;
    }
    return write_head(to, MARSHAL_LIST, count, 4);
}

static enum pyro_code write_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = writer_of(to);
    bool hashed = pyro_level_is_hashed(w->levels[w->depth]);
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    if (count > INT32_MAX)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "too long for marshal");
    if (hashed && (kind == PYRO_LIST || kind == PYRO_DICT))
        return pyro_error_set(to->err, PYRO_ESERIALIZE,
                              "a %s cannot be a key or in a set, with marshal",
                              kind == PYRO_LIST ? "list" : "dict");
    enum pyro_code code = write_container(to, kind, count, hashed);
    w->levels[++w->depth] = (unsigned char)(kind | (hashed ? PYRO_LEVEL_HASHED : 0));
    return code;
}

static enum pyro_code write_end(struct pyro_sink *to, enum pyro_kind kind)
{
    static const char end = MARSHAL_NULL;
    struct pyro_writer *w = writer_of(to);
    PYRO_ASSERT(w->depth > 0 && !(w->levels[w->depth] & PYRO_LEVEL_AT_VALUE));
    w->depth--;
    return kind == PYRO_DICT ? append(to, &end, 1) : PYRO_OK;
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

void pyro_marshal_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    w->sink = (struct pyro_sink){.ops = &writer_ops, .err = err};
    w->out = out;
    w->depth = 0;
    w->levels[0] = PYRO_TUPLE; /* as good as none */
}

enum pyro_code pyro_marshal_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method)
{
    enum pyro_code code;
    if ((code = write_head(&w->sink, MARSHAL_SMALL_TUPLE, 4, 1)) != PYRO_OK ||
        (code = write_str(&w->sink, object)) != PYRO_OK)
        return code;
    return write_str(&w->sink, method);
}

enum pyro_code pyro_marshal_call_end(struct pyro_writer *w)
{
    (void)w;
    return PYRO_OK;
}
