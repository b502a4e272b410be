#include "codec_check.h"
#include "value/integer.h"

#define M (&pyro_codec_msgpack)
#define TYPED (&pyro_codec_msgpack_typed)

/* Texts that Pyro4 4.82 makes of values, and what is to be read from that. */
static const struct {
    const char *hex, *value;
} golden[] = {
    {"c0", "nil "},
    {"c3", "true "},
    {"c2", "false "},
    {"01", "1 "},
    {"ff", "-1 "},
    {"c7163131313830353931363230373137343131333033343234", "big:1180591620717411303424 "},
    {"cf8000000000000000", "big:9223372036854775808 "},
    {"cfffffffffffffffff", "big:18446744073709551615 "},
    {"c714313138343436373434303733373039353531363136", "big:18446744073709551616 "},
    {"c714312d39323233333732303336383534373735383039", "big:-9223372036854775809 "},
    {"cb3ff8000000000000", "1.5f "},
    {"cb7ff0000000000000", "inff "},
    {"cb4341c37937e08000", "10000000000000000f "},
    {"a178", "'x' "},
    {"a2c3a9", "'\xc3\xa9' "},
    {"a0", "'' "},
    {"c400", "b'' "},
    {"c40200ff", "b'00ff' "},
    {"90", "[0 ] "},
    {"9101", "[1 1 ] "},
    {"80", "{0 } "},
    {"81a16101", "{1 'a' 1 } "},
    {"810102", "{1 1 2 } "},
    {"d83000000000000008400000000000001040", "complex:3,4 "},
    {"d92430303030303030302d303030302d303030302d303030302d303030303030303030303035",
     "'00000000-0000-0000-0000-000000000005' "},
    {"d732190040695783d741", "datetime:1577934245.000006 "},
    {"d73392400b0000000000", "date:737426 "},
    {"82a95f5f636c6173735f5fae5079726f342e636f72652e555249a5737461746595a45059524fa16fc0a16801",
     "{2 '__class__' 'Pyro4.core.URI' 'state' [5 'PYRO' 'o' nil 'h' 1 ] } "},
};

/* Forms that Pyro4 does not write, but other encoders do. */
static const struct {
    const char *hex, *value;
} others[] = {
    {"ca3fc00000", "1.5f "},
    {"cc80", "128 "},
    {"cdffff", "65535 "},
    {"ceffffffff", "4294967295 "},
    {"cf7fffffffffffffff", "9223372036854775807 "},
    {"d080", "-128 "},
    {"d18000", "-32768 "},
    {"d280000000", "-2147483648 "},
    {"d38000000000000000", "-9223372036854775808 "},
    {"d900", "'' "},
    {"da000161", "'a' "},
    {"db0000000161", "'a' "},
    {"c500017f", "b'7f' "},
    {"c6000000017f", "b'7f' "},
    {"dc000101", "[1 1 ] "},
    {"dd0000000101", "[1 1 ] "},
    {"dd00000000", "[0 ] "},
    {"de00010102", "{1 1 2 } "},
    {"df000000010102", "{1 1 2 } "},
    {"939080c0", "[3 [0 ] {0 } nil ] "},
    {"d43135", "5 "},
    {"d5312d37", "-7 "},
    {"d5313037", "7 "},
    {"c7133139323233333732303336383534373735383037", "9223372036854775807 "},
    {"c7133139323233333732303336383534373735383038", "big:9223372036854775808 "},
    {"c714312d39323233333732303336383534373735383038", "-9223372036854775808 "},
};

static void reads(const char *hex, const char *value)
{
    codec_reads(M, unhex(hex), value);
}

static void refuses(const char *hex, const char *message)
{
    codec_refuses(M, unhex(hex), message);
}

/* --- reading --- */

static void recorded_values_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++)
        reads(golden[i].hex, golden[i].value);
}

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(others); i++)
        reads(others[i].hex, others[i].value);
}

static void malformed_data_is_refused(void **state)
{
    (void)state;
    refuses("", "msgpack data cut short");
    refuses("c1", "malformed msgpack data");
    refuses("91c1", "malformed msgpack data");
    refuses("0102", "1 bytes left over after the msgpack data");
    refuses("900102", "2 bytes left over after the msgpack data");
    refuses("a1ff", "msgpack str is not valid UTF-8");
    refuses("a3eda080", "msgpack str is not valid UTF-8");
    refuses("81a1ff01", "msgpack str is not valid UTF-8");
    refuses("d40500", "invalid ext code for msgpack: 5");
    refuses("d4ff00", "invalid ext code for msgpack: -1");
    refuses("c70030", "malformed extension value");
    refuses("d43000", "malformed extension value");
    refuses("d63200000000", "malformed extension value");
    refuses("d63300000000", "malformed extension value");
    refuses("d8330000000000000000000000000000000000", "malformed extension value");
    refuses("c70031", "malformed big integer");
    refuses("d4312d", "malformed big integer");
    refuses("d43178", "malformed big integer");
    refuses("d5312b37", "malformed big integer");
    refuses("d5313120", "malformed big integer");
    refuses("d6312d312d31", "malformed big integer");
    refuses("c714313030303030303030303030303030303030303031", "malformed big integer");
}

static void lying_lengths_are_refused(void **state)
{
    (void)state;
    refuses("dd0fffffff", "msgpack container is longer than the message");
    refuses("ddffffffff", "msgpack container is longer than the message");
    refuses("dfffffffff", "msgpack container is longer than the message");
    refuses("dcffff00", "msgpack container is longer than the message");
    refuses("93dd00000009", "msgpack container is longer than the message");
    refuses("92950000009500", "msgpack container is longer than the message"); /* together */
    refuses("dbffffffff61", "msgpack data cut short");
    refuses("c6ffffffff61", "msgpack data cut short");
    refuses("c9fffffffe3161", "msgpack data cut short");
    refuses("c9ffffffff31", "malformed extension value");
    refuses("9201", "msgpack data cut short");
    refuses("8201", "msgpack data cut short");
}

static void big_integers_have_a_longest(void **state)
{
    (void)state;
    for (size_t length = PYRO_MOST_DIGITS; length <= PYRO_MOST_DIGITS + 1; length++) {
        char *data = test_malloc(4 + length);
        struct recorder r;
        memcpy(data, "\xc8\0\0\x31", 4);
        data[1] = (char)(length >> 8);
        data[2] = (char)length;
        memset(data + 4, '9', length);
        recorder_init(&r);
        assert_int_equal(pyro_codec_read(M, pyro_slice(data, 4 + length), &r.sink, &r.err),
                         length == PYRO_MOST_DIGITS ? PYRO_OK : PYRO_ESERIALIZE);
        recorder_free(&r);
        test_free(data);
    }
}

static void data_cut_anywhere_is_refused(void **state)
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
            assert_int_not_equal(strlen(r.err.message), 0);
            recorder_free(&r);
            test_free(part);
        }
        test_free((char *)in.data);
    }
}

static enum pyro_code read_nested(unsigned char head, size_t depth, struct recorder *r)
{
    struct pyro_buffer in = {.data = NULL};
    for (size_t i = 0; i + 1 < depth; i++)
        assert_true(
            pyro_buffer_append(&in, head == 0x81 ? "\x81\x01" : "\x91", head == 0x81 ? 2 : 1));
    assert_true(pyro_buffer_append(&in, "\x90", 1));
    recorder_init(r);
    enum pyro_code code = pyro_codec_read(M, pyro_slice(in.data, in.length), &r->sink, &r->err);
    pyro_buffer_free(&in);
    recorder_free(r);
    return code;
}

static void depth_is_bounded(void **state)
{
    static const unsigned char heads[] = {0x91, 0x81};
    struct recorder r;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(heads); i++) {
        assert_int_equal(read_nested(heads[i], 512, &r), PYRO_OK);
        assert_int_equal(read_nested(heads[i], 513, &r), PYRO_ESERIALIZE);
        assert_string_equal(r.err.message, "nested deeper than 512");
        assert_int_equal(read_nested(heads[i], 20000, &r), PYRO_ESERIALIZE);
        assert_string_equal(r.err.message, "nested deeper than 512");
    }
}

static void the_sinks_own_errors_are_passed_on(void **state)
{
    struct pyro_slice in = unhex("9481a161019002a162");
    (void)state;
    for (unsigned n = 1; n <= 9; n++) {
        struct recorder r;
        recorder_init(&r);
        r.fail_at = n;
        assert_int_equal(pyro_codec_read(M, in, &r.sink, &r.err), PYRO_EVALUE);
        assert_string_equal(r.err.message, "enough");
        recorder_free(&r);
    }
    test_free((char *)in.data);
}

static void the_sink_may_leave(void **state)
{
    static struct pyro_slice in;
    static struct recorder r;
    in = unhex("9481a161019002a162");
    (void)state;
    for (volatile unsigned n = 1; n <= 9; n++) {
        recorder_init(&r);
        r.fail_at = n;
        r.leave = true;
        if (setjmp(r.away) == 0) {
            pyro_codec_read(M, in, &r.sink, &r.err);
            fail();
        }
        recorder_free(&r);
    }
    test_free((char *)in.data);
}

/* --- writing --- */

/* Writes what is read from golden data, and looks whether the same comes out. */
static void recorded_values_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        struct pyro_slice in = unhex(golden[i].hex);
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        struct pyro_error err;
        TYPED->open(&w, &out, &err); /* all sorts of keys */
        assert_int_equal(pyro_codec_read(M, in, &w.sink, &err), PYRO_OK);
        assert_int_equal(w.depth, 0);
        assert_hex(pyro_slice(out.data, out.length), golden[i].hex);
        pyro_buffer_free(&out);
        test_free((char *)in.data);
    }
}

static void integers_are_written_short(void **state)
{
    static const int64_t values[] = {
        0,     127,       128,       -32,       -33,  255,   256,    -128,       -129,   65535,
        65536, INT32_MIN, INT64_MIN, INT64_MAX, 1000, -1000, 100000, 4294967296, -100000};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(values); i++) {
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        struct recorder r;
        char expected[40];
        recorder_init(&r);
        M->open(&w, &out, &r.err);
        assert_int_equal(pyro_put_int(&w.sink, values[i]), PYRO_OK);
        assert_int_equal(pyro_codec_read(M, pyro_slice(out.data, out.length), &r.sink, &r.err),
                         PYRO_OK);
        snprintf(expected, sizeof(expected), "%" PRId64 " ", values[i]);
        assert_string_equal(recorded(&r), expected);
        pyro_buffer_free(&out);
        recorder_free(&r);
    }
}

static void tuples_and_sets_are_written_as_arrays(void **state)
{
    static const enum pyro_kind kinds[] = {PYRO_LIST, PYRO_TUPLE, PYRO_SET};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(kinds); i++) {
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        M->open(&w, &out, NULL);
        assert_int_equal(pyro_begin(&w.sink, kinds[i], 1), PYRO_OK);
        assert_int_equal(pyro_put_int(&w.sink, 1), PYRO_OK);
        assert_int_equal(pyro_end(&w.sink, kinds[i]), PYRO_OK);
        assert_hex(pyro_slice(out.data, out.length), "9101");
        pyro_buffer_free(&out);
    }
}

/* Pyro's msgpack module reads no other keys, and Pyro writes no frozensets. */
static void what_pyro_lacks_is_refused(void **state)
{
    static const char keys[] =
        "msgpack has only str and bytes as keys; serpent and marshal take others";
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer w;
    struct pyro_error err;
    (void)state;
    M->open(&w, &out, &err);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 9), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_DICT, 9), PYRO_OK);
    assert_int_equal(pyro_put_text(&w.sink, "key"), PYRO_OK);
    assert_int_equal(pyro_put_int(&w.sink, 1), PYRO_OK);
    assert_int_equal(w.sink.ops->bytes(&w.sink, pyro_slice_text("key")), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_DICT, 0), PYRO_OK);
    assert_int_equal(pyro_end(&w.sink, PYRO_DICT), PYRO_OK);
    struct pyro_buffer good = out;
    for (int i = 0; i < 7; i++) {
        const struct pyro_sink_ops *ops = w.sink.ops;
        struct pyro_writer again = w;
        again.sink.err = &err;
        pyro_error_clear(&err);
        enum pyro_code code = i == 0   ? ops->nil(&again.sink)
                              : i == 1 ? ops->boolean(&again.sink, true)
                              : i == 2 ? ops->integer(&again.sink, 1)
                              : i == 3 ? ops->real(&again.sink, 1)
                              : i == 4 ? ops->date(&again.sink, 1)
                              : i == 5 ? ops->bigint(&again.sink, pyro_slice_text("1"))
                                       : ops->begin(&again.sink, PYRO_TUPLE, 0);
        assert_int_equal(code, PYRO_ESERIALIZE);
        assert_string_equal(err.message, keys);
        assert_int_equal(out.length, good.length);
    }
    assert_int_equal(pyro_end(&w.sink, PYRO_DICT), PYRO_OK);
    assert_int_equal(pyro_put_int(&w.sink, 1), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_FROZENSET, 0), PYRO_ESERIALIZE);
    assert_string_equal(err.message,
                        "don't know how to serialize class <class 'frozenset'> using serializer "
                        "MsgpackSerializer; serpent and marshal can");
    pyro_buffer_free(&out);
}

static void kinds_are_written_typed(void **state)
{
    static const struct {
        enum pyro_kind kind;
        const char *hex, *value;
    } kinds[] = {
        {PYRO_LIST, "9101", "[1 1 ] "},
        {PYRO_TUPLE, "92d4340101", "[2 1 ) "},
        {PYRO_SET, "92d4340201", "[2 1 > "},
        {PYRO_FROZENSET, "92d4340301", "[2 1 ! "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(kinds); i++) {
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        TYPED->open(&w, &out, NULL);
        assert_int_equal(pyro_begin(&w.sink, kinds[i].kind, 1), PYRO_OK);
        assert_int_equal(pyro_put_int(&w.sink, 1), PYRO_OK);
        assert_int_equal(pyro_end(&w.sink, kinds[i].kind), PYRO_OK);
        assert_hex(pyro_slice(out.data, out.length), kinds[i].hex);
        reads(kinds[i].hex, kinds[i].value);
        pyro_buffer_free(&out);
    }
    reads("91d43401", "[1 ) "); /* empty */
    reads("8292d4340101c091d4340201", "{2 [2 1 ) nil [1 > 1 } ");
    reads("93d4340193d4340292d4340301c091d43401", "[3 [3 [2 1 ! nil > [1 ) ) ");
}

/* It is taken only as the first item of an array. */
static void misplaced_kinds_are_refused(void **state)
{
    (void)state;
    refuses("d43401", "malformed extension value");
    refuses("91d43400", "malformed extension value");
    refuses("91d43404", "malformed extension value");
    refuses("91d434ff", "malformed extension value");
    refuses("91c70034", "malformed extension value");
    refuses("92d5340101c0", "malformed extension value");
    refuses("92c0d43401", "malformed extension value");
    refuses("92d43401d43401", "malformed extension value");
    refuses("9290d43401", "malformed extension value");
    refuses("9291c0d43401", "malformed extension value");
    refuses("81d4340101", "malformed extension value");
    refuses("8101d43401", "malformed extension value");
    refuses("9280d43401", "malformed extension value");
    refuses("92d43401", "msgpack data cut short");
}

static void written_depth_is_bounded(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer w;
    struct pyro_error err;
    (void)state;
    M->open(&w, &out, &err);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(&w.sink, i % 2 ? PYRO_TUPLE : PYRO_LIST, 1), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "nested deeper than 512");
    assert_int_equal(pyro_end(&w.sink, PYRO_TUPLE), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_OK);
    pyro_buffer_free(&out);
}

static void what_is_too_long_is_refused(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_slice huge = {"", (size_t)(UINT64_C(1) << 32)};
    struct pyro_writer w;
    struct pyro_error err;
    (void)state;
    if (huge.length == 0) /* nothing is that long here */
        return;
    M->open(&w, &out, &err);
    assert_int_equal(pyro_put_str(&w.sink, huge), PYRO_ESERIALIZE);
    assert_int_equal(w.sink.ops->bytes(&w.sink, huge), PYRO_ESERIALIZE);
    assert_int_equal(w.sink.ops->bigint(&w.sink, huge), PYRO_ESERIALIZE);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, huge.length), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "too long for msgpack");
    assert_int_equal(out.length, 0);
}

static void lack_of_memory_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        struct pyro_slice in = unhex(golden[i].hex);
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        struct pyro_error err;
        for (unsigned long n = 1; n < 4; n++) {
            TYPED->open(&w, &out, &err);
            pyro_memory_fail_at(n);
            enum pyro_code code = pyro_codec_read(M, in, &w.sink, &err);
            pyro_memory_fail_at(0);
            assert_int_equal(code, n == 1 ? PYRO_EMEMORY : PYRO_OK);
            pyro_buffer_free(&out);
        }
        test_free((char *)in.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_values_are_read),
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(malformed_data_is_refused),
        cmocka_unit_test(lying_lengths_are_refused),
        cmocka_unit_test(big_integers_have_a_longest),
        cmocka_unit_test(data_cut_anywhere_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(the_sinks_own_errors_are_passed_on),
        cmocka_unit_test(the_sink_may_leave),
        cmocka_unit_test(recorded_values_are_written),
        cmocka_unit_test(integers_are_written_short),
        cmocka_unit_test(tuples_and_sets_are_written_as_arrays),
        cmocka_unit_test(what_pyro_lacks_is_refused),
        cmocka_unit_test(kinds_are_written_typed),
        cmocka_unit_test(misplaced_kinds_are_refused),
        cmocka_unit_test(written_depth_is_bounded),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(lack_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
