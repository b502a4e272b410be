/* Tests of base/histogram.h and base/tally.h. */
#include <string.h>

#include "base/memory.h"
#include "base/tally.h"
#include "record.h"

/* The last bound, in seconds: without more digits than a double has. */
static const double longest = 134.217728;

static void buckets_hold_what_is_below_their_bounds(void **state)
{
    (void)state;
    for (uint64_t time = 1; time < 120000000000; time += time / 7 + 1) {
        unsigned bucket = pyro_histogram_bucket(time);
        double seconds = (double)time / 1e9;
        assert_true(bucket < PYRO_BUCKETS - 1);
        assert_true(seconds < pyro_histogram_bound(bucket));
        assert_true(bucket == 0 || seconds >= pyro_histogram_bound(bucket - 1));
    }
}

static void bounds_are_fixed(void **state)
{
    static const double first[] = {0.25e-6, 0.5e-6, 0.75e-6, 1e-6, 1.25e-6, 1.5e-6,
                                   1.75e-6, 2e-6,   2.5e-6,  3e-6, 3.5e-6,  4e-6};
    (void)state;
    for (unsigned i = 0; i < PYRO_COUNT(first); i++)
        assert_true(pyro_histogram_bound(i) == first[i]);
    for (unsigned i = 8; i < PYRO_BUCKETS - 2; i++)
        assert_true(pyro_histogram_bound(i) / pyro_histogram_bound(i - 1) <= 1.2500001);
    assert_true(pyro_histogram_bound(PYRO_BUCKETS - 2) == longest);
    assert_int_equal(pyro_histogram_bucket(134217727999), PYRO_BUCKETS - 2);
    assert_int_equal(pyro_histogram_bucket(134217728000), PYRO_BUCKETS - 1);
    assert_int_equal(pyro_histogram_bucket(UINT64_MAX), PYRO_BUCKETS - 1);
}

static void quantiles_are_near(void **state)
{
    struct pyro_histogram histogram = {.sum = 0};
    (void)state;
    assert_true(pyro_histogram_quantile(&histogram, 0.99) == 0);
    for (uint64_t i = 1; i <= 1000; i++)
        pyro_histogram_count(&histogram, i * 1000000);
    assert_int_equal(pyro_histogram_total(&histogram), 1000);
    assert_true(histogram.sum == 500500 * UINT64_C(1000000));
    assert_true(pyro_histogram_quantile(&histogram, 0) == 0);
    assert_float_equal(pyro_histogram_quantile(&histogram, 0.5), 0.5, 0.01);
    assert_float_equal(pyro_histogram_quantile(&histogram, 0.99), 0.99, 0.06);
    assert_true(pyro_histogram_quantile(&histogram, 1) >= 1);
}

static void what_is_beyond_the_last_bound_counts(void **state)
{
    struct pyro_histogram histogram = {.sum = 0};
    (void)state;
    pyro_histogram_count(&histogram, UINT64_C(1000000000000));
    assert_true(pyro_histogram_quantile(&histogram, 0.5) == longest);
}

static void histograms_are_summed(void **state)
{
    struct pyro_histogram one = {.sum = 0}, other = {.sum = 0};
    (void)state;
    pyro_histogram_count(&one, 1000);
    pyro_histogram_count(&other, 1000);
    pyro_histogram_count(&other, 5000000);
    pyro_histogram_add(&one, &other);
    assert_int_equal(one.counts[pyro_histogram_bucket(1000)], 2);
    assert_int_equal(pyro_histogram_total(&one), 3);
    assert_int_equal(one.sum, 5002000);
}

static void error(struct pyro_tally *tally, struct pyro_classes *classes, const char *name)
{
    pyro_tally_error(tally, classes, pyro_slice_text(name));
}

static void errors_are_counted_by_class(void **state)
{
    static struct pyro_classes classes;
    struct pyro_tally one = {.in_flight = 2}, other = {.in_flight = 1};
    (void)state;
    error(&one, &classes, "ValueError");
    error(&other, &classes, "shop.SoldOut");
    error(&other, &classes, "ValueError");
    pyro_tally_add(&one, &other);
    assert_int_equal(classes.count, 2);
    assert_string_equal(classes.names[0], "ValueError");
    assert_string_equal(classes.names[1], "shop.SoldOut");
    assert_int_equal(one.errors[0], 2);
    assert_int_equal(one.errors[1], 1);
    assert_int_equal(one.in_flight, 3);
    pyro_tally_free(&one);
    pyro_tally_free(&other);
}

static void many_classes_are_one(void **state)
{
    static struct pyro_classes classes;
    struct pyro_tally tally = {.in_flight = 0};
    char name[32];
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "Error%d", i);
        error(&tally, &classes, name);
    }
    error(&tally, &classes, "Error5");
    assert_int_equal(classes.count, PYRO_TOLD_CLASSES);
    assert_int_equal(tally.errors[5], 2);
    assert_string_equal(classes.names[PYRO_TOLD_CLASSES - 1], "other");
    assert_int_equal(tally.errors[PYRO_TOLD_CLASSES - 1], 1000 - (PYRO_TOLD_CLASSES - 1));
    pyro_tally_free(&tally);
}

static void names_of_classes_are_fit_to_show(void **state)
{
    static struct pyro_classes classes;
    struct pyro_tally tally = {.in_flight = 0};
    char name[300];
    (void)state;
    memset(name, 'a', sizeof(name));
    pyro_tally_error(&tally, &classes, pyro_slice(name, sizeof(name)));
    error(&tally, &classes, "a\xff\n");
    assert_true(strlen(classes.names[0]) < PYRO_CLASS_SIZE);
    assert_string_equal(classes.names[1], "a\\xff\\x0a");
    pyro_tally_free(&tally);
}

static void without_memory_errors_are_not_counted(void **state)
{
    static struct pyro_classes classes;
    struct pyro_tally tally = {.in_flight = 0};
    (void)state;
    pyro_memory_fail_at(1);
    error(&tally, &classes, "ValueError");
    assert_null(tally.errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_hold_what_is_below_their_bounds),
        cmocka_unit_test(bounds_are_fixed),
        cmocka_unit_test(quantiles_are_near),
        cmocka_unit_test(what_is_beyond_the_last_bound_counts),
        cmocka_unit_test(histograms_are_summed),
        cmocka_unit_test(errors_are_counted_by_class),
        cmocka_unit_test(many_classes_are_one),
        cmocka_unit_test(names_of_classes_are_fit_to_show),
        cmocka_unit_test(without_memory_errors_are_not_counted),
    };
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
