#include "codec_check.h"
#include "value/integer.h"

#define M (&pyro_codec_marshal)

/* The call obj.m(1, 'a', k=2), as Pyro4 4.82 and Pyro5 5.17 encode it. */
#define CALL "2904da036f626ada016ddb02000000e901000000da0161fbda016be90200000030"

static const struct {
    const char *hex, *value;
} golden[] = {
    /* recorded from CPython 3.11 */
    {"4e", "nil "},
    {"54", "true "},
    {"46", "false "},
    {"e901000000", "1 "},
    {"e9ffffffff", "-1 "},
    {"ec0500000000000000000000000004", "big:1180591620717411303424 "},
    {"e7000000000000f83f", "1.5f "},
    {"e7000000000000f07f", "inff "},
    {"da0178", "'x' "},
    {"f502000000c3a9", "'\xc3\xa9' "},
    {"f30200000000ff", "b'00ff' "},
    {"db00000000", "[0 ] "},
    {"db01000000e901000000", "[1 1 ] "},
    {"a900", "(0 ) "},
    {"a901e901000000", "(1 1 ) "},
    {"fb30", "{0 } "},
    {"fbda0161e90100000030", "{0 'a' 1 } "},
    {"fbe901000000e90200000030", "{0 1 2 } "},
    {"bc02000000e901000000e902000000", "<2 1 2 > "},
    {"f900000000000008400000000000001040", "complex:3,4 "},
    /* other forms of the same types, older versions' too */
    {"49ffffffffffffff7f", "9223372036854775807 "},
    {"6c00000000", "0 "},
    {"6c05000000ff7fff7fff7fff7f0700", "9223372036854775807 "},
    {"6c0500000000000000000000000800", "big:9223372036854775808 "},
    {"6cfbffffff00000000000000000800", "-9223372036854775808 "},
    {"6cfbffffff01000000000000000800", "big:-9223372036854775809 "},
    {"6603312e35", "1.5f "},
    {"6603696e66", "inff "},
    {"780131022d32", "complex:1,-2 "},
    {"5a0178", "'x' "},
    {"740100000078", "'x' "},
    {"610100000078", "'x' "},
    {"410100000078", "'x' "},
    {"7500000000", "'' "},
    {"2801000000"
     "4e",
     "(1 nil ) "},
    {"3e010000004e", "!1 nil ! "},
    /* references */
    {"db02000000da01787201000000", "[2 'x' 'x' ] "},
    {"5b02000000db01000000e9050000007200000000", "[2 [1 5 ] [1 5 ] ] "},
    {"5b02000000db01000000e9050000007201000000", "[2 [1 5 ] 5 ] "},
    {"5b03000000db01000000da016172000000007201000000", "[3 [1 'a' ] [1 'a' ] 'a' ] "},
    {"5b02000000fbda01614e307200000000", "[2 {0 'a' nil } {0 'a' nil } ] "},
};

static void refuses(const char *hex, const char *message)
{
    codec_refuses(M, unhex(hex), message);
}

/* --- reading --- */

static void values_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++)
        codec_reads(M, unhex(golden[i].hex), golden[i].value);
}

static void malformed_data_is_refused(void **state)
{
    static const char cut[] = "marshal data cut short";
    (void)state;
    refuses("", cut);
    refuses("4e4e", "marshal data, byte 1: more than one value");
    refuses("da01ff", "marshal data, byte 3: a str that is not valid UTF-8");
    refuses("f503000000eda080", "marshal data, byte 8: a str that is not valid UTF-8");
    refuses("f3ffffffff", "marshal data, byte 5: a negative size");
    refuses("dbffffffff", "marshal data, byte 5: a negative size");
    refuses("f3ffffff7f00", cut);
    refuses("dbffffff7f4e", cut);
    refuses("6c0100000000", cut);
    refuses("6c010000000080", "marshal data, byte 7: malformed integer");
    refuses("6c00000080", "marshal data, byte 5: an integer of too many digits");
    refuses("6600", "marshal data, byte 2: malformed float");
    refuses("66023178", "marshal data, byte 4: malformed float");
    refuses("66023100", "marshal data, byte 4: malformed float");
    refuses("fb4e", cut);
    refuses("fb4e30", "marshal data, byte 2: a type that is not accepted");
    refuses("30", "marshal data, byte 0: a type that is not accepted");
}

static void what_is_no_value_is_refused(void **state)
{
    /* code, Ellipsis, StopIteration, Python 2's references to strings, unknown */
    static const char *const types[] = {"63", "e3", "2e", "53", "52", "3f", "00", "ff", "b0"};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(types); i++)
        refuses(types[i], "marshal data, byte 0: a type that is not accepted");
}

static void truncated_data_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        struct pyro_slice in = unhex(golden[i].hex);
        for (size_t length = 0; length < in.length; length++) {
            struct recorder r;
            char *part = exact_copy(in.data, length);
            recorder_init(&r);
            assert_int_equal(pyro_codec_read(M, pyro_slice(part, length), &r.sink, &r.err),
                             PYRO_ESERIALIZE);
            recorder_free(&r);
            test_free(part);
        }
        test_free((char *)in.data);
    }
}

static void bad_references_are_refused(void **state)
{
    (void)state;
    refuses("7200000000", "marshal data, byte 5: a reference to what did not come before");
    refuses("5b01000000"
            "7200000000",
            "marshal data, byte 10: a reference to what did not come before");
    refuses("db01000000"
            "7200000000",
            "marshal data, byte 10: a value that contains itself");
    refuses("db01000000"
            "5b01000000"
            "7200000000",
            "marshal data, byte 15: a value that contains itself");
    refuses("fb4e7200000000"
            "30",
            "marshal data, byte 7: a value that contains itself");
    refuses("5b02000000"
            "da0178"
            "7201000000",
            "marshal data, byte 13: a reference to what did not come before");
}

/* Each list has the one before ten times: 30 lists stand for 10^30 values. */
static void references_do_not_multiply_without_end(void **state)
{
    struct pyro_buffer in = {.data = NULL};
    struct recorder r;
    (void)state;
    assert_true(pyro_buffer_append(&in, "[\x1f\0\0\0", 5));
    assert_true(pyro_buffer_append(&in, "\xdb\0\0\0\0", 5));
    for (unsigned char list = 0; list < 30; list++) {
        char reference[] = {'r', (char)list, 0, 0, 0};
        assert_true(pyro_buffer_append(&in, "\xdb\x0a\0\0\0", 5));
        for (int i = 0; i < 10; i++)
            assert_true(pyro_buffer_append(&in, reference, sizeof(reference)));
    }
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(M, pyro_slice(in.data, in.length), &r.sink, &r.err),
                     PYRO_ESERIALIZE);
    assert_non_null(strstr(r.err.message, "too much is referred to"));
    assert_in_range(r.text.length, 1, 64 * 1024 * 1024);
    recorder_free(&r);
    pyro_buffer_free(&in);
}

/* A list of so many times the same value, as Python writes it. */
static enum pyro_code read_repeated(struct pyro_slice value, uint32_t times)
{
    struct pyro_buffer in = {.data = NULL};
    struct recorder r;
    unsigned char head[] = {'[', (unsigned char)times, (unsigned char)(times >> 8), 0, 0};
    assert_true(pyro_buffer_append(&in, head, sizeof(head)));
    assert_true(pyro_buffer_append(&in, value.data, value.length));
    for (uint32_t i = 1; i < times; i++)
        assert_true(pyro_buffer_append(&in, "r\0\0\0\0", 5));
    recorder_init(&r);
    enum pyro_code code = pyro_codec_read(M, pyro_slice(in.data, in.length), &r.sink, &r.err);
    assert_true(code == PYRO_OK || strstr(r.err.message, "too much is referred to"));
    recorder_free(&r);
    pyro_buffer_free(&in);
    return code;
}

/* Long texts may come again hundreds of times; what takes long to read, only some. */
static void references_have_a_price(void **state)
{
    static char text[5 + 10000] = "\xe1\x10\x27", number[5 + 2 * 950] = "\xec\xb6\x03";
    (void)state;
    memset(text + 5, 'x', 10000);
    memset(number + 5, 1, 2 * 950);
    assert_int_equal(read_repeated(pyro_slice(text, sizeof(text)), 3000), PYRO_OK);
    assert_int_equal(read_repeated(pyro_slice(text, sizeof(text)), 5000), PYRO_ESERIALIZE);
    assert_int_equal(read_repeated(pyro_slice(number, sizeof(number)), 30), PYRO_OK);
    assert_int_equal(read_repeated(pyro_slice(number, sizeof(number)), 60), PYRO_ESERIALIZE);
    assert_int_equal(read_repeated(pyro_slice_text("\xfa\x01x"), 65535), PYRO_OK);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    for (size_t depth = PYRO_MAX_DEPTH; depth <= PYRO_MAX_DEPTH + 1; depth++) {
        struct pyro_buffer in = {.data = NULL};
        struct recorder r;
        for (size_t i = 0; i < depth; i++)
            assert_true(pyro_buffer_append(&in, ")\x01", 2));
        assert_true(pyro_buffer_append(&in, "N", 1));
        recorder_init(&r);
        enum pyro_code code = pyro_codec_read(M, pyro_slice(in.data, in.length), &r.sink, &r.err);
        assert_int_equal(code, depth == PYRO_MAX_DEPTH ? PYRO_OK : PYRO_ESERIALIZE);
        if (code != PYRO_OK)
            assert_string_equal(r.err.message, "nested deeper than 512");
        recorder_free(&r);
        pyro_buffer_free(&in);
    }
}

static void integers_have_a_limit(void **state)
{
    struct pyro_buffer in = {.data = NULL};
    struct recorder r;
    (void)state;
    assert_true(pyro_buffer_append(&in, "l\x10\x27\0\0", 5)); /* 10000 digits of 15 bits */
    for (int i = 0; i < 10000; i++)
        assert_true(pyro_buffer_append(&in, "\xff\x7f", 2));
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(M, pyro_slice(in.data, in.length), &r.sink, &r.err),
                     PYRO_ESERIALIZE);
    assert_non_null(strstr(r.err.message, "an integer of too many digits"));
    recorder_free(&r);
    pyro_buffer_free(&in);
}

static void lack_of_memory_is_told(void **state)
{
    struct pyro_slice in = unhex("db02000000da01787201000000");
    (void)state;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        struct recorder r;
        recorder_init(&r);
        pyro_memory_fail_at(n);
        enum pyro_code code = pyro_codec_read(M, in, &r.sink, &r.err);
        pyro_memory_fail_at(0);
        failed = code != PYRO_OK;
        assert_true(!failed || code == PYRO_EMEMORY);
        recorder_free(&r);
    }
    test_free((char *)in.data);
}

/* --- writing --- */

/* Written data is read as the same again. */
static void values_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        struct pyro_slice in = unhex(golden[i].hex);
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        struct recorder r;
        recorder_init(&r);
        M->open(&w, &out, &r.err);
        assert_int_equal(pyro_codec_read(M, in, &w.sink, &r.err), PYRO_OK);
        assert_int_equal(w.depth, 0);
        assert_int_equal(pyro_codec_read(M, pyro_slice(out.data, out.length), &r.sink, &r.err),
                         PYRO_OK);
        assert_string_equal(recorded(&r), golden[i].value);
        recorder_free(&r);
        pyro_buffer_free(&out);
        test_free((char *)in.data);
    }
}

static void what_marshal_lacks_is_refused(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer w;
    struct pyro_error err;
    char digits[PYRO_MOST_DIGITS + 10];
    (void)state;
    memset(digits, '9', sizeof(digits));
    M->open(&w, &out, &err);
    assert_int_equal(w.sink.ops->datetime(&w.sink, 1), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "marshal has no datetime; msgpack and serpent have");
    assert_int_equal(w.sink.ops->date(&w.sink, 1), PYRO_ESERIALIZE);
    assert_int_equal(w.sink.ops->bigint(&w.sink, pyro_slice(digits, sizeof(digits))),
                     PYRO_ESERIALIZE);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 1), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 1), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "nested deeper than 512");
    pyro_buffer_free(&out);
}

static void what_is_too_long_is_refused(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_slice huge = {"", (size_t)INT32_MAX + 1};
    struct pyro_writer w;
    struct pyro_error err;
    (void)state;
    M->open(&w, &out, &err);
    assert_int_equal(pyro_put_str(&w.sink, huge), PYRO_ESERIALIZE);
    assert_int_equal(w.sink.ops->bytes(&w.sink, huge), PYRO_ESERIALIZE);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, huge.length), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "too long for marshal");
    assert_int_equal(out.length, 0);
}

/* Python has frozensets there, and cannot hash lists and dicts. */
static void what_is_hashed_is_written_so(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer w;
    struct pyro_error err;
    (void)state;
    M->open(&w, &out, &err);
    pyro_begin(&w.sink, PYRO_SET, 2);
    pyro_begin(&w.sink, PYRO_SET, 0);
    pyro_end(&w.sink, PYRO_SET);
    pyro_begin(&w.sink, PYRO_TUPLE, 1);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "a list cannot be a key or in a set, with marshal");
    pyro_begin(&w.sink, PYRO_SET, 0);
    pyro_end(&w.sink, PYRO_SET);
    pyro_end(&w.sink, PYRO_TUPLE);
    pyro_end(&w.sink, PYRO_SET);
    assert_hex(pyro_slice(out.data, out.length), "3c02000000"
                                                 "3e00000000"
                                                 "29013e00000000");
    pyro_buffer_truncate(&out, 0);
    pyro_begin(&w.sink, PYRO_DICT, 2);
    assert_int_equal(pyro_begin(&w.sink, PYRO_DICT, 0), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "a dict cannot be a key or in a set, with marshal");
    for (int i = 0; i < 4; i++) {
        pyro_begin(&w.sink, PYRO_SET, 0);
        pyro_end(&w.sink, PYRO_SET);
    }
    w.sink.ops->complex(&w.sink, 0, 0);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_OK);
    pyro_end(&w.sink, PYRO_LIST);
    pyro_end(&w.sink, PYRO_DICT);
    assert_hex(pyro_slice(out.data, out.length), "7b"
                                                 "3e000000003c00000000"
                                                 "3e000000003c00000000"
                                                 "7900000000000000000000000000000000"
                                                 "5b00000000"
                                                 "30");
    pyro_buffer_free(&out);
}

/* --- calls --- */

static const char *called(const char *hex)
{
    return codec_called(M, unhex(hex));
}

static void calls_are_read(void **state)
{
    (void)state;
    assert_string_equal(called(CALL), "obj.m [2 1 'a' ] {0 'k' 2 } ");
    assert_string_equal(called("a904da036f626ada016da9004e"), "obj.m (0 ) nil ");
    /* m.m('m', [1]…): names and arguments that are one object */
    assert_string_equal(called("2904da016d7200000000a9017200000000fb30"), "m.m (1 'm' ) {0 } ");
    assert_string_equal(called("a904da016d7201000000a901720100000030"),
                        "marshal data, byte 17: keyword arguments must be a dict");
}

static void bad_calls_are_refused(void **state)
{
    struct pyro_slice call = unhex(CALL);
    char hex[sizeof(CALL)];
    (void)state;
    assert_string_equal(called("2903da036f626ada016da900"),
                        "marshal data, byte 2: a call must be a tuple of four");
    assert_string_equal(called("5b04000000da036f626a"),
                        "marshal data, byte 1: a call must be a tuple of four");
    assert_string_equal(called("29044e"),
                        "marshal data, byte 2: object and method of a call must be str");
    assert_string_equal(called("a904"
                               "7200000000"),
                        "marshal data, byte 2: object and method of a call must be str");
    assert_string_equal(called("2904da016fda016d4e4e"),
                        "marshal data, byte 8: the arguments of a call must be a list or tuple");
    assert_string_equal(called("2904da016fda016da9004e4e"),
                        "marshal data, byte 11: more than one value");
    for (size_t length = 0; length < call.length; length++) {
        snprintf(hex, sizeof(hex), "%.*s", (int)(2 * length), CALL);
        assert_null(strstr(called(hex), "obj.m"));
    }
    test_free((char *)call.data);
}

static void calls_are_written(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    codec_write_call(M, &out);
    assert_hex(pyro_slice(out.data, out.length),
               "29047a036f626a7a016d290269010000007a01617b7a016b690200000030");
    pyro_buffer_free(&out);
    assert_ptr_equal(pyro_codec_find(PYRO_SERIALIZER_MARSHAL), M);
}

static void arguments_may_be_as_deep_as_other_values(void **state)
{
    (void)state;
    codec_takes_deep_arguments(M);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(malformed_data_is_refused),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(truncated_data_is_refused),
        cmocka_unit_test(bad_references_are_refused),
        cmocka_unit_test(references_do_not_multiply_without_end),
        cmocka_unit_test(references_have_a_price),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(integers_have_a_limit),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(values_are_written),
        cmocka_unit_test(what_marshal_lacks_is_refused),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(what_is_hashed_is_written_so),
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(calls_are_written),
        cmocka_unit_test(arguments_may_be_as_deep_as_other_values),
    };
    return cmocka_run_group_tests_name("marshal", tests, NULL, NULL);
}
