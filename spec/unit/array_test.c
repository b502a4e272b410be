#include <math.h>
#include <stdlib.h>

#include "codec/codec.h"
#include "record.h"
#include "value/tree.h"

/* --- the types of items --- */

static void dtypes_are_named_as_numpy_does(void **state)
{
    static const struct {
        const char *text, *name; /* NULL: there is none */
        size_t size;
    } dtypes[] = {
        {"<f8", "<f8", 8},
        {">f8", ">f8", 8},
        {"f8", "<f8", 8},
        {"=u2", "<u2", 2},
        {"float64", "<f8", 8},
        {"float16", "<f2", 2},
        {"uint16", "<u2", 2},
        {"int8", "|i1", 1},
        {"<u1", "|u1", 1},
        {"bool", "|b1", 1},
        {"?", "|b1", 1},
        {"|b1", "|b1", 1},
        {"c8", "<c8", 8},
        {"complex128", "<c16", 16},
        {">c16", ">c16", 16},
        {"|S5", "|S5", 5},
        {"<U3", "<U3", 12},
        {"U3", "<U3", 12},
        {"<M8[ns]", "<M8[ns]", 8},
        {">m8[25us]", ">m8[25us]", 8},
        {"M8", "<M8", 8},
        {"", NULL, 0},
        {"<", NULL, 0},
        {"f", NULL, 0},
        {"f3", NULL, 0},
        {"<f16", NULL, 0},
        {"i16", NULL, 0},
        {"b2", NULL, 0},
        {"S0", NULL, 0},
        {"x8", NULL, 0},
        {"<<f8", NULL, 0},
        {"<f8 ", NULL, 0},
        {"M8[]", NULL, 0},
        {"M8[n!]", NULL, 0},
        {"M8[ns", NULL, 0},
        {"c9", NULL, 0},
        {"S9999999999", NULL, 0},
        {"U99999999999999999999999999", NULL, 0},
        {"M8[1111111111111111111ns]", NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(dtypes); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_dtype dtype;
        char *text = exact_copy(dtypes[i].text, strlen(dtypes[i].text));
        enum pyro_code code =
            pyro_dtype_read(pyro_slice(text, strlen(dtypes[i].text)), &dtype, &err);
        test_free(text);
        assert_int_equal(code, dtypes[i].name ? PYRO_OK : PYRO_ESERIALIZE);
        assert_int_equal(code, err.code);
        if (!dtypes[i].name)
            continue;
        assert_string_equal(dtype.text, dtypes[i].name);
        assert_int_equal(dtype.size, dtypes[i].size);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } dtypes[] = {
        {"|O", "an array of objects cannot travel"},
        {"object", "an array of objects cannot travel"},
        {"|V16", "an array of records cannot travel"},
        {"[('a', '<i4')]", "an array of records cannot travel"},
        {"<q8", "no such dtype of an array: '<q8'"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(dtypes); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_dtype dtype;
        assert_int_equal(pyro_dtype_read(pyro_slice_text(dtypes[i].text), &dtype, &err),
                         PYRO_ESERIALIZE);
        assert_string_equal(err.message, dtypes[i].message);
    }
}

/* An array whose data are in hexadecimal digits: the bytes are exactly allocated, and to be freed.
 */
static struct pyro_array make(const char *dtype, unsigned dimensions, const size_t *shape,
                              const char *hex)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = {.dimensions = dimensions, .data = unhex(hex)};
    assert_int_equal(pyro_dtype_read(pyro_slice_text(dtype), &array.dtype, &err), PYRO_OK);
    for (unsigned i = 0; i < dimensions; i++)
        array.shape[i] = shape[i];
    return array;
}

static void drop(struct pyro_array *array)
{
    test_free((void *)array->data.data);
}

static void items_are_values(void **state)
{
    static const struct {
        const char *dtype, *hex, *value;
    } items[] = {
        {"|b1", "00", "false "},
        {"|b1", "02", "true "},
        {"|i1", "ff", "-1 "},
        {"|u1", "ff", "255 "},
        {"<i2", "feff", "-2 "},
        {">i2", "fffe", "-2 "},
        {"<u4", "ffffffff", "4294967295 "},
        {">i4", "80000000", "-2147483648 "},
        {"<i8", "0000000000000080", "-9223372036854775808 "},
        {"<u8", "ffffffffffffffff", "big:18446744073709551615 "},
        {">u8", "7fffffffffffffff", "9223372036854775807 "},
        {"<f2", "003c", "1f "},
        {"<f2", "0100", "5.9604644775390625e-08f "},
        {"<f2", "ff7b", "65504f "},
        {">f2", "c000", "-2f "},
        {"<f2", "007c", "inff "},
        {"<f2", "00fc", "-inff "},
        {"<f2", "0080", "-0f "},
        {"<f4", "0000c03f", "1.5f "},
        {">f8", "3ff8000000000000", "1.5f "},
        {"<c8", "0000803f000000c0", "complex:1,-2 "},
        {">c16", "3ff00000000000004000000000000000", "complex:1,2 "},
        {"|S3", "616200", "b'6162' "},
        {"<U2", "e900000000000000", "'\xc3\xa9' "},
        {">U2", "0001f60000000061",
         "'\xf0\x9f\x98\x80"
         "a' "},
        {"<M8[s]", "0100000000000000", "1 "},
        {"<m8[ns]", "ffffffffffffffff", "-1 "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(items); i++) {
        struct pyro_array array = make(items[i].dtype, 0, NULL, items[i].hex);
        struct recorder r;
        recorder_init(&r);
        assert_int_equal(pyro_array_check(&array, &r.err), PYRO_OK);
        assert_int_equal(pyro_array_put_part(&array, NULL, 0, &r.sink), PYRO_OK);
        assert_string_equal(recorded(&r), items[i].value);
        recorder_free(&r);
        drop(&array);
    }
}

static void texts_that_are_none_are_refused(void **state)
{
    static const char *const items[] = {"00d80000", "00001100", "ffffffff"};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(items); i++) {
        struct pyro_array array = make("<U1", 0, NULL, items[i]);
        struct recorder r;
        recorder_init(&r);
        assert_int_equal(pyro_array_put_part(&array, NULL, 0, &r.sink), PYRO_ESERIALIZE);
        recorder_free(&r);
        drop(&array);
    }
}

/* --- shapes and orders --- */

static void shapes_are_those_of_the_data(void **state)
{
    static const struct {
        unsigned dimensions;
        size_t shape[4];
        const char *hex, *message; /* NULL: it is good */
    } shapes[] = {
        {0, {0}, "0100", NULL},
        {1, {1}, "0100", NULL},
        {2, {2, 1}, "01000200", NULL},
        {2, {0, 5}, "", NULL},
        {2, {5, 0}, "", NULL},
        {1, {2}, "0100", "an array has 2 bytes of data, its shape and dtype need 4"},
        {1, {1}, "01", "an array has 1 bytes of data, its shape and dtype need 2"},
        {0, {0}, "", "an array has 0 bytes of data, its shape and dtype need 2"},
        {2, {5, 0}, "0100", "an array has 2 bytes of data, its shape and dtype need 0"},
        {1, {SIZE_MAX}, "0100", "the shape of an array is too large"},
        {2, {SIZE_MAX / 4, 8}, "0100", "the shape of an array is too large"},
        {3, {0, SIZE_MAX / 4, 8}, "", "the shape of an array is too large"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(shapes); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_array array = make("<u2", shapes[i].dimensions, shapes[i].shape, shapes[i].hex);
        assert_int_equal(pyro_array_check(&array, &err),
                         shapes[i].message ? PYRO_ESERIALIZE : PYRO_OK);
        assert_string_equal(err.message, shapes[i].message ? shapes[i].message : "");
        drop(&array);
    }
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = make("<u2", 0, NULL, "0100");
    array.dimensions = PYRO_ARRAY_DIMENSIONS + 1;
    assert_int_equal(pyro_array_check(&array, &err), PYRO_ESERIALIZE);
    drop(&array);
}

static void fortran_order_is_turned(void **state)
{
    static const size_t shape[] = {2, 3, 2};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array c = make("|u1", 3, shape, "000102030405060708090a0b"),
                      f = make("|u1", 3, shape, "00060208040a01070309050b");
    struct recorder r;
    char out[12];
    (void)state;
    f.fortran = true;
    recorder_init(&r);
    assert_int_equal(pyro_array_check(&c, &err), PYRO_OK);
    assert_int_equal(pyro_array_check(&f, &err), PYRO_OK);
    assert_true(f.fortran);
    pyro_array_copy(&f, out);
    assert_memory_equal(out, c.data.data, sizeof(out));
    pyro_array_copy(&c, out);
    assert_memory_equal(out, c.data.data, sizeof(out));
    assert_int_equal(pyro_array_put_part(&f, NULL, 0, &r.sink), PYRO_OK);
    assert_string_equal(recorded(&r),
                        "[2 [3 [2 0 1 ] [2 2 3 ] [2 4 5 ] ] [3 [2 6 7 ] [2 8 9 ] [2 10 11 ] ] ] ");
    assert_true(pyro_array_equals(&f, &c));
    f.shape[0] = 3, f.shape[1] = 2;
    assert_false(pyro_array_equals(&f, &c));
    recorder_free(&r);
    drop(&c);
    drop(&f);
}

static void one_row_has_no_order(void **state)
{
    static const size_t shape[] = {1, 2, 1};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = make("|u1", 3, shape, "0102");
    (void)state;
    array.fortran = true;
    assert_int_equal(pyro_array_check(&array, &err), PYRO_OK);
    assert_false(array.fortran);
    drop(&array);
}

/* --- how arrays are written --- */

/* Returns what a codec writes for it, terminated. */
static char *written(const struct pyro_codec *codec, const struct pyro_array *array, bool hex)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer w;
    codec->open(&w, &out, &err);
    assert_int_equal(w.sink.ops->array(&w.sink, array), PYRO_OK);
    char *text = test_calloc(1, 2 * out.length + 1);
    for (size_t i = 0; i < out.length; i++)
        snprintf(text + i * (hex ? 2 : 1), 3, hex ? "%02x" : "%c", (unsigned char)out.data[i]);
    pyro_buffer_free(&out);
    return text;
}

static void assert_written(const struct pyro_codec *codec, const struct pyro_array *array, bool hex,
                           const char *expected)
{
    char *text = written(codec, array, hex);
    assert_string_equal(text, expected);
    test_free(text);
}

/* The first as msgpack-numpy 0.4.8 packs it. */
static void arrays_are_written(void **state)
{
    static const size_t shape[] = {2, 3};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = make("<u2", 2, shape, "010002000300040005000600");
    (void)state;
    assert_int_equal(pyro_array_check(&array, &err), PYRO_OK);
    for (int i = 0; i < 2; i++)
        assert_written(i ? &pyro_codec_msgpack_typed : &pyro_codec_msgpack, &array, true,
                       "85c4026e64c3c40474797065a33c7532c4046b696e64c400c40573686170659202"
                       "03c40464617461c40c010002000300040005000600");
    array.form = PYRO_ARRAY_NAMED;
    assert_written(&pyro_codec_msgpack, &array, true,
                   "85a26e64c3a474797065a33c7532a46b696e64a0a573686170659202"
                   "03a464617461c40c010002000300040005000600");
    assert_written(&pyro_codec_json, &array, false,
                   "{\"__class__\": \"numpy.ndarray\", \"shape\": [2, 3], \"dtype\": \"<u2\", "
                   "\"data\": \"AQACAAMABAAFAAYA\"}");
    assert_written(&pyro_codec_serpent, &array, false,
                   "# serpent utf-8 python3.2\n{'__class__':'numpy.ndarray','shape':[2,3],"
                   "'dtype':'<u2','data':'AQACAAMABAAFAAYA'}");
    array.form = PYRO_ARRAY_CLASS;
    array.fortran = true;
    assert_written(&pyro_codec_msgpack, &array, true,
                   "84a95f5f636c6173735f5fad6e756d70792e6e646172726179a5736861706592"
                   "0203a56474797065a33c7532a464617461b04151414441415541416741454141594"
                   "1");
    drop(&array);
}

static void an_array_is_no_key(void **state)
{
    static const struct pyro_codec *const codecs[] = {&pyro_codec_msgpack, &pyro_codec_json,
                                                      &pyro_codec_marshal, &pyro_codec_serpent};
    struct pyro_array array = make("<u2", 0, NULL, "0100");
    (void)state;
    for (size_t i = 0; i < 2 * PYRO_COUNT(codecs); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_buffer out = {.data = NULL};
        struct pyro_writer w;
        array.form = i % 2 ? PYRO_ARRAY_CLASS : PYRO_ARRAY_PLAIN;
        codecs[i / 2]->open(&w, &out, &err);
        assert_int_equal(pyro_begin(&w.sink, PYRO_DICT, 1), PYRO_OK);
        assert_int_equal(w.sink.ops->array(&w.sink, &array), PYRO_ESERIALIZE);
        assert_int_equal(err.code, PYRO_ESERIALIZE);
        pyro_buffer_free(&out);
    }
    drop(&array);
}

/* --- trees --- */

static void trees_keep_arrays(void **state)
{
    static const size_t shape[] = {2};
    struct pyro_array array = make("<u2", 1, shape, "01000200"),
                      empty = make("<u2", 1, (const size_t[]){0}, "");
    struct recorder r;
    struct pyro_tree tree;
    (void)state;
    recorder_init(&r);
    pyro_tree_init(&tree, &r.err);
    assert_int_equal(tree.sink.ops->array(&tree.sink, &array), PYRO_OK);
    assert_int_equal(tree.sink.ops->array(&tree.sink, &empty), PYRO_OK);
    drop(&array);
    drop(&empty);
    const struct pyro_value *value = pyro_value_at(&tree.root, 0);
    assert_int_equal(value->type, PYRO_ARRAY);
    assert_string_equal(pyro_value_type_name(value), "ndarray");
    assert_int_equal(pyro_value_put(&tree.root, &r.sink), PYRO_OK);
    assert_string_equal(recorded(&r), "[2 array:2,<u2,C,'01000200' array:0,<u2,C,'' ] ");
    pyro_tree_free(&tree);
    recorder_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dtypes_are_named_as_numpy_does),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(items_are_values),
        cmocka_unit_test(texts_that_are_none_are_refused),
        cmocka_unit_test(shapes_are_those_of_the_data),
        cmocka_unit_test(fortran_order_is_turned),
        cmocka_unit_test(one_row_has_no_order),
        cmocka_unit_test(arrays_are_written),
        cmocka_unit_test(an_array_is_no_key),
        cmocka_unit_test(trees_keep_arrays),
    };
    return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
