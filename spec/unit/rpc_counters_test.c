/* Tests of rpc/counters.h: the tallies of methods. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "record.h"
#include "rpc/counters.h"
#include "rpc/object.h"

static struct pyro_counters counters;

static int open_counters(void **state)
{
    (void)state;
    counters = (struct pyro_counters){.methods = 0};
    pyro_counters_open(&counters);
    return 0;
}

static int close_counters(void **state)
{
    (void)state;
    pyro_counters_close(&counters);
    return 0;
}

static struct pyro_method_tally *tally_of(struct pyro_object *object, const char *name)
{
    return pyro_tally_of(&counters, object, pyro_slice_text(name));
}

static const struct pyro_method_tally *find(struct pyro_object *object, const char *name)
{
    return pyro_tally_find(object, pyro_slice_text(name));
}

/* The sum that pyro_counters_sum() finds, where there are no errors. */
static uint64_t sum_of_calls(void)
{
    uint64_t errors[PYRO_TOLD_CLASSES] = {0};
    struct pyro_tally sum = {.errors = errors};
    pyro_counters_sum(&counters, &sum);
    return pyro_histogram_total(&sum.times);
}

static void methods_are_found_again(void **state)
{
    struct pyro_object object = {.ops = NULL}, other = {.ops = NULL};
    (void)state;
    assert_null(find(&object, "take"));
    struct pyro_method_tally *take = tally_of(&object, "take"), *give = tally_of(&object, "give");
    assert_ptr_not_equal(take, give);
    assert_ptr_equal(tally_of(&object, "take"), take);
    assert_ptr_equal(object.tallies, take);
    assert_ptr_equal(find(&object, "give"), give);
    assert_ptr_equal(object.tallies, give);
    assert_null(find(&object, "tak"));
    assert_ptr_not_equal(tally_of(&other, "take"), take);
    assert_int_equal(counters.methods, 3);
    pyro_counters_forget(&counters, &object);
    assert_null(object.tallies);
    pyro_counters_forget(&counters, &other);
    assert_int_equal(counters.methods, 0);
}

static void calls_stay_counted(void **state)
{
    struct pyro_object object = {.ops = NULL};
    (void)state;
    pyro_histogram_count(&tally_of(&object, "take")->calls.times, 1000);
    pyro_histogram_count(&counters.unfound.times, 1000);
    pyro_histogram_count(&counters.other.calls.times, 1000);
    assert_int_equal(sum_of_calls(), 3);
    pyro_counters_forget(&counters, &object);
    assert_int_equal(sum_of_calls(), 3);
}

static void calls_in_flight_keep_a_tally(void **state)
{
    struct pyro_object object = {.ops = NULL};
    (void)state;
    struct pyro_method_tally *take = tally_of(&object, "take");
    take->calls.in_flight = 1;
    pyro_counters_forget(&counters, &object);
    assert_true(take->gone);
    assert_int_equal(counters.methods, 1);
    take->calls.in_flight = 0;
    pyro_tally_drop(&counters, take);
    assert_int_equal(counters.methods, 0);
}

static void what_has_no_room_is_one(void **state)
{
    struct pyro_object object = {.ops = NULL};
    char name[300];
    (void)state;
    pyro_memory_fail_at(1);
    assert_ptr_equal(tally_of(&object, "unlucky"), &counters.other);
    memset(name, 'x', sizeof(name));
    name[256] = '\0';
    assert_ptr_equal(tally_of(&object, name), &counters.other);
    name[255] = '\0';
    assert_ptr_not_equal(tally_of(&object, name), &counters.other);
    for (int i = 1; i < 1000; i++) {
        snprintf(name, sizeof(name), "method%d", i);
        assert_ptr_not_equal(tally_of(&object, name), &counters.other);
    }
    assert_ptr_equal(tally_of(&object, "one_more"), &counters.other);
    assert_ptr_not_equal(tally_of(&object, "method5"), &counters.other);
    pyro_counters_forget(&counters, &object);
    assert_ptr_not_equal(tally_of(&object, "one_more"), &counters.other);
    pyro_counters_forget(&counters, &object);
}

int main(void)
{
#define WITH_COUNTERS(test) cmocka_unit_test_setup_teardown(test, open_counters, close_counters)
    const struct CMUnitTest tests[] = {
        WITH_COUNTERS(methods_are_found_again),
        WITH_COUNTERS(calls_stay_counted),
        WITH_COUNTERS(calls_in_flight_keep_a_tally),
        WITH_COUNTERS(what_has_no_room_is_one),
    };
    return cmocka_run_group_tests_name("rpc counters", tests, NULL, NULL);
}
