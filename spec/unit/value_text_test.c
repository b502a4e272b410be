#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "record.h"
#include "value/integer.h"
#include "value/moment.h"

/* --- dates --- */

static void in_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static const char *datetime(double seconds)
{
    static char text[PYRO_MOMENT_SIZE];
    size_t length = pyro_datetime_text(seconds, text);
    assert_true(length < sizeof(text));
    if (length == 0)
        return "none";
    assert_int_equal(strlen(text), length);
    return text;
}

static void datetimes_are_written_as_python_does(void **state)
{
    (void)state;
    in_zone("UTC");
    assert_string_equal(datetime(0), "1970-01-01T00:00:00");
    assert_string_equal(datetime(1577934245.000006), "2020-01-02T03:04:05.000006");
    assert_string_equal(datetime(1577934245.5), "2020-01-02T03:04:05.500000");
    assert_string_equal(datetime(0.9999999), "1970-01-01T00:00:01");
    assert_string_equal(datetime(0.0000025), "1970-01-01T00:00:00.000002");
    assert_string_equal(datetime(-0.0000001), "1970-01-01T00:00:00");
    assert_string_equal(datetime(-0.000001), "1969-12-31T23:59:59.999999");
    assert_string_equal(datetime(-1), "1969-12-31T23:59:59");
    assert_string_equal(datetime(-1.25), "1969-12-31T23:59:58.750000");
    assert_string_equal(datetime(-62135596800), "0001-01-01T00:00:00");
    assert_string_equal(datetime(253402300799), "9999-12-31T23:59:59");
    in_zone("EST5EDT,M3.2.0,M11.1.0");
    assert_string_equal(datetime(1577934245), "2020-01-01T22:04:05");
    assert_string_equal(datetime(1593000000), "2020-06-24T08:00:00");
    in_zone("UTC");
}

static void datetimes_out_of_range_have_no_text(void **state)
{
    static const double bad[] = {-62135596801, 253402300800, 1e12,      -1e12, 1e300,
                                 -1e300,       INFINITY,     -INFINITY, NAN};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bad); i++)
        assert_string_equal(datetime(bad[i]), "none");
}

static void dates_are_written_as_python_does(void **state)
{
    static const struct {
        int64_t ordinal;
        const char *text;
    } dates[] = {{1, "0001-01-01"},      {366, "0002-01-01"},    {577736, "1582-10-15"},
                 {719163, "1970-01-01"}, {737426, "2020-01-02"}, {737484, "2020-02-29"},
                 {719162, "1969-12-31"}, {3652059, "9999-12-31"}};
    static const int64_t bad[] = {0, -1, 3652060, INT64_MAX, INT64_MIN};
    char text[PYRO_MOMENT_SIZE];
    (void)state;
    in_zone("EST5EDT,M3.2.0,M11.1.0");
    for (size_t i = 0; i < PYRO_COUNT(dates); i++) {
        assert_int_equal(pyro_date_text(dates[i].ordinal, text), 10);
        assert_string_equal(text, dates[i].text);
    }
    for (size_t i = 0; i < PYRO_COUNT(bad); i++)
        assert_int_equal(pyro_date_text(bad[i], text), 0);
    in_zone("UTC");
}

/* --- integers --- */

static void moments_are_read(void **state)
{
    static const char *const times[] = {"2020-01-02T03:04:05", "2020-01-02T03:04:05.000006",
                                        "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"};
    struct pyro_moment moment;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(times); i++) {
        assert_false(pyro_moment_read(pyro_slice_text(times[i]), false, &moment));
        assert_true(pyro_moment_read(pyro_slice_text(times[i]), true, &moment));
    }
    assert_int_equal(moment.micros, 999999);
    assert_true(pyro_moment_read(pyro_slice_text("2020-02-29"), false, &moment));
    assert_int_equal(pyro_moment_ordinal(&moment), 737484);
}

static void what_is_no_moment_is_not_read(void **state)
{
    static const char *const wrong[] = {"",
                                        "2020",
                                        "2020-1-02T03:04:05",
                                        "2020-01-02",
                                        "2020-01-02 03:04:05",
                                        "2020-01-02T03:04",
                                        "2020-01-02T03:04:60",
                                        "2020-02-30T03:04:05",
                                        "2020-01-02T03:04:05.5",
                                        "2020-01-02T03:04:05,000006",
                                        "2020-01-02T03:04:05.00000a",
                                        "2020-01-02T03:04:05.000006+01:00",
                                        "+020-01-02T03:04:05"};
    struct pyro_moment moment;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(wrong); i++)
        if (pyro_moment_read(pyro_slice_text(wrong[i]), true, &moment))
            fail_msg("%s was read", wrong[i]);
    assert_false(pyro_moment_read(pyro_slice_text("2021-02-29"), false, &moment));
    assert_false(pyro_moment_read(pyro_slice_text("2020/01/02"), false, &moment));
}

static void integers_have_a_text(void **state)
{
    static const int64_t values[] = {0, 1, -1, 9, 10, -10, 1234567890, INT64_MAX, INT64_MIN};
    char text[PYRO_INTEGER_SIZE], expected[PYRO_INTEGER_SIZE];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(values); i++) {
        snprintf(expected, sizeof(expected), "%" PRId64, values[i]);
        assert_int_equal(pyro_integer_text(values[i], text), strlen(expected));
        assert_string_equal(text, expected);
    }
}

static void digits_are_sent_as_the_integers_that_they_are(void **state)
{
    static const struct {
        const char *digits, *event;
    } some[] = {
        {"0", "0 "},
        {"-0", "0 "},
        {"-7", "-7 "},
        {"9223372036854775807", "9223372036854775807 "},
        {"9223372036854775808", "big:9223372036854775808 "},
        {"-9223372036854775808", "-9223372036854775808 "},
        {"-9223372036854775809", "big:-9223372036854775809 "},
        {"10000000000000000000", "big:10000000000000000000 "},
        {"-10000000000000000000", "big:-10000000000000000000 "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(some); i++) {
        struct recorder r;
        recorder_init(&r);
        assert_int_equal(pyro_put_digits(&r.sink, pyro_slice_text(some[i].digits)), PYRO_OK);
        assert_string_equal(recorded(&r), some[i].event);
        recorder_free(&r);
    }
}

static void big_integers_are_converted(void **state)
{
    static const char *const some[] = {"0",
                                       "1",
                                       "999999999",
                                       "1000000000",
                                       "1000000001",
                                       "123456789012345678901234567890",
                                       "1000000000000000000000000000000000000000"};
    char text[PYRO_MOST_DIGITS + 9];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(some); i++) {
        struct pyro_bigint small = {.base = 1 << 15}, big = {.base = PYRO_BASE_DECIMAL};
        assert_true(pyro_bigint_read(&small, pyro_slice_text(some[i])));
        for (size_t k = small.count; k > 0; k--)
            assert_true(pyro_bigint_fold(&big, 1 << 15, small.limbs[k - 1]));
        assert_int_equal(pyro_bigint_text(&big, text), strlen(some[i]));
        assert_string_equal(text, some[i]);
    }
}

static void big_integers_have_a_longest(void **state)
{
    struct pyro_bigint big = {.base = 1 << 15};
    char digits[PYRO_MOST_DIGITS + 1], text[PYRO_MOST_DIGITS + 9];
    (void)state;
    memset(digits, '9', sizeof(digits));
    assert_true(pyro_bigint_read(&big, pyro_slice(digits, PYRO_MOST_DIGITS)));
    assert_int_equal(big.count, 953);
    assert_false(pyro_bigint_read(&big, pyro_slice(digits, sizeof(digits))));
    big = (struct pyro_bigint){.base = PYRO_BASE_DECIMAL};
    assert_true(pyro_bigint_read(&big, pyro_slice(digits, PYRO_MOST_DIGITS)));
    assert_int_equal(pyro_bigint_text(&big, text), PYRO_MOST_DIGITS);
    assert_memory_equal(text, digits, PYRO_MOST_DIGITS);
    assert_true(pyro_bigint_fold(&big, 1, 1)); /* a digit more */
    assert_int_equal(pyro_bigint_text(&big, text), 0);
    while (pyro_bigint_fold(&big, 1 << 30, 1))
        assert_int_equal(pyro_bigint_text(&big, text), 0);
    assert_int_equal(big.count, PYRO_COUNT(big.limbs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datetimes_are_written_as_python_does),
        cmocka_unit_test(datetimes_out_of_range_have_no_text),
        cmocka_unit_test(dates_are_written_as_python_does),
        cmocka_unit_test(moments_are_read),
        cmocka_unit_test(what_is_no_moment_is_not_read),
        cmocka_unit_test(integers_have_a_text),
        cmocka_unit_test(digits_are_sent_as_the_integers_that_they_are),
        cmocka_unit_test(big_integers_are_converted),
        cmocka_unit_test(big_integers_have_a_longest),
    };
    return cmocka_run_group_tests_name("value texts", tests, NULL, NULL);
}
