/* Packing the items of arrays: what does not fit is refused. What fits is tested by pyro.ndarray.
 */
#include "record.h"
#include "value/array_pack.h"

typedef enum pyro_code item_fn(struct pyro_sink *to);

static enum pyro_code boolean_item(struct pyro_sink *to)
{
    return pyro_put_bool(to, true);
}

static enum pyro_code integer_item(struct pyro_sink *to)
{
    return pyro_put_int(to, 300);
}

static enum pyro_code bigint_item(struct pyro_sink *to)
{
    return to->ops->bigint(to, pyro_slice_text("18446744073709551616"));
}

static enum pyro_code real_item(struct pyro_sink *to)
{
    return pyro_put_real(to, 1.5);
}

static enum pyro_code huge_item(struct pyro_sink *to)
{
    return pyro_put_real(to, 1e20);
}

static enum pyro_code complex_item(struct pyro_sink *to)
{
    return to->ops->complex(to, 1, 2);
}

static enum pyro_code datetime_item(struct pyro_sink *to)
{
    return to->ops->datetime(to, 0);
}

static enum pyro_code date_item(struct pyro_sink *to)
{
    return to->ops->date(to, 1);
}

static enum pyro_code string_item(struct pyro_sink *to)
{
    return pyro_put_text(to, "text");
}

static enum pyro_code array_item(struct pyro_sink *to)
{
    const struct pyro_array array = {.data = {"", 0}};
    return to->ops->array(to, &array);
}

static enum pyro_code dict_item(struct pyro_sink *to)
{
    return pyro_begin(to, PYRO_DICT, 0);
}

static enum pyro_code list_item(struct pyro_sink *to)
{
    return pyro_begin(to, PYRO_LIST, 0);
}

/* One that has so many items, and no data yet. */
static struct pyro_array array_of(const char *dtype, size_t count)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array = {.dimensions = 1, .shape = {count}};
    assert_int_equal(pyro_dtype_read(pyro_slice_text(dtype), &array.dtype, &err), PYRO_OK);
    return array;
}

/* Sends an item in a list to an array of that dtype. */
static void assert_packed(const char *dtype, item_fn *item, const char *message)
{
    struct pyro_array array = array_of(dtype, 2);
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_packer packer;
    char out[64];
    pyro_packer_init(&packer, &array, out, &err);
    assert_int_equal(pyro_begin(&packer.sink, PYRO_LIST, 2), PYRO_OK);
    assert_int_equal(item(&packer.sink), PYRO_EVALUE);
    assert_string_equal(err.message, message);
    assert_int_equal(pyro_packer_end(&packer), PYRO_EVALUE);
    assert_string_equal(err.message, "0 items, where the shape has 2");
}

static void items_that_do_not_fit_are_refused(void **state)
{
    static const struct {
        const char *dtype;
        item_fn *item;
        const char *message;
    } items[] = {
        {"<f8", pyro_put_nil, "item 1: nil does not fit dtype <f8"},
        {"<f8", boolean_item, "item 1: a boolean does not fit dtype <f8"},
        {"<f8", bigint_item, "item 1: a bigint does not fit dtype <f8"},
        {"<f8", complex_item, "item 1: a complex number does not fit dtype <f8"},
        {"<f8", datetime_item, "item 1: a datetime does not fit dtype <f8"},
        {"<f8", date_item, "item 1: a date does not fit dtype <f8"},
        {"<f8", string_item, "item 1: a string does not fit dtype <f8"},
        {"<f8", array_item, "item 1: an array does not fit dtype <f8"},
        {"<f8", dict_item, "items come in lists, not in a dict"},
        {"<f8", list_item, "item 1 is a list"},
        {"|b1", integer_item, "item 1: an integer does not fit dtype |b1"},
        {"|u1", real_item, "item 1: a float does not fit dtype |u1"},
        {"|u1", integer_item, "item 1 is too large for dtype |u1"},
        {"<i8", huge_item, "item 1 is too large for dtype <i8"},
        {"<i8", bigint_item, "item 1 is too large for dtype <i8"},
        {"<u8", bigint_item, "item 1 is too large for dtype <u8"},
        {"|S3", string_item, "item 1 is too large for dtype |S3"},
        {"<U3", string_item, "item 1 is too large for dtype <U3"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(items); i++)
        assert_packed(items[i].dtype, items[i].item, items[i].message);
}

/* Each type of items has a way of its own to take its place. */
static void items_without_a_place_are_refused(void **state)
{
    static const struct {
        const char *dtype;
        item_fn *item;
    } items[] = {{"<i8", integer_item}, {"<f8", real_item},    {"<f8", integer_item},
                 {"<c8", complex_item}, {"|b1", boolean_item}, {"|S4", string_item},
                 {"<U4", string_item}};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(items); i++) {
        struct pyro_array array = array_of(items[i].dtype, 1);
        struct pyro_error err = {.code = PYRO_OK};
        struct pyro_packer packer;
        char out[64];
        pyro_packer_init(&packer, &array, out, &err);
        assert_int_equal(items[i].item(&packer.sink), PYRO_EVALUE);
        assert_string_equal(err.message, "item 1 lies in 0 lists, the shape has 1");
        assert_int_equal(pyro_begin(&packer.sink, PYRO_LIST, 2), PYRO_OK);
        assert_int_equal(items[i].item(&packer.sink), PYRO_OK);
        assert_int_equal(items[i].item(&packer.sink), PYRO_EVALUE);
        assert_string_equal(err.message, "more than the 1 items of the shape");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_that_do_not_fit_are_refused),
        cmocka_unit_test(items_without_a_place_are_refused),
    };
    return cmocka_run_group_tests_name("array pack", tests, NULL, NULL);
}
