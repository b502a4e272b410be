/** @file
 * What the tests of pickle writing share. */
#ifndef SPEC_PICKLE_WRITE_CHECK_H
#define SPEC_PICKLE_WRITE_CHECK_H

#include "codec_check.h"

static struct pyro_buffer out;
static struct pyro_error err;
static struct pyro_writer w;

static inline struct pyro_sink *start(unsigned version)
{
    pyro_buffer_free(&out);
    pyro_error_clear(&err);
    pyro_codec_pickle_of(version)->open(&w, &out, &err);
    return &w.sink;
}

/* A value: a sink takes what it consists of. */
typedef enum pyro_code put_fn(struct pyro_sink *to);

static inline void compare(unsigned version, const char *expected, size_t length)
{
    char head[] = {(char)0x80, (char)version};
    if (out.length != length + sizeof(head) || memcmp(out.data, head, sizeof(head)) != 0 ||
        memcmp(out.data + sizeof(head), expected, length) != 0) {
        fprintf(stderr, "protocol %u: ", version);
        for (size_t i = 0; i < out.length; i++)
            fprintf(stderr, out.data[i] >= ' ' && out.data[i] < 127 ? "%c" : "\\x%02x",
                    (unsigned char)out.data[i]);
        fail_msg(" is not %.*s", (int)length, expected);
    }
}

static inline void writes(unsigned version, put_fn *put, const char *expected, size_t length)
{
    struct pyro_sink *to = start(version);
    if (put(to) != PYRO_OK)
        fail_msg("%s", err.message);
    assert_int_equal(w.depth, 0);
    compare(version, expected, length);
    for (unsigned long n = 1, failed = 1; failed; n++) { /* whatever memory is not there */
        to = start(version);
        pyro_memory_fail_at(n);
        failed = put(to) != PYRO_OK;
        pyro_memory_fail_at(0);
        assert_int_equal(err.code, failed ? PYRO_EMEMORY : PYRO_OK);
    }
    compare(version, expected, length);
    pyro_buffer_free(&out);
}

/* The head is not in the literal. */
#define WRITES(version, put, literal) writes(version, put, literal, sizeof(literal) - 1)

static inline void refuses(put_fn *put, const char *message)
{
    for (unsigned version = PYRO_PICKLE_OLDEST; version <= PYRO_PICKLE_NEWEST; version++) {
        assert_int_equal(put(start(version)), PYRO_ESERIALIZE);
        assert_string_equal(err.message, message);
    }
    pyro_buffer_free(&out);
}

#define CHECK(call)                                                                                \
    do {                                                                                           \
        if ((call) != PYRO_OK)                                                                     \
            return to->err->code;                                                                  \
    } while (0)

#endif
