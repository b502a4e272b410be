/* Tests of wire/trace.h. */
#include "record.h"
#include "wire/trace.h"

static bool is_traceparent(const char *text)
{
    return pyro_traceparent_is(pyro_slice_text(text));
}

static void traceparents_are_w3c_s(void **state)
{
    (void)state;
    assert_true(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    assert_true(is_traceparent("00-00000000000000000000000000000001-0000000000000001-00"));
    assert_true(is_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff"));
}

static void others_are_none(void **state)
{
    static const char *const bad[] = {
        "",
        "00",
        "00-",
        "00-0af7651916cd43dd8448eb211c80319c",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-02",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
        "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0f7-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bad); i++)
        assert_false(is_traceparent(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traceparents_are_w3c_s),
        cmocka_unit_test(others_are_none),
    };
    return cmocka_run_group_tests_name("wire trace", tests, NULL, NULL);
}
