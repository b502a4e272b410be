#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "serpent_golden.h"
#include "value/tree.h"

#define B (&pyro_codec_serpent_bytes)

static struct pyro_error err;
static struct pyro_buffer out;
static struct pyro_writer w;

/* Begins to write anew, and returns where to. */
static struct pyro_sink *writing(void)
{
    pyro_buffer_free(&out);
    S->open(&w, &out, &err);
    return &w.sink;
}

/* Begins anew in a buffer of 256 bytes, of which some are written. */
static void fill(size_t filled)
{
    writing();
    assert_non_null(pyro_buffer_reserve(&out, 256));
    memset(out.data, 0, 256);
    out.length = filled;
}

static void assert_written(enum pyro_code code, const char *text)
{
    assert_int_equal(code, PYRO_OK);
    assert_true(pyro_buffer_append(&out, "", 1));
    assert_string_equal(out.data + strlen(COMMENT), text);
}

static void assert_refused(enum pyro_code code, const char *message)
{
    assert_int_equal(code, PYRO_ESERIALIZE);
    assert_string_equal(err.message, message);
}

/* Writes what is read from serpent data behind a prefix; what was written, or the message. */
static const char *rewritten(const struct pyro_codec *codec, const char *text)
{
    static char result[PYRO_ERROR_SIZE];
    assert_true(pyro_buffer_append(&out, "header", 6));
    codec->open(&w, &out, &err);
    if (pyro_codec_read(codec, pyro_slice_text(text), &w.sink, &err) == PYRO_OK) {
        assert_int_equal(w.depth, 0);
        assert_memory_equal(out.data, "header" COMMENT, strlen("header" COMMENT));
        snprintf(result, sizeof(result), "%.*s", (int)(out.length - strlen("header" COMMENT)),
                 out.data + strlen("header" COMMENT));
    } else {
        assert_int_equal(err.code, PYRO_ESERIALIZE);
        snprintf(result, sizeof(result), "%s", err.message);
    }
    pyro_buffer_free(&out);
    return result;
}

/* --- values --- */

static void recorded_values_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++)
        assert_string_equal(rewritten(S, golden[i].text), golden[i].text);
}

static void bytes_are_written_as_literals_where_peers_take_them(void **state)
{
    (void)state;
    assert_string_equal(rewritten(B, "{'data': 'AP8=', 'encoding': 'base64'}"), "b'\\x00\\xff'");
    assert_string_equal(rewritten(B, "b''"), "b''");
    assert_string_equal(rewritten(B, "b'a\\t\\n\\r\\\\\"\\x7f\\xc2\\x80'"),
                        "b'a\\t\\n\\r\\\\\"\\x7f\\xc2\\x80'");
    assert_string_equal(rewritten(B, "[b\"it's\", b'\\'\"']"), "[b\"it's\",b'\\'\"']");
    assert_string_equal(rewritten(B, "{b'a':{(b'b',)}}"), "{b'a':{(b'b',)}}");
    assert_string_equal(rewritten(B, "'\xc3\xa9'"), "'\xc3\xa9'");
}

static void empty_sets_are_written_as_tuples(void **state)
{
    (void)state;
    assert_string_equal(rewritten(S, "set()"), "()");
    assert_string_equal(rewritten(S, "[set(),{1:set()},(set(),)]"), "[(),{1:()},((),)]");
}

static void negative_zero_in_a_complex_number_can_be_read(void **state)
{
    (void)state;
    assert_string_equal(rewritten(S, "(3.0+-0.0j)"), "(3.0-0.0j)");
    assert_string_equal(rewritten(S, "[-0j, 1+0j]"), "[(-0.0-0.0j),(1.0+0.0j)]");
}

/* Each part in turn is where the quotes are chosen, and where runs begin and end. */
static void long_texts_are_read_back(void **state)
{
    static const char *const parts[] = {"plain text", "'",        "\"", "\\",
                                        "\xc3\xa9",   "\xc2\xad", "\n"};
    (void)state;
    for (size_t length = 1; length < 3000; length = length * 3 / 2 + 1) {
        struct pyro_buffer text = {.data = NULL};
        struct pyro_tree tree;
        for (size_t i = 0; i < length; i++) {
            const char *part = parts[i * i % PYRO_COUNT(parts)];
            assert_true(pyro_buffer_append(&text, part, strlen(part)));
        }
        writing();
        pyro_tree_init(&tree, &err);
        assert_int_equal(pyro_put_str(&w.sink, pyro_slice(text.data, text.length)), PYRO_OK);
        assert_int_equal(pyro_codec_read(S, pyro_slice(out.data, out.length), &tree.sink, &err),
                         PYRO_OK);
        assert_int_equal(tree.root.u.of.items[0].u.text.length, text.length);
        assert_memory_equal(tree.root.u.of.items[0].u.text.data, text.data, text.length);
        pyro_tree_free(&tree);
        pyro_buffer_free(&text);
        pyro_buffer_free(&out);
    }
}

static void long_bytes_are_read_back(void **state)
{
    (void)state;
    for (size_t length = 0; length < 200000; length = length * 2 + 1) {
        struct pyro_tree tree;
        char *data = test_malloc(length + 1);
        for (size_t i = 0; i < length; i++)
            data[i] = (char)(i * i % 251);
        writing();
        pyro_tree_init(&tree, &err);
        assert_int_equal(w.sink.ops->bytes(&w.sink, pyro_slice(data, length)), PYRO_OK);
        assert_int_equal(pyro_codec_read(S, pyro_slice(out.data, out.length), &tree.sink, &err),
                         PYRO_OK);
        assert_int_equal(tree.root.u.of.items[0].type, PYRO_BYTES);
        assert_int_equal(tree.root.u.of.items[0].u.text.length, length);
        assert_memory_equal(tree.root.u.of.items[0].u.text.data, data, length);
        pyro_tree_free(&tree);
        pyro_buffer_free(&out);
        test_free(data);
    }
}

/* As Python's isoformat() writes them. */
static void dates_are_written_as_texts(void **state)
{
    static const char range[] = "a date outside the years 1 to 9999";
    const struct pyro_sink_ops *ops = writing()->ops;
    (void)state;
    assert_int_equal(setenv("TZ", "XXX-2", 1), 0);
    tzset();
    assert_written(ops->datetime(writing(), 1577934245.000006), "'2020-01-02T05:04:05.000006'");
    assert_written(ops->datetime(writing(), 0), "'1970-01-01T02:00:00'");
    assert_written(ops->datetime(writing(), -0.25), "'1970-01-01T01:59:59.750000'");
    assert_written(ops->datetime(writing(), 0.9999997), "'1970-01-01T02:00:01'");
    assert_written(ops->datetime(writing(), -62135596800.0), "'0001-01-01T02:00:00'");
    assert_refused(ops->datetime(writing(), -62135604001.0), range);
    assert_refused(ops->datetime(writing(), 253402293600.0), range);
    assert_refused(ops->datetime(writing(), 1e300), range);
    assert_refused(ops->datetime(writing(), NAN), range);
    assert_written(ops->date(writing(), 737426), "'2020-01-02'");
    assert_written(ops->date(writing(), 1), "'0001-01-01'");
    assert_written(ops->date(writing(), 3652059), "'9999-12-31'");
    assert_refused(ops->date(writing(), 0), range);
    assert_refused(ops->date(writing(), 3652060), range);
    pyro_buffer_free(&out);
}

static void what_python_could_not_read_is_refused(void **state)
{
    static const char *const openings[] = {"a list", "a tuple", "a set", "a frozenset", "a dict"};
    const struct pyro_sink_ops *ops = writing()->ops;
    char message[80];
    (void)state;
    assert_refused(ops->complex(writing(), NAN, 1),
                   "a complex number with NaN cannot travel with serpent");
    assert_refused(ops->complex(writing(), 1, NAN),
                   "a complex number with NaN cannot travel with serpent");
    pyro_begin(writing(), PYRO_SET, 1);
    assert_refused(pyro_put_real(&w.sink, NAN), "NaN cannot be a key or in a set, with serpent");
    pyro_begin(writing(), PYRO_DICT, 1);
    assert_refused(ops->bytes(&w.sink, pyro_slice_text("x")),
                   "bytes cannot be a key or in a set, with serpent; marshal can have that");
    for (int kind = PYRO_LIST; kind <= PYRO_DICT; kind++) {
        bool marshal_can = kind == PYRO_SET || kind == PYRO_FROZENSET;
        snprintf(message, sizeof(message), "%s cannot be a key or in a set, with serpent%s",
                 openings[kind], marshal_can ? "; marshal can have that" : "");
        pyro_begin(writing(), PYRO_DICT, 1);
        pyro_begin(&w.sink, PYRO_TUPLE, 1);
        enum pyro_code code = pyro_begin(&w.sink, (enum pyro_kind)kind, 0);
        if (kind == PYRO_TUPLE)
            assert_int_equal(code, PYRO_OK);
        else
            assert_refused(code, message);
    }
    pyro_buffer_free(&out);
}

static void written_depth_is_bounded(void **state)
{
    (void)state;
    writing();
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 1), PYRO_OK);
    assert_refused(pyro_begin(&w.sink, PYRO_LIST, 0), "nested deeper than 512");
    assert_int_equal(pyro_end(&w.sink, PYRO_LIST), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_OK);
    pyro_buffer_free(&out);
}

/* A buffer grows now and then: filled to any length before, it does so at every point. */
static void lack_of_memory_is_an_error(void **state)
{
    unsigned long failures = 0;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        for (size_t filled = 0; filled < 256; filled++) {
            fill(filled);
            pyro_memory_fail_at(1);
            enum pyro_code code =
                pyro_codec_read(S, pyro_slice_text(golden[i].text), &w.sink, &err);
            pyro_memory_fail_at(0);
            assert_true(code == PYRO_OK || code == PYRO_EMEMORY);
            failures += code == PYRO_EMEMORY;
        }
    }
    assert_in_range(failures, PYRO_COUNT(golden) * 20, PYRO_COUNT(golden) * 256);
    pyro_buffer_free(&out);
}

/* --- calls --- */

/* The call obj.m(1, 'a', k=2), as Pyro4 4.82 encodes it. */
#define CALL COMMENT "('obj','m',(1,'a'),{'k':2})"

static enum pyro_code write_call(void)
{
    struct pyro_sink *to = &w.sink;
    enum pyro_code code;
    if ((code = S->call_begin(&w, pyro_slice_text("obj"), pyro_slice_text("m"))) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, 2)) != PYRO_OK ||
        (code = pyro_put_int(to, 1)) != PYRO_OK || (code = pyro_put_text(to, "a")) != PYRO_OK ||
        (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_DICT, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "k")) != PYRO_OK || (code = pyro_put_int(to, 2)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_DICT)) != PYRO_OK)
        return code;
    return S->call_end(&w);
}

static void calls_are_written_as_pyro_does(void **state)
{
    (void)state;
    for (size_t filled = 0; filled < 256; filled++) {
        fill(filled);
        pyro_memory_fail_at(1);
        enum pyro_code code = write_call();
        pyro_memory_fail_at(0);
        assert_true(code == PYRO_EMEMORY || (code == PYRO_OK && filled + strlen(CALL) <= 256));
    }
    writing();
    assert_written(write_call(), "('obj','m',(1,'a'),{'k':2})");
    pyro_buffer_free(&out);
}

static const char *called(const char *text)
{
    return codec_called(S, exact_text(text));
}

static void calls_are_read(void **state)
{
    (void)state;
    assert_string_equal(called(CALL), "obj.m (0 1 'a' ) {0 'k' 2 } ");
    assert_string_equal(called("('o','m',(),None)"), "o.m (0 ) nil ");
    assert_string_equal(called("( \"o\" ,\n'm',\n[ 1 ] , { } , ) # end"), "o.m [0 1 ] {0 } ");
    assert_string_equal(called("('','',(),{})"), ". (0 ) {0 } ");
    assert_string_equal(called("('o','m',((1,),),{(1,):2})"), "o.m (0 (0 1 ) ) {0 (0 1 ) 2 } ");
}

/* Decoded data stays where it is while more is. */
static void escaped_names_of_calls_are_read(void **state)
{
    char text[4000] = "('o\\x41','m' '\\x42',('\\n',", expected[4000] = "oA.mB (0 '\n' ";
    (void)state;
    for (int i = 0; i < 20; i++) {
        strcat(text, "'a\\x42',");
        strcat(expected, "'aB' ");
    }
    strcat(text, "),{'\\x43':{'data': 'AP8=', 'encoding': 'base64'}})");
    strcat(expected, ") {0 'C' b'00ff' } ");
    assert_string_equal(called(text), expected);
    assert_string_equal(called("('o','m\\x41',('\\x42',),{})"), "o.mA (0 'B' ) {0 } ");
    assert_string_equal(called("('o\\x41','m',('\\x42',),{})"), "oA.m (0 'B' ) {0 } ");
}

/* Named so by chance. */
static void keyword_arguments_are_a_dict_always(void **state)
{
    (void)state;
    assert_string_equal(called("('o','m',(),{'data': 'AP8=', 'encoding': 'base64'})"),
                        "o.m (0 ) {0 'data' 'AP8=' 'encoding' 'base64' } ");
    assert_string_equal(called("('o','m',(),{'__class__':'float','value':'nan'})"),
                        "o.m (0 ) {0 '__class__' 'float' 'value' 'nan' } ");
}

static void bad_calls_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "line 1, column 1: cut short"},
        {"None", "line 1, column 1: a call must be a tuple of four"},
        {"['o','m',(),{}]", "line 1, column 1: a call must be a tuple of four"},
        {"('o',)", "line 1, column 6: a value was expected"},
        {"('o','m')", "line 1, column 9: a call must be a tuple of four"},
        {"('o','m',())", "line 1, column 12: a call must be a tuple of four"},
        {"('o','m',(),{},1)", "line 1, column 16: a call must be a tuple of four"},
        {"('o','m',(),{}", "line 1, column 15: cut short"},
        {"('o','m',(),{}) 1", "line 1, column 17: the end was expected"},
        {"(1,'m',(),{})", "line 1, column 3: object and method of a call must be str"},
        {"('o',b'm',(),{})", "line 1, column 10: object and method of a call must be str"},
        {"('o',None,(),{})", "line 1, column 10: object and method of a call must be str"},
        {"('o','m',1,{})", "line 1, column 10: the arguments of a call must be a list or tuple"},
        {"('o','m',(1),{})", "line 1, column 12: the arguments of a call must be a list or tuple"},
        {"('o','m',{},{})", "line 1, column 10: the arguments of a call must be a list or tuple"},
        {"('o','m',(),[])", "line 1, column 13: keyword arguments must be a dict"},
        {"('o','m',(),())", "line 1, column 13: keyword arguments must be a dict"},
        {"('o','m',(),{1})", "line 1, column 15: keyword arguments must be a dict"},
        {"('o','m',(),{(1,)})", "line 1, column 14: keyword arguments must be a dict"},
        {"('o','m',(),set())", "line 1, column 13: keyword arguments must be a dict"},
        {"('o','m',(),Nothing)", "line 1, column 13: a value was expected"},
        {"# x\n('o','m',\n(1,x),{})", "line 3, column 4: a value was expected"},
    };
    char message[100];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        snprintf(message, sizeof(message), "serpent %s", bad[i].message);
        assert_string_equal(called(bad[i].text), message);
    }
}

static void calls_cut_anywhere_are_refused(void **state)
{
    char text[] = CALL;
    (void)state;
    for (size_t length = strlen(CALL); length-- > 0;) {
        text[length] = '\0';
        if (!strstr(called(text), ": cut short"))
            fail_msg("%s: %s", text, called(text));
    }
}

static void arguments_may_be_as_deep_as_other_values(void **state)
{
    (void)state;
    codec_takes_deep_arguments(S);
}

static void codecs_are_found(void **state)
{
    (void)state;
    assert_ptr_equal(pyro_codec_find(PYRO_SERIALIZER_SERPENT), S);
    assert_string_equal(S->name, "serpent");
    assert_string_equal(B->name, "serpent");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_values_are_written),
        cmocka_unit_test(bytes_are_written_as_literals_where_peers_take_them),
        cmocka_unit_test(empty_sets_are_written_as_tuples),
        cmocka_unit_test(negative_zero_in_a_complex_number_can_be_read),
        cmocka_unit_test(long_texts_are_read_back),
        cmocka_unit_test(long_bytes_are_read_back),
        cmocka_unit_test(dates_are_written_as_texts),
        cmocka_unit_test(what_python_could_not_read_is_refused),
        cmocka_unit_test(written_depth_is_bounded),
        cmocka_unit_test(lack_of_memory_is_an_error),
        cmocka_unit_test(calls_are_written_as_pyro_does),
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(escaped_names_of_calls_are_read),
        cmocka_unit_test(keyword_arguments_are_a_dict_always),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(calls_cut_anywhere_are_refused),
        cmocka_unit_test(arguments_may_be_as_deep_as_other_values),
        cmocka_unit_test(codecs_are_found),
    };
    return cmocka_run_group_tests_name("codec serpent writing", tests, NULL, NULL);
}
