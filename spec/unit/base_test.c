#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/list.h"
#include "base/map.h"
#include "base/uuid.h"
#include "record.h"

/* --- error --- */

static void errors_have_classes(void **state)
{
    (void)state;
    assert_string_equal(pyro_error_class(PYRO_ENAMING), "NamingError");
    assert_string_equal(pyro_error_class(PYRO_EVALUE), "ValueError");
    assert_true(pyro_error_is_own("PyroError"));
    assert_true(pyro_error_is_own("SerializeError"));
    assert_false(pyro_error_is_own("ValueError"));
    assert_false(pyro_error_is_own(""));
}

static void errors_are_recorded(void **state)
{
    struct pyro_error err;
    (void)state;
    assert_int_equal(pyro_error_set(&err, PYRO_EVALUE, "%s %d", "bad", 3), PYRO_EVALUE);
    assert_int_equal(err.code, PYRO_EVALUE);
    assert_string_equal(err.message, "bad 3");
    assert_int_equal(pyro_error_set(&err, PYRO_ETYPE, "so: %s", err.message), PYRO_ETYPE);
    assert_string_equal(err.message, "so: bad 3");
    assert_int_equal(pyro_error_memory(&err), PYRO_EMEMORY);
    assert_string_equal(err.message, "out of memory");
    assert_int_equal(pyro_error_set(NULL, PYRO_EOS, "x"), PYRO_EOS);
    assert_int_equal(pyro_error_memory(NULL), PYRO_EMEMORY);
}

static void an_error_has_a_path_from_inside_out(void **state)
{
    struct pyro_error err;
    char step[PYRO_PATH_SIZE - sizeof("[2].price")];
    (void)state;
    pyro_error_set(&err, PYRO_ESERIALIZE, "a function cannot travel");
    assert_string_equal(err.path, "");
    pyro_error_locate(&err, ".price");
    pyro_error_locate(&err, "[2]");
    assert_string_equal(err.path, "[2].price");
    assert_string_equal(err.message, "a function cannot travel");
    memset(step, 'x', sizeof(step));
    step[sizeof(step) - 1] = '\0';
    pyro_error_locate(&err, step);
    assert_int_equal(strlen(err.path), PYRO_PATH_SIZE - 2);
    pyro_error_locate(&err, "ab"); /* does not fit */
    assert_int_equal(err.path[0], 'x');
    pyro_error_set(&err, PYRO_EVALUE, "another");
    assert_string_equal(err.path, "");
}

static void long_errors_are_cut_between_characters(void **state)
{
    struct pyro_error err;
    char text[2 * PYRO_ERROR_SIZE] = "";
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', sizeof(text) - 1);
        for (size_t i = shift; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        pyro_error_set(&err, PYRO_EVALUE, "%s", text);
        size_t length = strlen(err.message);
        assert_in_range(length, PYRO_ERROR_SIZE - 4, PYRO_ERROR_SIZE - 1);
        for (size_t i = 0, step; i < length; i += step)
            assert_int_not_equal(
                step = pyro_utf8_sequence((unsigned char *)err.message + i, length - i), 0);
    }
}

/* --- memory, buffer --- */

static void the_nth_allocation_can_fail(void **state)
{
    (void)state;
    pyro_memory_fail_at(2);
    char *first = pyro_copy_text("ab", 2);
    assert_string_equal(first, "ab");
    assert_null(pyro_calloc(2, 8));
    char *grown = pyro_realloc(first, 100);
    assert_non_null(grown);
    pyro_memory_fail_at(1);
    assert_null(pyro_realloc(grown, 200));
    assert_string_equal(grown, "ab");
    pyro_memory_fail_at(1);
    pyro_memory_fail_at(0);
    void *none = pyro_malloc(0);
    assert_non_null(none);
    volatile size_t huge = SIZE_MAX / 2;
    assert_null(pyro_calloc(huge, 4));
    pyro_free(none);
    pyro_free(grown);
    pyro_free(NULL);
}

static void buffers_grow(void **state)
{
    struct pyro_buffer buffer = {.data = NULL};
    (void)state;
    assert_true(pyro_buffer_append(&buffer, NULL, 0));
    for (int i = 0; i < 1000; i++)
        assert_true(pyro_buffer_append(&buffer, "0123456789", 10));
    assert_int_equal(buffer.length, 10000);
    assert_memory_equal(buffer.data + 9990, "0123456789", 10);
    assert_null(pyro_buffer_reserve(&buffer, SIZE_MAX));
    assert_null(pyro_buffer_reserve(&buffer, SIZE_MAX / 2));
    pyro_buffer_truncate(&buffer, 5);
    assert_int_equal(buffer.length, 5);
    pyro_memory_fail_at(1);
    assert_false(pyro_buffer_append(&buffer, buffer.data, buffer.capacity));
    assert_int_equal(buffer.length, 5);
    assert_memory_equal(buffer.data, "01234", 5);
    pyro_buffer_free(&buffer);
    assert_true(pyro_buffer_append(&buffer, "x", 1));
    pyro_buffer_free(&buffer);
}

static void slices_are_taken_from_the_front(void **state)
{
    struct pyro_slice all = pyro_slice_text("abc"), part;
    (void)state;
    assert_true(pyro_slice_take(&all, 2, &part));
    assert_true(pyro_slice_equals(part, "ab"));
    assert_true(pyro_slice_equals(all, "c"));
    assert_false(pyro_slice_take(&all, 2, &part));
    assert_true(pyro_slice_equals(pyro_slice(NULL, 0), ""));
    assert_false(pyro_slice_equals(all, "cc"));
}

static void lists_are_first_in_first_out(void **state)
{
    struct pyro_list list, a, b;
    (void)state;
    pyro_list_init(&list);
    pyro_list_init(&a);
    pyro_list_init(&b);
    pyro_list_remove(&a);
    assert_null(pyro_list_pop(&list));
    pyro_list_push(&list, &a);
    pyro_list_push(&list, &b);
    assert_ptr_equal(pyro_list_pop(&list), &a);
    assert_true(pyro_list_empty(&a));
    pyro_list_remove(&b);
    assert_true(pyro_list_empty(&list));
}

/* --- map --- */

static void maps_keep_the_order_of_keys(void **state)
{
    struct pyro_map map = {.entries = NULL};
    int values[100];
    void *old, *value;
    struct pyro_slice key;
    struct pyro_map_entry *cursor = NULL;
    char text[16];
    (void)state;
    assert_null(pyro_map_get(&map, pyro_slice_text("k0")));
    assert_false(pyro_map_next(&map, &cursor, &key, &value));
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof(text), "k%d", i);
        assert_true(pyro_map_set(&map, pyro_slice_text(text), &values[i], &old));
        assert_null(old);
    }
    assert_true(pyro_map_set(&map, pyro_slice_text("k5"), &values[0], &old));
    assert_ptr_equal(old, &values[5]);
    assert_ptr_equal(pyro_map_get(&map, pyro_slice_text("k5")), &values[0]);
    assert_ptr_equal(pyro_map_remove(&map, pyro_slice_text("k0")), &values[0]);
    assert_null(pyro_map_remove(&map, pyro_slice_text("k0")));
    assert_int_equal(pyro_map_count(&map), 99);
    for (int i = 1; i < 100; i++) {
        snprintf(text, sizeof(text), "k%d", i);
        assert_true(pyro_map_next(&map, &cursor, &key, &value));
        assert_string_equal(key.data, text);
        assert_int_equal(key.length, strlen(text));
    }
    assert_false(pyro_map_next(&map, &cursor, &key, &value));
    pyro_map_free(&map);
    assert_int_equal(pyro_map_count(&map), 0);
}

static void map_keys_are_bytes(void **state)
{
    struct pyro_map map = {.entries = NULL};
    int a, b;
    (void)state;
    assert_true(pyro_map_set(&map, pyro_slice(NULL, 0), &a, NULL));
    assert_true(pyro_map_set(&map, pyro_slice("a\0b", 3), &b, NULL));
    assert_ptr_equal(pyro_map_get(&map, pyro_slice_text("")), &a);
    assert_ptr_equal(pyro_map_get(&map, pyro_slice(NULL, 0)), &a);
    assert_null(pyro_map_get(&map, pyro_slice("a\0c", 3)));
    struct pyro_slice key = pyro_map_key(&map, pyro_slice("a\0b", 3));
    assert_int_equal(key.length, 3);
    assert_memory_equal(key.data, "a\0b", 4);
    assert_null(pyro_map_key(&map, pyro_slice_text("x")).data);
    pyro_map_free(&map);
}

static void maps_survive_a_lack_of_memory(void **state)
{
    struct pyro_map map = {.entries = NULL};
    int value;
    char text[16];
    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof(text), "%d", i);
        for (unsigned long n = 1;; n++) {
            pyro_memory_fail_at(n);
            if (pyro_map_set(&map, pyro_slice_text(text), &value, NULL))
                break;
            assert_int_equal(pyro_map_count(&map), i);
            assert_null(pyro_map_get(&map, pyro_slice_text(text)));
        }
        pyro_memory_fail_at(0);
    }
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof(text), "%d", i);
        assert_ptr_equal(pyro_map_remove(&map, pyro_slice_text(text)), &value);
    }
    pyro_map_free(&map);
}

/* --- escape, random --- */

static void escaped(const char *text, size_t length, size_t size, const char *expected)
{
    char *out = test_malloc(size);
    pyro_escape(out, size, pyro_slice(text, length));
    assert_string_equal(out, expected);
    test_free(out);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    escaped(NULL, 0, 8, "");
    escaped("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 17, 40,
            "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    escaped("a\nb\x7f\0\x1b[", 7, 40, "a\\x0ab\\x7f\\x00\\x1b[");
    escaped("\xff\xc3", 2, 40, "\\xff\\xc3");
    escaped("\xed\xa0\x80", 3, 40, "\\xed\\xa0\\x80");          /* surrogate */
    escaped("\xc0\xaf\xf4\x90\x80\x80", 2, 40, "\\xc0\\xaf");   /* overlong */
    escaped("\xc2\x9b", 2, 40, "\\xc2\\x9b");                   /* moves a terminal's cursor */
    escaped("\xe2\x80\xae", 3, 40, "\\xe2\\x80\\xae");          /* from right to left */
    escaped("\xe2\x80\xa8", 3, 40, "\\xe2\\x80\\xa8");          /* ends a line */
    escaped("\xf3\xa0\x80\x81", 4, 40, "\\xf3\\xa0\\x80\\x81"); /* a tag */
    escaped("\xc2\xad", 2, 40, "\\xc2\\xad");
    escaped(
        "\xc2\xa0\xd8\x9b\xe2\x80\x8a\xe2\x80\xaf\xef\xbb\xbe\xf4\x8f\xbf\xbd", 17, 40,
        "\xc2\xa0\xd8\x9b\xe2\x80\x8a\xe2\x80\xaf\xef\xbb\xbe\xf4\x8f\xbf\xbd"); /* beside them */
    escaped("1234567", 7, 8, "1234567");
    escaped("12345678", 8, 8, "1234...");
    escaped("123\xc3\xa9\xc3\xa9", 7, 8, "123\xc3\xa9\xc3\xa9");
    escaped("123\xc3\xa9\xc3\xa9z", 8, 8, "123...");
    escaped("\n\n\n", 3, 8, "\\x0a...");
}

static void random_ids_differ(void **state)
{
    char a[PYRO_HEX_ID_SIZE], b[PYRO_HEX_ID_SIZE];
    (void)state;
    assert_true(pyro_random_hex_id(a));
    assert_true(pyro_random_hex_id(b));
    assert_string_not_equal(a, b);
    assert_int_equal(strspn(a, "0123456789abcdef"), 32);
    assert_int_equal(a[12], '4');
    assert_non_null(strchr("89ab", a[16]));
}

static void uuids_are_text(void **state)
{
    static const char *const wrong[] = {"",
                                        "f15e80c71b4a47f29cf500ca86551698",
                                        "f15e80c7-1b4a-47f2-9cf5-00ca8655169",
                                        "f15e80c7-1b4a-47f2-9cf5-00ca865516980",
                                        "f15e80c7-1b4a-47f2-9cf5-00ca8655169g",
                                        "f15e80c7-1b4a-47f2-9cf5+00ca86551698",
                                        "f15e80c7-1b4a-47f2-9cf5- 1ca86551698"};
    unsigned char uuid[PYRO_UUID_SIZE];
    char text[PYRO_UUID_TEXT_SIZE];
    (void)state;
    assert_true(pyro_uuid_parse(pyro_slice_text("F15E80C7-1b4a-47f2-9cf5-00ca86551698"), uuid));
    assert_memory_equal(uuid, "\xf1\x5e\x80\xc7\x1b\x4a\x47\xf2\x9c\xf5\x00\xca\x86\x55\x16\x98",
                        16);
    pyro_uuid_text(uuid, text);
    assert_string_equal(text, "f15e80c7-1b4a-47f2-9cf5-00ca86551698");
    for (size_t i = 0; i < PYRO_COUNT(wrong); i++)
        assert_false(pyro_uuid_parse(pyro_slice_text(wrong[i]), uuid));
    assert_true(pyro_random_uuid(uuid));
    pyro_uuid_text(uuid, text);
    assert_int_equal(text[14], '4');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_classes),
        cmocka_unit_test(errors_are_recorded),
        cmocka_unit_test(an_error_has_a_path_from_inside_out),
        cmocka_unit_test(long_errors_are_cut_between_characters),
        cmocka_unit_test(the_nth_allocation_can_fail),
        cmocka_unit_test(buffers_grow),
        cmocka_unit_test(slices_are_taken_from_the_front),
        cmocka_unit_test(lists_are_first_in_first_out),
        cmocka_unit_test(maps_keep_the_order_of_keys),
        cmocka_unit_test(map_keys_are_bytes),
        cmocka_unit_test(maps_survive_a_lack_of_memory),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(random_ids_differ),
        cmocka_unit_test(uuids_are_text),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
