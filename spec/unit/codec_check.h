/** @file
 * What the tests of all codecs do with them. Data to be read is exactly allocated, and is freed. */
#ifndef SPEC_CODEC_CHECK_H
#define SPEC_CODEC_CHECK_H

#include "codec/codec.h"
#include "record.h"

/** An exactly allocated text, without its end. */
static inline struct pyro_slice exact_text(const char *text)
{
    return pyro_slice(exact_copy(text, strlen(text)), strlen(text));
}

/** Reads a value. The recorder is to be freed. */
static inline enum pyro_code codec_read(const struct pyro_codec *codec, struct pyro_slice in,
                                        struct recorder *r)
{
    recorder_init(r);
    enum pyro_code code = pyro_codec_read(codec, in, &r->sink, &r->err);
    assert_int_equal(code, r->err.code);
    test_free((char *)in.data);
    return code;
}

/** Reads a value from the start while one thing after the other goes wrong: each allocation fails
 * in turn, then the sink refuses each event in turn. */
static inline void codec_reads_with_faults(const struct pyro_codec *codec, struct pyro_slice in,
                                           const char *value)
{
    for (int refuses = 0; refuses < 2; refuses++) {
        enum pyro_code code, expected = refuses ? PYRO_EVALUE : PYRO_EMEMORY;
        unsigned n = 0;
        do {
            struct recorder r;
            recorder_init(&r);
            n++;
            r.fail_at = refuses ? n : 0;
            pyro_memory_fail_at(refuses ? 0 : n);
            code = pyro_codec_read(codec, in, &r.sink, &r.err);
            pyro_memory_fail_at(0);
            if (code != PYRO_OK && code != expected)
                fail_msg("%s, with fault %u: %s", value, n, r.err.message);
            if (code == PYRO_OK)
                assert_string_equal(recorded(&r), value);
            recorder_free(&r);
        } while (code != PYRO_OK);
    }
}

static inline void codec_reads(const struct pyro_codec *codec, struct pyro_slice in,
                               const char *value)
{
    struct recorder r;
    recorder_init(&r);
    codec_reads_with_faults(codec, in, value);
    if (codec_read(codec, in, &r) != PYRO_OK)
        fail_msg("%s: %s", value, r.err.message);
    assert_string_equal(recorded(&r), value);
    recorder_free(&r);
}

static inline void codec_refuses(const struct pyro_codec *codec, struct pyro_slice in,
                                 const char *message)
{
    struct recorder r;
    assert_int_equal(codec_read(codec, in, &r), PYRO_ESERIALIZE);
    assert_string_equal(r.err.message, message);
    recorder_free(&r);
}

/** Reads a call: "obj.m (1 1 ) {0 }", or the message. */
static inline const char *codec_called(const struct pyro_codec *codec, struct pyro_slice in)
{
    static char out[PYRO_ERROR_SIZE];
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct recorder r;
    recorder_init(&r);
    enum pyro_code code = codec->read_call(in, &call, &r.err);
    if (code == PYRO_OK)
        code = codec->read_args(&call, &r.sink, &r.err);
    assert_int_equal(code, r.err.code);
    if (code == PYRO_OK)
        snprintf(out, sizeof(out), "%.*s.%.*s %s", (int)call.object.length, call.object.data,
                 (int)call.method.length, call.method.data, recorded(&r));
    else
        snprintf(out, sizeof(out), "%s", r.err.message);
    assert_true(code == PYRO_OK || code == PYRO_ESERIALIZE);
    pyro_reading_free(&call.held);
    recorder_free(&r);
    test_free((char *)in.data);
    return out;
}

/** Writes the call obj.m(1, 'a', k=2), out of memory at first. The caller frees `out`. */
static inline void codec_write_call(const struct pyro_codec *codec, struct pyro_buffer *out)
{
    struct pyro_writer w;
    struct pyro_sink *to = &w.sink;
    struct pyro_error err;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        pyro_buffer_free(out);
        codec->open(&w, out, &err);
        pyro_memory_fail_at(n);
        failed = codec->call_begin(&w, pyro_slice_text("obj"), pyro_slice_text("m")) != PYRO_OK;
        pyro_memory_fail_at(0);
    }
    assert_int_equal(pyro_begin(to, PYRO_TUPLE, 2), PYRO_OK);
    assert_int_equal(pyro_put_int(to, 1), PYRO_OK);
    assert_int_equal(pyro_put_text(to, "a"), PYRO_OK);
    assert_int_equal(pyro_end(to, PYRO_TUPLE), PYRO_OK);
    assert_int_equal(pyro_begin(to, PYRO_DICT, 1), PYRO_OK);
    assert_int_equal(pyro_put_text(to, "k"), PYRO_OK);
    assert_int_equal(pyro_put_int(to, 2), PYRO_OK);
    assert_int_equal(pyro_end(to, PYRO_DICT), PYRO_OK);
    assert_int_equal(codec->call_end(&w), PYRO_OK);
}

/** The call's own container does not count against its arguments' depth. */
static inline void codec_takes_deep_arguments(const struct pyro_codec *codec)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct pyro_writer w;
    struct recorder r;
    recorder_init(&r);
    codec->open(&w, &out, &r.err);
    assert_int_equal(codec->call_begin(&w, pyro_slice_text("o"), pyro_slice_text("m")), PYRO_OK);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(&w.sink, PYRO_TUPLE, i + 1 < PYRO_MAX_DEPTH), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_ESERIALIZE);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_end(&w.sink, PYRO_TUPLE), PYRO_OK);
    assert_int_equal(pyro_put_nil(&w.sink), PYRO_OK);
    assert_int_equal(codec->call_end(&w), PYRO_OK);
    assert_int_equal(codec->read_call(pyro_slice(out.data, out.length), &call, &r.err), PYRO_OK);
    assert_int_equal(codec->read_args(&call, &r.sink, &r.err), PYRO_OK);
    pyro_reading_free(&call.held);
    recorder_free(&r);
    pyro_buffer_free(&out);
}

#endif
