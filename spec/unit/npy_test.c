#include "record.h"
#include "value/npy.h"

/* An exactly allocated file of a version, with this header, and data. */
static struct pyro_slice file(unsigned version, const char *header, const char *data)
{
    size_t length = strlen(header), digits = version == 1 ? 2 : 4;
    char head[12] = "\x93NUMPY";
    head[6] = (char)version;
    for (size_t i = 0; i < digits; i++)
        head[8 + i] = (char)(length >> (8 * i) & 0xff);
    char *bytes = test_malloc(8 + digits + length + strlen(data));
    memcpy(bytes, head, 8 + digits);
    memcpy(bytes + 8 + digits, header, length);
    memcpy(bytes + 8 + digits + length, data, strlen(data));
    return pyro_slice(bytes, 8 + digits + length + strlen(data));
}

static void reads(unsigned version, const char *header, const char *data, const char *value)
{
    struct pyro_slice in = file(version, header, data);
    struct pyro_array array;
    struct recorder r;
    recorder_init(&r);
    if (pyro_npy_read(in, &array, &r.err) != PYRO_OK)
        fail_msg("%s: %s", header, r.err.message);
    assert_int_equal(r.sink.ops->array(&r.sink, &array), PYRO_OK);
    assert_string_equal(recorded(&r), value);
    recorder_free(&r);
    test_free((void *)in.data);
}

static void headers_are_read(void **state)
{
    (void)state;
    reads(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }      \n", "ab",
          "array:2,|u1,C,'6162' ");
    reads(2, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2), }\n", "abcd",
          "array:2x2,|u1,F,'61626364' ");
    reads(3, "{'descr': '<f8', 'fortran_order': False, 'shape': (), }\n", "abcdefgh",
          "array:,<f8,C,'6162636465666768' ");
    reads(1, "{'shape':(0L,5L,),\"fortran_order\":False,'descr':'<i4'}", "", "array:0x5,<i4,C,'' ");
}

static void refuses(struct pyro_slice in, const char *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array;
    assert_int_equal(pyro_npy_read(in, &array, &err), PYRO_ESERIALIZE);
    assert_string_equal(err.message, message);
    test_free((void *)in.data);
}

static void malformed_headers_are_refused(void **state)
{
    static const char *const headers[] = {
        "",
        "{",
        "{}",
        "()",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2 2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2.0,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': [2]}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1+1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '|u1', 'fortran_order': not True, 'shape': (2,)}",
        "{'descr': '|u1', 'fortran_order': False}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '|u1' 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '\\x7cu1', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': ('|u1',), 'fortran_order': False, 'shape': (2,)}",
        "{descr: '|u1', 'fortran_order': False, 'shape': (2,)}",
        "dict(descr='|u1', fortran_order=False, shape=(2,))",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)} #",
        "{'descr': '|u1', 'fortran_order': False, 'shape': "
        "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2)}",
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(headers); i++)
        refuses(file(1, headers[i], "ab"), "malformed npy data");
}

static void other_arrays_are_refused(void **state)
{
    (void)state;
    refuses(file(1, "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "(."),
            "an array of objects cannot travel");
    refuses(file(1, "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,)}", "abcd"),
            "an array of records cannot travel");
    refuses(file(1, "{'descr': '<x4', 'fortran_order': False, 'shape': (1,)}", "abcd"),
            "no such dtype of an array: '<x4'");
    refuses(file(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", "abc"),
            "an array has 3 bytes of data, its shape and dtype need 4");
    refuses(file(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", "abcde"),
            "an array has 5 bytes of data, its shape and dtype need 4");
    refuses(file(1,
                 "{'descr': '<i4', 'fortran_order': False, 'shape': (2147483647, 2147483647, "
                 "2147483647)}",
                 ""),
            "the shape of an array is too large");
}

static void files_cut_anywhere_are_refused(void **state)
{
    struct pyro_slice in =
        file(2, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "ab");
    (void)state;
    for (size_t length = 0; length < in.length; length++) {
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_array array;
        char *part = exact_copy(in.data, length);
        assert_int_equal(pyro_npy_read(pyro_slice(part, length), &array, &err), PYRO_ESERIALIZE);
        test_free(part);
    }
    test_free((void *)in.data);
    refuses(file(4, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "ab"),
            "malformed npy data");
}

/* Data begin at a multiple of 64, as numpy has them. */
static void the_longest_head_has_room(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = {.dimensions = PYRO_ARRAY_DIMENSIONS, .data = {"", 0}}, back;
    char head[PYRO_NPY_HEAD_SIZE];
    (void)state;
    assert_int_equal(pyro_dtype_read(pyro_slice_text("<M8[1234567890ns]"), &array.dtype, &err),
                     PYRO_OK);
    for (unsigned i = 0; i < PYRO_ARRAY_DIMENSIONS; i++)
        array.shape[i] = SIZE_MAX;
    size_t length = pyro_npy_head(&array, head);
    assert_int_equal(length % 64, 0);
    assert_in_range(length, 400, sizeof(head));
    for (unsigned i = 0; i < PYRO_ARRAY_DIMENSIONS; i++)
        array.shape[i] = i == 0 ? 0 : 1;
    array.fortran = true;
    length = pyro_npy_head(&array, head);
    char *copy = exact_copy(head, length);
    assert_int_equal(pyro_npy_read(pyro_slice(copy, length), &back, &err), PYRO_OK);
    test_free(copy);
    assert_int_equal(back.dimensions, PYRO_ARRAY_DIMENSIONS);
    assert_false(back.fortran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(malformed_headers_are_refused),
        cmocka_unit_test(other_arrays_are_refused),
        cmocka_unit_test(files_cut_anywhere_are_refused),
        cmocka_unit_test(the_longest_head_has_room),
    };
    return cmocka_run_group_tests_name("npy", tests, NULL, NULL);
}
