#include <math.h>
#include <stdlib.h>

#include "record.h"
#include "value/number.h"
#include "value/tree.h"
#include "value/utf8.h"

/* --- UTF-8 --- */

static bool valid(const char *bytes, size_t length)
{
    char *copy = exact_copy(bytes, length);
    bool result = pyro_utf8_valid(pyro_slice(copy, length));
    test_free(copy);
    return result;
}

static void utf8_is_checked_strictly(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2g",
                                      "\xe0\x9f\xbf",
                                      "\xe2\x82",
                                      "\xe2\x82g",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x9f\x98",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xf8\x88\x80",
                                      "\xfe",
                                      "\xff"};
    char text[40];
    (void)state;
    assert_true(pyro_utf8_valid(pyro_slice(NULL, 0)));
    assert_true(valid("\0\x01\x7f", 3));
    for (size_t shift = 0; shift < 18; shift++) { /* in and after words that are all ASCII */
        memset(text, 'x', sizeof(text));
        for (size_t i = 0; i < PYRO_COUNT(good); i++) {
            memcpy(text + shift, good[i], strlen(good[i]));
            assert_true(valid(text, shift + strlen(good[i])));
        }
        for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
            memset(text + shift, 'x', sizeof(text) - shift);
            memcpy(text + shift, bad[i], strlen(bad[i]));
            assert_false(valid(text, shift + strlen(bad[i])));
            assert_false(valid(text, sizeof(text)));
        }
    }
}

/* --- numbers --- */

/* As Python's repr() writes them. */
static void reals_are_written_as_python_does(void **state)
{
    static const struct {
        double value;
        const char *text;
    } reals[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {123.456, "123.456"},
        {100.0, "100.0"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {1.5e16, "1.5e+16"},
        {1234567890123456.0, "1234567890123456.0"},
        {12345678901234567.0, "1.2345678901234568e+16"},
        {9007199254740993.0, "9007199254740992.0"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {0.00012345, "0.00012345"},
        {0x1.3333333333334p-2, "0.30000000000000004"},
        {0x1.5555555555555p-2, "0.3333333333333333"},
        {0x1.5555555555555p-1, "0.6666666666666666"},
        {1125899906842624.25, "1125899906842624.2"},
        {1125899906842624.75, "1125899906842624.8"},
        {4503599627370497.5, "4503599627370498.0"},
        {9007199254740991.0, "9007199254740991.0"},
        {0.001, "0.001"},
        {0x1p-9, "0.001953125"},
        {0x1p-7, "0.0078125"},
        {0x1.9999999999999p-4, "0.09999999999999999"},
        {0x1.c6bf52633ffffp+49, "999999999999999.9"},
        {0x1.0624dd2f1a9fdp-10, "0.0010000000000000002"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {9.5367431640625e-07, "9.5367431640625e-07"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {5e-324, "5e-324"},
        {1.5e-323, "1.5e-323"},
        {1.2345e-310, "1.2345e-310"},
        {0x1p-44, "5.684341886080802e-14"},
        {0x1p-791, "7.678447687145631e-239"},
        {0x1p1023, "8.98846567431158e+307"},
        {-1.2345678901234567e-100, "-1.2345678901234567e-100"},
        {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
    };
    char text[PYRO_REAL_SIZE];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(reals); i++) {
        assert_int_equal(pyro_real_text(reals[i].value, text), strlen(reals[i].text));
        assert_string_equal(text, reals[i].text);
    }
}

/* Powers of two, and their neighbours, are the hard cases. */
static void reals_are_read_back_as_the_same(void **state)
{
    char text[PYRO_REAL_SIZE];
    (void)state;
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double power = ldexp(1, exponent);
        double values[] = {power, nextafter(power, 0), nextafter(power, 2 * power)};
        for (size_t i = 0; i < PYRO_COUNT(values); i++) {
            assert_in_range(pyro_real_text(values[i], text), 3, 23);
            assert_true(strtod(text, NULL) == values[i]);
        }
    }
}

/* Products and quotients of whole numbers, and what the C library reads. */
static void digits_are_read_as_reals(void **state)
{
    static const struct {
        const char *digits;
        int exponent;
        double value;
    } reals[] = {
        {"0", 0, 0},
        {"0", -19, 0},
        {"0", 400, 0},
        {"15", -1, 1.5},
        {"0015", 1, 150},
        {"1", 19, 1e19},
        {"9999999999999999999", 19, 9999999999999999999e19},
        {"1", 23, 1e23},
        {"1", -19, 1e-19},
        {"1", -20, 1e-20},
        {"9007199254740993", 0, 9007199254740992.0},   /* half way, to the even one */
        {"9007199254740995", 0, 9007199254740996.0},   /* likewise */
        {"90071992547409930", -1, 9007199254740992.0}, /* likewise */
        {"9007199254740993001", -3, 9007199254740994.0},
        {"90071992547409930000000001", -10, 9007199254740994.0},
        {"30000000000000004", -17, 0.30000000000000004},
        {"17976931348623157", 292, 1.7976931348623157e308},
        {"1", 30000, HUGE_VAL},
        {"4", -324, 5e-324},
        {"1", -30000, 0},
    };
    char text[40 + PYRO_REAL_SIZE];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(reals); i++) {
        strcpy(text, reals[i].digits);
        assert_true(pyro_real_read(text, strlen(text), reals[i].exponent) == reals[i].value);
    }
}

/* --- tree --- */

/* One of each, with a dict whose key comes twice. */
static enum pyro_code feed(struct pyro_sink *to)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_DICT, 3)) != PYRO_OK ||
        (code = pyro_put_text(to, "k")) != PYRO_OK || (code = pyro_put_int(to, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "items")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_LIST, 5)) != PYRO_OK || (code = pyro_put_nil(to)) != PYRO_OK ||
        (code = pyro_put_bool(to, true)) != PYRO_OK || (code = pyro_put_real(to, 1.5)) != PYRO_OK ||
        (code = to->ops->bytes(to, pyro_slice("\0\xff", 2))) != PYRO_OK ||
        (code = to->ops->bigint(to, pyro_slice_text("-18446744073709551616"))) != PYRO_OK ||
        (code = pyro_end(to, PYRO_LIST)) != PYRO_OK || (code = pyro_put_text(to, "k")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_TUPLE, 1)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_SET, 0)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_SET)) != PYRO_OK || (code = pyro_end(to, PYRO_TUPLE)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

#define FED "{3 'k' 1 'items' [5 nil true 1.5f b'00ff' big:-18446744073709551616 ] 'k' (1 <0 > ) } "

static void trees_are_looked_into(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    (void)state;
    pyro_tree_init(&tree, &err);
    assert_null(pyro_value_at(&tree.root, 0));
    assert_int_equal(feed(&tree.sink), PYRO_OK);
    assert_int_equal(pyro_put_int(&tree.sink, 7), PYRO_OK);
    assert_int_equal(tree.root.u.of.count, 2);
    const struct pyro_value *dict = pyro_value_at(&tree.root, 0);
    assert_int_equal(pyro_value_at(&tree.root, 1)->u.integer, 7);
    assert_null(pyro_value_at(&tree.root, 2));
    assert_string_equal(pyro_value_type_name(pyro_value_get(dict, "k")), "tuple"); /* the last */
    assert_null(pyro_value_get(dict, "x"));
    assert_null(pyro_value_get(NULL, "x"));
    assert_null(pyro_value_get(&tree.root, "k"));
    assert_null(pyro_value_at(dict, 0));
    assert_null(pyro_value_at(NULL, 0));
    assert_null(pyro_value_at(pyro_value_at(&tree.root, 1), 0));
    const struct pyro_value *items = pyro_value_get(dict, "items");
    assert_int_equal(items->u.of.count, 5);
    assert_true(pyro_value_at(items, 1)->u.boolean);
    assert_memory_equal(pyro_value_at(items, 3)->u.text.data, "\0\xff", 3); /* terminated */
    assert_null(pyro_value_at(pyro_value_at(pyro_value_get(dict, "k"), 0), 0));
    assert_true(pyro_value_is(&dict->u.of.items[0], "k"));
    assert_false(pyro_value_is(&dict->u.of.items[0], "kk"));
    assert_false(pyro_value_is(&dict->u.of.items[1], "1"));
    assert_false(pyro_value_is(pyro_value_at(items, 3), ""));
    assert_false(pyro_value_is(NULL, ""));
    pyro_tree_free(&tree);
    assert_int_equal(tree.root.u.of.count, 0);
    assert_int_equal(pyro_put_nil(&tree.sink), PYRO_OK);
    pyro_tree_free(&tree);
    pyro_tree_free(&tree);
}

static void types_are_named_as_in_python(void **state)
{
    static const char *const names[] = {"NoneType", "bool",  "int",     "int",       "float",
                                        "str",      "bytes", "complex", "datetime",  "date",
                                        "list",     "tuple", "set",     "frozenset", "dict"};
    struct pyro_tree tree;
    struct pyro_error err;
    (void)state;
    pyro_tree_init(&tree, &err);
    const struct pyro_sink_ops *ops = tree.sink.ops;
    ops->nil(&tree.sink);
    ops->boolean(&tree.sink, false);
    ops->integer(&tree.sink, 1);
    ops->bigint(&tree.sink, pyro_slice_text("-99999999999999999999"));
    ops->real(&tree.sink, 1);
    ops->str(&tree.sink, pyro_slice(NULL, 0));
    ops->bytes(&tree.sink, pyro_slice(NULL, 0));
    ops->complex(&tree.sink, 1, 2);
    ops->datetime(&tree.sink, 1);
    ops->date(&tree.sink, 1);
    for (enum pyro_kind kind = PYRO_LIST; kind <= PYRO_DICT; kind++) {
        ops->begin(&tree.sink, kind, 0);
        ops->end(&tree.sink, kind);
    }
    assert_int_equal(tree.root.u.of.count, PYRO_COUNT(names));
    for (size_t i = 0; i < PYRO_COUNT(names); i++)
        assert_string_equal(pyro_value_type_name(pyro_value_at(&tree.root, i)), names[i]);
    pyro_tree_free(&tree);
}

static void trees_are_sent_on(void **state)
{
    struct pyro_tree tree;
    struct recorder r;
    struct pyro_error err;
    (void)state;
    pyro_tree_init(&tree, &err);
    recorder_init(&r);
    feed(&tree.sink);
    assert_int_equal(pyro_value_put(pyro_value_at(&tree.root, 0), &r.sink), PYRO_OK);
    assert_string_equal(recorded(&r), FED);
    for (unsigned n = 1; n <= 16; n++) {
        r.fail_at = n;
        assert_int_equal(pyro_value_put(pyro_value_at(&tree.root, 0), &r.sink), PYRO_EVALUE);
        assert_string_equal(r.err.message, "enough");
    }
    recorder_free(&r);
    pyro_tree_free(&tree);
}

static void trees_keep_every_type(void **state)
{
    struct pyro_tree tree;
    struct recorder r;
    struct pyro_error err;
    (void)state;
    pyro_tree_init(&tree, &err);
    recorder_init(&r);
    const struct pyro_sink_ops *ops = tree.sink.ops;
    ops->bigint(&tree.sink, pyro_slice_text("-99999999999999999999"));
    ops->complex(&tree.sink, 1.5, -2);
    ops->datetime(&tree.sink, 1.25);
    ops->date(&tree.sink, 737425);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pyro_value_put(pyro_value_at(&tree.root, i), &r.sink), PYRO_OK);
    assert_string_equal(recorded(&r), "big:-99999999999999999999 complex:1.5,-2 "
                                      "datetime:1.250000 date:737425 ");
    recorder_free(&r);
    pyro_tree_free(&tree);
}

static void trees_grow(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    char text[3000];
    (void)state;
    memset(text, 't', sizeof(text));
    pyro_tree_init(&tree, &err);
    pyro_begin(&tree.sink, PYRO_LIST, SIZE_MAX); /* a lie: nothing is allocated by it */
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(pyro_put_str(&tree.sink, pyro_slice(text, i % sizeof(text))), PYRO_OK);
    assert_int_equal(pyro_end(&tree.sink, PYRO_LIST), PYRO_OK);
    const struct pyro_value *list = pyro_value_at(&tree.root, 0);
    assert_int_equal(list->u.of.count, 5000);
    for (size_t i = 0; i < 5000; i++) {
        assert_int_equal(list->u.of.items[i].u.text.length, i % sizeof(text));
        assert_memory_equal(list->u.of.items[i].u.text.data, text, i % sizeof(text));
    }
    pyro_tree_free(&tree);
}

static void depth_is_bounded(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    (void)state;
    pyro_tree_init(&tree, &err);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(&tree.sink, PYRO_LIST, 1), PYRO_OK);
    assert_int_equal(pyro_begin(&tree.sink, PYRO_LIST, 0), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "nested deeper than 512");
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_end(&tree.sink, PYRO_LIST), PYRO_OK);
    assert_int_equal(tree.root.u.of.count, 1);
    pyro_tree_free(&tree);
}

static void lack_of_memory_is_an_error(void **state)
{
    struct pyro_tree tree;
    enum pyro_code code = PYRO_EMEMORY;
    unsigned long n = 1;
    (void)state;
    for (; code == PYRO_EMEMORY; n++) {
        struct pyro_error err = {.code = PYRO_OK};
        pyro_tree_init(&tree, &err);
        pyro_memory_fail_at(n);
        code = PYRO_OK;
        for (int i = 0; i < 20 && code == PYRO_OK; i++)
            code = feed(&tree.sink);
        pyro_memory_fail_at(0);
        assert_int_equal(code, err.code);
        assert_true(tree.root.u.of.count <= 20);
        pyro_tree_free(&tree);
    }
    assert_int_equal(code, PYRO_OK);
    assert_in_range(n, 4, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_checked_strictly),
        cmocka_unit_test(reals_are_written_as_python_does),
        cmocka_unit_test(reals_are_read_back_as_the_same),
        cmocka_unit_test(digits_are_read_as_reals),
        cmocka_unit_test(trees_are_looked_into),
        cmocka_unit_test(types_are_named_as_in_python),
        cmocka_unit_test(trees_are_sent_on),
        cmocka_unit_test(trees_keep_every_type),
        cmocka_unit_test(trees_grow),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(lack_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
