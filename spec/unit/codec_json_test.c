#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "codec_check.h"

#define J (&pyro_codec_json)

/* The call obj.m(1, 'a', k=2), as Pyro encodes it. */
#define CALL                                                                                       \
    "{\"object\": \"obj\", \"method\": \"m\", \"params\": [1, \"a\"], \"kwargs\": {\"k\": 2}}"

/* Texts that Pyro4 4.82 and Pyro5 make of values, and what is to be read from that. */
static const struct {
    const char *text, *value;
} golden[] = {
    {"null", "nil "},
    {"true", "true "},
    {"false", "false "},
    {"1", "1 "},
    {"-1", "-1 "},
    {"9223372036854775807", "9223372036854775807 "},
    {"9223372036854775808", "big:9223372036854775808 "},
    {"-9223372036854775808", "-9223372036854775808 "},
    {"-9223372036854775809", "big:-9223372036854775809 "},
    {"18446744073709551616", "big:18446744073709551616 "},
    {"1180591620717411303424", "big:1180591620717411303424 "},
    {"1000000000000000000", "1000000000000000000 "},
    {"1.5", "1.5f "},
    {"-0.0", "-0f "},
    {"Infinity", "inff "},
    {"-Infinity", "-inff "},
    {"NaN", "nanf "},
    {"1e+16", "10000000000000000f "},
    {"5e-324", "4.9406564584124654e-324f "},
    {"1.2345678901234567e+30", "1.2345678901234567e+30f "},
    {"\"x\"", "'x' "},
    {"\"\"", "'' "},
    {"\"\xc3\xa9\xf0\x9f\x98\x80\x7f\"", "'\xc3\xa9\xf0\x9f\x98\x80\x7f' "},
    {"\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\"", "'\"\\/\b\f\n\r\t\x01\x1f' "},
    {"[]", "[0 ] "},
    {"[1]", "[1 1 ] "},
    {"{}", "{0 } "},
    {"{\"a\": 1}", "{1 'a' 1 } "},
    {"[[], {}, [{\"a\": null, \"b\": [1, 18446744073709551615]}], -7]",
     "[4 [0 ] {0 } [1 {2 'a' nil 'b' [2 1 big:18446744073709551615 ] } ] -7 ] "},
    {"{\"__class__\": \"Pyro5.core.URI\", \"state\": [\"PYRO\", \"o\", null, \"h\", 1]}",
     "{2 '__class__' 'Pyro5.core.URI' 'state' [5 'PYRO' 'o' nil 'h' 1 ] } "},
};

/* Forms that Pyro does not write, but other encoders do. */
static const struct {
    const char *text, *value;
} others[] = {
    {" \t\r\n[1,2 ,\n3] ", "[3 1 2 3 ] "},
    {"{\"a\":{\"b\":[]}}", "{1 'a' {1 'b' [0 ] } } "},
    {"\"\\/\\u0041\\u00e9\\u20AC\\uffff\"", "'/A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf' "},
    {"\"\\ud83d\\ude00 \\uD834\\uDD1E\"", "'\xf0\x9f\x98\x80 \xf0\x9d\x84\x9e' "},
    {"\"\\ud976\\udfda\"", "'\xf1\xad\xaf\x9a' "}, /* json-c 0.16 itself makes it U+FFFD */
    {"\"\\ud800\\udc00\\udbff\\udfff\"", "'\xf0\x90\x80\x80\xf4\x8f\xbf\xbf' "},
    {"{\"\\ud83d\\ude00\":12345678901234567890}",
     "{1 '\xf0\x9f\x98\x80' big:12345678901234567890 } "},
    {"\"\\\\ud800\"", "'\\ud800' "},
    {"\"12345678901234567890\"", "'12345678901234567890' "},
    {"\"\\\"12345678901234567890\"", "'\"12345678901234567890' "},
    {"-0", "0 "},
    {"1E2", "100f "},
    {"1e5", "100000f "},
    {"1e400", "inff "},
    {"-1e400", "-inff "},
    {"15E00", "15f "},
    {"12345678901234567890.0", "1.2345678901234567e+19f "},
    {"12345678901234567890e0", "1.2345678901234567e+19f "},
    {"12345678901234567890E00", "big:12345678901234567890 "},
    {"0.12345678901234567890123", "0.12345678901234568f "},
    {"1e0000000000000000000000001", "10f "},
    {"[12345678901234567890,-12345678901234567890,1]",
     "[3 big:12345678901234567890 big:-12345678901234567890 1 ] "},
    {"12345678901234567890 ", "big:12345678901234567890 "},
    {"{\"a\": 1, \"b\": 2, \"a\": 3}", "{2 'a' 3 'b' 2 } "},
    {"\" a\nb\t\"", "' a\nb\t' "},
};

static enum pyro_code read_text(const char *text, struct recorder *r)
{
    return codec_read(J, exact_text(text), r);
}

static void reads(const char *text, const char *value)
{
    codec_reads(J, exact_text(text), value);
}

static void refuses(const char *text, const char *message)
{
    codec_refuses(J, exact_text(text), message);
}

/* --- reading --- */

static void recorded_values_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++)
        reads(golden[i].text, golden[i].value);
}

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(others); i++)
        reads(others[i].text, others[i].value);
}

#define BAD(place, why) "malformed json at byte " place ": " why
#define UNEXPECTED(place) BAD(place, "unexpected character")

static void malformed_data_is_refused(void **state)
{
    (void)state;
    refuses("", "json data cut short");
    refuses("  ", "json data cut short");
    refuses("[", "json data cut short");
    refuses("\"a", "json data cut short");
    refuses("\"\\", "json data cut short");
    refuses("\"\\u00", "json data cut short");
    refuses("[1,]", UNEXPECTED("4"));
    refuses("{\"a\":1,}", UNEXPECTED("8"));
    refuses("{1:2}", BAD("2", "quoted object property name expected"));
    refuses("{\"a\"}", BAD("5", "object property name separator ':' expected"));
    refuses("[1 2]", BAD("4", "array value separator ',' expected"));
    refuses("[1] x", UNEXPECTED("5"));
    refuses("[12345678901234567890] x", UNEXPECTED("24"));
    refuses("[] 12345678901234567890", UNEXPECTED("4"));
    refuses("12345678901234567890 12345678901234567890", UNEXPECTED("22"));
    refuses("1 2", UNEXPECTED("3"));
    refuses("nil", BAD("2", "null expected"));
    refuses("True", BAD("1", "boolean expected"));
    refuses("'a'", UNEXPECTED("1"));
    refuses("/* c */ 1", UNEXPECTED("1"));
    refuses("0x10", UNEXPECTED("2"));
    refuses("+1", UNEXPECTED("1"));
    refuses(".5", UNEXPECTED("1"));
    refuses("\"\\x41\"", BAD("3", "invalid string sequence"));
    refuses("\"\\u00g0\"", BAD("6", "invalid string sequence"));
    refuses("\"\xff\"", "json is not valid UTF-8");
    refuses("\"\xed\xa0\x80\"", "json is not valid UTF-8");
    refuses("[01]", BAD("2", "a number with leading zeros"));
    refuses("-00012345678901234567890", BAD("2", "a number with leading zeros"));
}

static void halves_of_surrogate_pairs_are_refused(void **state)
{
    (void)state;
    refuses("\"\\ud800\"", BAD("2", "half of a surrogate pair"));
    refuses("\"a\\udc00\"", BAD("3", "half of a surrogate pair"));
    refuses("\"\\udc00\\ud800\"", BAD("2", "half of a surrogate pair"));
    refuses("\"\\ud800\\ud800\\udc00\"", BAD("2", "half of a surrogate pair"));
    refuses("\"\\ud800\\u0041\"", BAD("2", "half of a surrogate pair"));
    refuses("\"\\ud800\\n\"", BAD("2", "half of a surrogate pair"));
    refuses("\"\\udbff\\udfff\\udfff\"", BAD("14", "half of a surrogate pair"));
    refuses("{\"\\uDFFF\": 1}", BAD("3", "half of a surrogate pair"));
}

static void nul_bytes_are_refused(void **state)
{
    static const char *const bad[] = {"\"a\0b\"", "1\0", "\0", "[1]\0", "[\0]"};
    static const size_t lengths[] = {5, 2, 1, 4, 3};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        struct recorder r;
        recorder_init(&r);
        assert_int_equal(pyro_codec_read(J, pyro_slice(bad[i], lengths[i]), &r.sink, &r.err),
                         PYRO_ESERIALIZE);
        assert_non_null(strstr(r.err.message, "a NUL character"));
        recorder_free(&r);
    }
}

static void integers_have_a_longest(void **state)
{
    char digits[4301 + 1];
    struct recorder r;
    (void)state;
    memset(digits, '9', sizeof(digits));
    digits[4301] = '\0';
    refuses(digits, BAD("1", "an integer of too many digits"));
    digits[4300] = '\0';
    assert_int_equal(read_text(digits, &r), PYRO_OK);
    recorder_free(&r);
}

static void what_is_too_long_is_refused(void **state)
{
    struct recorder r;
    (void)state;
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(J, pyro_slice("", (size_t)INT32_MAX + 1), &r.sink, &r.err),
                     PYRO_ESERIALIZE);
    assert_string_equal(r.err.message, "too long for json");
}

static bool is_number(const char *text)
{
    return *text == '-' || (*text >= '0' && *text <= '9');
}

static void data_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        for (size_t length = 0; length < strlen(golden[i].text); length++) {
            struct recorder r;
            char *part = exact_copy(golden[i].text, length);
            if (is_number(golden[i].text) && length > 0)
                part[length - 1] = 'e'; /* what is left of a number would be another */
            recorder_init(&r);
            assert_int_equal(pyro_codec_read(J, pyro_slice(part, length), &r.sink, &r.err),
                             PYRO_ESERIALIZE);
            assert_int_not_equal(strlen(r.err.message), 0);
            recorder_free(&r);
            test_free(part);
        }
    }
}

static enum pyro_code read_nested(const char *open, const char *close, size_t depth,
                                  struct recorder *r)
{
    struct pyro_buffer in = {.data = NULL};
    for (size_t i = 0; i < depth; i++)
        assert_true(pyro_buffer_append(&in, open, strlen(open)));
    assert_true(pyro_buffer_append(&in, "[]", strlen(close) > 0 ? 2 : 0));
    for (size_t i = 0; i < depth; i++)
        assert_true(pyro_buffer_append(&in, close, strlen(close)));
    recorder_init(r);
    enum pyro_code code = pyro_codec_read(J, pyro_slice(in.data, in.length), &r->sink, &r->err);
    pyro_buffer_free(&in);
    recorder_free(r);
    return code;
}

static void depth_is_bounded(void **state)
{
    static const char *const opens[] = {"[", "{\"a\":"}, *const closes[] = {"]", "}"};
    static const size_t depths[] = {512, 513, 514, 20000};
    struct recorder r;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(opens); i++) {
        assert_int_equal(read_nested(opens[i], closes[i], 511, &r), PYRO_OK);
        for (size_t k = 0; k < PYRO_COUNT(depths); k++) {
            assert_int_equal(read_nested(opens[i], closes[i], depths[k], &r), PYRO_ESERIALIZE);
            assert_string_equal(r.err.message, "nested deeper than 512");
        }
        assert_int_equal(read_nested(opens[i], "", 100000, &r), PYRO_ESERIALIZE);
        assert_string_equal(r.err.message, "nested deeper than 512");
    }
}

static void the_sinks_own_errors_are_passed_on(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 9; n++) {
        struct recorder r;
        recorder_init(&r);
        r.fail_at = n;
        assert_int_equal(
            pyro_codec_read(J, pyro_slice_text("[1,{\"a\":2},[],null]"), &r.sink, &r.err),
            PYRO_EVALUE);
        assert_string_equal(r.err.message, "enough");
        recorder_free(&r);
    }
}

static void the_sink_may_leave(void **state)
{
    static struct recorder r;
    static struct pyro_reading held;
    (void)state;
    for (volatile unsigned n = 1; n <= 9; n++) {
        recorder_init(&r);
        r.fail_at = n;
        r.leave = true;
        if (setjmp(r.away) == 0) {
            J->read(pyro_slice_text("[1,{\"a\":2},[],null]"), &held, &r.sink, &r.err);
            fail();
        }
        pyro_reading_free(&held);
        assert_null(held.parsed);
        recorder_free(&r);
    }
}

/* --- writing --- */

/* Writes what is read from golden data, and looks whether the same comes out. */
static void recorded_values_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        struct pyro_error err;
        J->open(&w, &out, &err);
        assert_int_equal(pyro_codec_read(J, pyro_slice_text(golden[i].text), &w.sink, &err),
                         PYRO_OK);
        assert_int_equal(w.depth, 0);
        assert_true(pyro_buffer_append(&out, "", 1));
        assert_string_equal(out.data, golden[i].text);
        pyro_buffer_free(&out);
    }
}

static struct pyro_buffer out;
static struct pyro_writer writer;
static struct pyro_error error;

static struct pyro_sink *begin_writing(void)
{
    pyro_buffer_truncate(&out, 0);
    J->open(&writer, &out, &error);
    return &writer.sink;
}

static const char *written(void)
{
    assert_true(pyro_buffer_append(&out, "", 1));
    return out.data;
}

static void tuples_and_sets_are_written_as_lists(void **state)
{
    static const enum pyro_kind kinds[] = {PYRO_LIST, PYRO_TUPLE, PYRO_SET};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(kinds); i++) {
        struct pyro_sink *to = begin_writing();
        pyro_begin(to, kinds[i], 2);
        pyro_put_int(to, 1);
        pyro_put_text(to, "a");
        pyro_end(to, kinds[i]);
        assert_string_equal(written(), "[1, \"a\"]");
    }
    pyro_buffer_free(&out);
}

static void keys_become_texts(void **state)
{
    struct pyro_sink *to = begin_writing();
    (void)state;
    pyro_begin(to, PYRO_DICT, 9);
    pyro_put_nil(to), pyro_put_nil(to);
    pyro_put_bool(to, true), pyro_put_bool(to, true);
    pyro_put_bool(to, false), pyro_put_bool(to, false);
    pyro_put_int(to, -7), pyro_put_int(to, -7);
    to->ops->bigint(to, pyro_slice_text("99999999999999999999")), pyro_put_int(to, 0);
    pyro_put_real(to, 1.5), pyro_put_real(to, 1.5);
    pyro_put_real(to, INFINITY), pyro_put_real(to, -INFINITY);
    pyro_put_real(to, NAN), pyro_put_real(to, NAN);
    pyro_put_text(to, "a\"b\n"), pyro_put_text(to, "a\"b\n");
    pyro_end(to, PYRO_DICT);
    assert_string_equal(written(),
                        "{\"null\": null, \"true\": true, \"false\": false, \"-7\": -7, "
                        "\"99999999999999999999\": 0, \"1.5\": 1.5, \"Infinity\": -Infinity, "
                        "\"NaN\": NaN, \"a\\\"b\\n\": \"a\\\"b\\n\"}");
    pyro_buffer_free(&out);
}

static void other_keys_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct pyro_sink *to = begin_writing();
        pyro_begin(to, PYRO_DICT, 1);
        enum pyro_code codes[] = {pyro_begin(to, PYRO_TUPLE, 0), pyro_begin(to, PYRO_LIST, 0),
                                  pyro_begin(to, PYRO_DICT, 0), to->ops->datetime(to, 0),
                                  to->ops->date(to, 1)};
        assert_int_equal(codes[i], PYRO_ESERIALIZE);
        assert_string_equal(
            error.message,
            "keys must be str, int, float, bool or None; serpent and marshal take others");
    }
    pyro_buffer_free(&out);
}

static void dates_are_texts(void **state)
{
    struct pyro_sink *to = begin_writing();
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    pyro_begin(to, PYRO_LIST, 2);
    assert_int_equal(to->ops->datetime(to, 1577934245.000006), PYRO_OK);
    assert_int_equal(to->ops->date(to, 737426), PYRO_OK);
    assert_int_equal(to->ops->datetime(to, 1e15), PYRO_ESERIALIZE);
    assert_string_equal(error.message, "a date outside the years 1 to 9999");
    assert_int_equal(to->ops->date(to, 0), PYRO_ESERIALIZE);
    pyro_end(to, PYRO_LIST);
    assert_string_equal(written(), "[\"2020-01-02T03:04:05.000006\", \"2020-01-02\"]");
    pyro_buffer_free(&out);
}

#define UNKNOWN(name, instead)                                                                     \
    "don't know how to serialize class <class '" name                                              \
    "'> using serializer JsonSerializer; " instead " can"

static void what_json_has_not_is_refused(void **state)
{
    struct pyro_sink *to = begin_writing();
    (void)state;
    assert_int_equal(to->ops->bytes(to, pyro_slice_text("x")), PYRO_ESERIALIZE);
    assert_string_equal(error.message, UNKNOWN("bytes", "serpent, marshal and msgpack"));
    assert_int_equal(to->ops->complex(to, 1, 2), PYRO_ESERIALIZE);
    assert_string_equal(error.message, UNKNOWN("complex", "serpent, marshal and msgpack"));
    assert_int_equal(pyro_begin(to, PYRO_FROZENSET, 0), PYRO_ESERIALIZE);
    assert_string_equal(error.message, UNKNOWN("frozenset", "serpent and marshal"));
    assert_int_equal(out.length, 0);
}

static void texts_may_be_empty_views(void **state)
{
    struct pyro_sink *to = begin_writing();
    (void)state;
    assert_int_equal(pyro_put_str(to, pyro_slice(NULL, 0)), PYRO_OK);
    assert_string_equal(written(), "\"\"");
    pyro_buffer_free(&out);
}

static void nul_is_a_character(void **state)
{
    static const char text[] = "[\"a\\u0000b\", {\"\\u0000\": 1, \"\\u0000\\u0000\": 2, "
                               "\"\\\\u0000\": \"\\u0000\", \"k\\u0000\xc3\xa9\": 4, \"k\": 5}]";
    struct pyro_sink *to = begin_writing();
    (void)state;
    assert_int_equal(pyro_codec_read(J, pyro_slice_text(text), to, &error), PYRO_OK);
    assert_string_equal(written(), text);
    pyro_buffer_free(&out);
}

static void written_depth_is_bounded(void **state)
{
    struct pyro_sink *to = begin_writing();
    (void)state;
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(to, PYRO_LIST, 1), PYRO_OK);
    assert_int_equal(pyro_begin(to, PYRO_LIST, 0), PYRO_ESERIALIZE);
    assert_string_equal(error.message, "nested deeper than 512");
    assert_int_equal(pyro_end(to, PYRO_LIST), PYRO_OK);
    assert_int_equal(pyro_begin(to, PYRO_LIST, 0), PYRO_OK);
    pyro_buffer_free(&out);
}

static void lack_of_memory_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        unsigned long n = 0;
        enum pyro_code code;
        do {
            struct pyro_sink *to = begin_writing();
            pyro_buffer_free(&out);
            pyro_memory_fail_at(++n);
            code = pyro_codec_read(J, pyro_slice_text(golden[i].text), to, &error);
            pyro_memory_fail_at(0);
        } while (code == PYRO_EMEMORY);
        assert_int_equal(code, PYRO_OK);
        assert_in_range(n, 2, 5);
    }
    struct recorder r;
    recorder_init(&r);
    pyro_memory_fail_at(2); /* behind the recorder's own */
    assert_int_equal(pyro_codec_read(J, pyro_slice_text("{\"\\u0000\": 1}"), &r.sink, &r.err),
                     PYRO_EMEMORY);
    pyro_memory_fail_at(0);
    recorder_free(&r);
    pyro_buffer_free(&out);
}

/* --- calls --- */

static void calls_are_written_as_pyro_does(void **state)
{
    (void)state;
    codec_write_call(J, &out);
    assert_string_equal(written(), CALL);
    pyro_buffer_free(&out);
}

static const char *called(const char *text)
{
    return codec_called(J, exact_text(text));
}

static void calls_are_read(void **state)
{
    (void)state;
    assert_string_equal(called(CALL), "obj.m [2 1 'a' ] {1 'k' 2 } ");
    assert_string_equal(called("{\"kwargs\":null,\"params\":[],\"method\":\"m\",\"object\":\"o\"}"),
                        "o.m [0 ] nil ");
    assert_string_equal(
        called("{\"object\": \"\", \"method\": \"\\u00e9\", \"params\": [1180591620717411303424], "
               "\"kwargs\": {}, \"more\": 1}"),
        ".\xc3\xa9 [1 big:1180591620717411303424 ] {0 } ");
}

static void bad_calls_are_refused(void **state)
{
    static const char four[] = "a call must be a dict of object, method, params and kwargs",
                      names[] = "object and method of a call must be str";
    char part[sizeof(CALL)];
    (void)state;
    assert_string_equal(called("null"), four);
    assert_string_equal(called("[\"o\", \"m\", [], {}]"), four);
    assert_string_equal(called("{\"object\":\"o\",\"method\":\"m\",\"params\":[]}"), four);
    assert_string_equal(called("{\"object\":\"o\",\"method\":\"m\",\"kwargs\":{}}"), four);
    assert_string_equal(called("{\"object\":1,\"method\":\"m\",\"params\":[],\"kwargs\":{}}"),
                        names);
    assert_string_equal(called("{\"object\":\"o\",\"method\":null,\"params\":[],\"kwargs\":{}}"),
                        names);
    assert_string_equal(called("{\"object\":\"o\",\"method\":\"m\",\"params\":{},\"kwargs\":{}}"),
                        "the arguments of a call must be a list");
    assert_string_equal(called("{\"object\":\"o\",\"method\":\"m\",\"params\":null,\"kwargs\":{}}"),
                        "the arguments of a call must be a list");
    assert_string_equal(called("{\"object\":\"o\",\"method\":\"m\",\"params\":[],\"kwargs\":[]}"),
                        "keyword arguments must be a dict");
    assert_string_equal(called("{} x"), UNEXPECTED("4"));
    for (size_t length = 0; length < strlen(CALL); length++) {
        snprintf(part, sizeof(part), "%.*s", (int)length, CALL);
        assert_string_equal(called(part), "json data cut short");
    }
}

static void arguments_may_be_as_deep_as_other_values(void **state)
{
    (void)state;
    codec_takes_deep_arguments(J);
}

static void it_is_found(void **state)
{
    (void)state;
    assert_ptr_equal(pyro_codec_find(PYRO_SERIALIZER_JSON), J);
    assert_string_equal(J->name, "json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_values_are_read),
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(malformed_data_is_refused),
        cmocka_unit_test(halves_of_surrogate_pairs_are_refused),
        cmocka_unit_test(nul_bytes_are_refused),
        cmocka_unit_test(integers_have_a_longest),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(data_cut_anywhere_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(the_sinks_own_errors_are_passed_on),
        cmocka_unit_test(the_sink_may_leave),
        cmocka_unit_test(recorded_values_are_written),
        cmocka_unit_test(tuples_and_sets_are_written_as_lists),
        cmocka_unit_test(keys_become_texts),
        cmocka_unit_test(other_keys_are_refused),
        cmocka_unit_test(dates_are_texts),
        cmocka_unit_test(what_json_has_not_is_refused),
        cmocka_unit_test(texts_may_be_empty_views),
        cmocka_unit_test(nul_is_a_character),
        cmocka_unit_test(written_depth_is_bounded),
        cmocka_unit_test(lack_of_memory_is_an_error),
        cmocka_unit_test(calls_are_written_as_pyro_does),
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(arguments_may_be_as_deep_as_other_values),
        cmocka_unit_test(it_is_found),
    };
    return cmocka_run_group_tests_name("codec json", tests, NULL, NULL);
}
