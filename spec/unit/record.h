/** @file
 * A sink that writes down what it is given, and small helpers, for the tests of the lower rooms. */
#ifndef SPEC_RECORD_H
#define SPEC_RECORD_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "value/sink.h"

#include <cmocka.h>

/** Writes events as a text: `nil true 1 1.5 'text' b'00ff' big:-12 [2 1 2 ] {1 'k' nil }`; tuples
 * have round, sets angle brackets, frozensets exclamation marks. */
struct recorder {
    struct pyro_sink sink;
    struct pyro_error err;
    struct pyro_buffer text;
    unsigned fail_at; /**< the event that is refused with PYRO_EVALUE "enough"; 0: none */
    bool leave;       /**< that event leaves by longjmp to `away` instead */
    jmp_buf away;
};

static inline enum pyro_code note(struct pyro_sink *to, const char *format, ...) PYRO_PRINTF(2, 3);

static inline enum pyro_code note(struct pyro_sink *to, const char *format, ...)
{
    struct recorder *r = PYRO_CONTAINER(to, struct recorder, sink);
    char text[128];
    va_list args;
    if (r->fail_at > 0 && --r->fail_at == 0) {
        if (r->leave)
            longjmp(r->away, 1);
        return pyro_error_set(to->err, PYRO_EVALUE, "enough");
    }
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return pyro_buffer_append(&r->text, text, strlen(text)) ? PYRO_OK : pyro_error_memory(to->err);
}

static inline enum pyro_code note_nil(struct pyro_sink *to)
{
    return note(to, "nil ");
}

static inline enum pyro_code note_boolean(struct pyro_sink *to, bool value)
{
    return note(to, value ? "true " : "false ");
}

static inline enum pyro_code note_integer(struct pyro_sink *to, int64_t value)
{
    return note(to, "%" PRId64 " ", value);
}

static inline enum pyro_code note_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    return note(to, "big:%.*s ", (int)digits.length, digits.data);
}

static inline enum pyro_code note_real(struct pyro_sink *to, double value)
{
    return note(to, "%.17gf ", value);
}

static inline enum pyro_code note_complex(struct pyro_sink *to, double real, double imaginary)
{
    return note(to, "complex:%g,%g ", real, imaginary);
}

static inline enum pyro_code note_datetime(struct pyro_sink *to, double seconds)
{
    return note(to, "datetime:%.6f ", seconds);
}

static inline enum pyro_code note_date(struct pyro_sink *to, int64_t ordinal)
{
    return note(to, "date:%" PRId64 " ", ordinal);
}

static inline enum pyro_code note_str(struct pyro_sink *to, struct pyro_slice text)
{
    assert_non_null(text.data);
    return note(to, "'%.*s' ", (int)text.length, text.data);
}

static inline enum pyro_code note_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    char hex[100] = "";
    assert_non_null(data.data);
    for (size_t i = 0; i < data.length && i < 40; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)data.data[i]);
    return note(to, "b'%s' ", hex);
}

static inline enum pyro_code note_array(struct pyro_sink *to, const struct pyro_array *array)
{
    char shape[40] = "", hex[41] = "";
    assert_non_null(array->data.data);
    for (unsigned i = 0; i < array->dimensions && strlen(shape) < 20; i++)
        snprintf(shape + strlen(shape), 20, "%s%zu", i ? "x" : "", array->shape[i]);
    for (size_t i = 0; i < array->data.length && i < 20; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)array->data.data[i]);
    return note(to, "array:%s,%s,%s,'%s' ", shape, array->dtype.text, array->fortran ? "F" : "C",
                hex);
}

static inline enum pyro_code note_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    return note(to, "%c%zu ", "[(<!{"[kind], count);
}

static inline enum pyro_code note_end(struct pyro_sink *to, enum pyro_kind kind)
{
    return note(to, "%c ", "])>!}"[kind]);
}

static inline void recorder_init(struct recorder *r)
{
    static const struct pyro_sink_ops ops = {
        .nil = note_nil,
        .boolean = note_boolean,
        .integer = note_integer,
        .bigint = note_bigint,
        .real = note_real,
        .complex = note_complex,
        .datetime = note_datetime,
        .date = note_date,
        .str = note_str,
        .bytes = note_bytes,
        .array = note_array,
        .begin = note_begin,
        .end = note_end,
    };
    memset(r, 0, sizeof(*r));
    r->sink = (struct pyro_sink){.ops = &ops, .err = &r->err};
}

/** Returns what was recorded, terminated. */
static inline const char *recorded(struct recorder *r)
{
    assert_true(pyro_buffer_append(&r->text, "", 1));
    r->text.length--;
    return r->text.data;
}

static inline void recorder_free(struct recorder *r)
{
    pyro_buffer_free(&r->text);
}

/** The bytes of a text of hexadecimal digits, exactly allocated, so that reading past them is seen.
 * Free with test_free(). */
static inline struct pyro_slice unhex(const char *hex)
{
    size_t length = strlen(hex) / 2;
    char *bytes = test_malloc(length ? length : 1);
    for (size_t i = 0; i < length; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        unsigned value = 0;
        assert_int_equal(sscanf(digits, "%2x", &value), 1);
        bytes[i] = (char)value;
    }
    return pyro_slice(bytes, length);
}

/** An exactly allocated copy. Free with test_free(). */
static inline char *exact_copy(const char *data, size_t length)
{
    char *copy = test_malloc(length ? length : 1);
    if (length > 0)
        memcpy(copy, data, length);
    return copy;
}

static inline void assert_hex(struct pyro_slice bytes, const char *hex)
{
    char *text = test_calloc(1, 2 * bytes.length + 1);
    for (size_t i = 0; i < bytes.length; i++)
        snprintf(text + 2 * i, 3, "%02x", (unsigned char)bytes.data[i]);
    assert_string_equal(text, hex);
    test_free(text);
}

#endif
