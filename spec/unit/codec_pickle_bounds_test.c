/* Limits of what pickles may cost. */
#include <time.h>

#include "codec_check.h"
#include "value/integer.h"
#include "value/tree.h"

#define P (&pyro_codec_pickle)

#define MEBIBYTE ((size_t)1 << 20)
#define USUAL ((size_t)256 * MEBIBYTE) /* MAX_VALUE_MEMORY */

static void append(struct pyro_buffer *out, const char *data, size_t length)
{
    assert_true(pyro_buffer_append(out, data, length));
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct cost {
    enum pyro_code code;
    char message[PYRO_ERROR_SIZE];
    size_t memory; /* that reading counted, with what the tree took */
    double time;
};

/* Reads a value into a tree, with the usual limit. */
static struct cost cost_of(struct pyro_slice in)
{
    struct cost cost;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_reading held = {.parsed = NULL};
    struct pyro_tree tree;
    double started = seconds();
    pyro_tree_init(&tree, &err);
    pyro_budget_open(&held.budget, USUAL);
    pyro_reading_charge(&held, &tree.sink);
    cost.code = P->read(in, &held, &tree.sink, &err);
    cost.memory = pyro_budget_spent(&held.budget);
    pyro_reading_free(&held);
    pyro_tree_free(&tree);
    cost.time = seconds() - started;
    memcpy(cost.message, err.message, sizeof(err.message));
    return cost;
}

/* The cost without what else goes on: of several runs, the fastest. */
static struct cost least_cost_of(struct pyro_slice in)
{
    struct cost least = cost_of(in);
    for (int i = 0; i < 4; i++) {
        struct cost cost = cost_of(in);
        least = cost.time < least.time ? cost : least;
    }
    return least;
}

/* A bomb costs little. */
static void is_cheap(struct pyro_slice in, enum pyro_code code, const char *message)
{
    struct cost cost = least_cost_of(in);
    assert_int_equal(cost.code, code);
    if (!strstr(cost.message, message))
        fail_msg("%s", cost.message);
    assert_in_range(cost.memory, 0, MEBIBYTE);
    assert_true(cost.time < 0.01);
}

#define TOO_MUCH "MAX_VALUE_MEMORY"

/* Lists that have the one before twice: 2^40 values. */
static void doublings_are_cheap(void **state)
{
    struct pyro_buffer in = {.data = NULL};
    (void)state;
    append(&in, "\x80\x04]\x94", 4);
    for (char i = 0; i < 40; i++) {
        char list[] = {'0', ']', (char)0x94, '(', 'h', i, 'h', i, 'e'};
        append(&in, list, sizeof(list));
    }
    append(&in, ".", 1);
    is_cheap(pyro_slice(in.data, in.length), PYRO_ESERIALIZE, TOO_MUCH);
    pyro_buffer_free(&in);
}

/* Few bytes become many also without the memo. */
static void other_bombs_are_cheap(void **state)
{
    static const char range[] = "c__builtin__\nxrange\n(I0\nI1000000000000000000\nI1\ntR.";
    struct pyro_buffer in = {.data = NULL};
    (void)state;
    append(&in, "]", 1);
    for (int i = 0; i < 100; i++)
        append(&in, "2\x86", 2); /* a tuple of it twice */
    append(&in, ".", 1);
    is_cheap(pyro_slice(in.data, in.length), PYRO_ESERIALIZE, TOO_MUCH);
    is_cheap(pyro_slice(range, sizeof(range) - 1), PYRO_ESERIALIZE, TOO_MUCH);
    pyro_buffer_free(&in);
}

static void recorded_bombs_are_cheap(void **state)
{
    static const struct {
        const char *hex, *message;
    } bombs[] = {
        {"80024e72ffffff7f2e", "a place in the memo beyond what can be filled"},
        {"800495ffffffffffffff7f4e2e", "cut short"},
        {"80048effffffffffffff7f2e", "cut short"},
        {"80028bffffffff2e", "a negative size"},
        {"80028bffffff7f2e", "cut short"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bombs); i++) {
        struct pyro_slice in = unhex(bombs[i].hex);
        is_cheap(in, PYRO_ESERIALIZE, bombs[i].message);
        test_free((char *)in.data);
    }
}

/* The time to read an instance whose state was filled in turns with another dict, so that its cells
 * lie apart. */
static double time_of_scattered(const char *class)
{
    static const char pair[] = "h\0K\1K\1s0h\1K\1K\1s0";
    struct pyro_buffer in = {.data = NULL};
    append(&in, class, strlen(class));
    append(&in,
           ")\x81}q\0}q\1"
           "0",
           9);
    for (int i = 0; i < 20000; i++)
        append(&in, pair, sizeof(pair) - 1);
    append(&in, "b.", 2);
    struct cost cost = least_cost_of(pyro_slice(in.data, in.length));
    pyro_buffer_free(&in);
    return cost.time;
}

/* Looking for a key in such a state takes as long as sending all of it, not the square of that. */
static void scattered_states_are_cheap(void **state)
{
    (void)state;
    assert_true(time_of_scattered("cuuid\nUUID\n") < 10 * time_of_scattered("cshop\nItem\n"));
}

/* A value in the memo, and a list of it many times. */
static enum pyro_code read_repeated(struct pyro_slice value, size_t times, size_t most)
{
    struct pyro_buffer in = {.data = NULL};
    struct pyro_reading held = {.parsed = NULL};
    struct recorder r;
    append(&in, value.data, value.length);
    append(&in,
           "q\0"
           "0](",
           5);
    for (size_t i = 0; i < times; i++)
        append(&in, "h\0", 2);
    append(&in, "e.", 2);
    recorder_init(&r);
    pyro_budget_open(&held.budget, most);
    enum pyro_code code = P->read(pyro_slice(in.data, in.length), &held, &r.sink, &r.err);
    if (code != PYRO_OK)
        assert_non_null(strstr(r.err.message, most > 0 ? TOO_MUCH : "too much is repeated"));
    pyro_reading_free(&held);
    recorder_free(&r);
    pyro_buffer_free(&in);
    return code;
}

/* Long texts may come again hundreds of times; what takes long to read, only some. */
static void repetition_has_a_price(void **state)
{
    static char text[5 + 10000] = "X\x10\x27", number[5 + 1700] = "\x8b\xa4\x06";
    struct pyro_slice small = pyro_slice("K\1", 2), list = pyro_slice("](NNNNNNNNe", 11);
    (void)state;
    memset(text + 5, 'x', sizeof(text) - 5);
    memset(number + 5, 1, sizeof(number) - 5);
    for (size_t most = 0; most <= 28 * MEBIBYTE; most += 28 * MEBIBYTE) {
        assert_int_equal(read_repeated(pyro_slice(text, sizeof(text)), 2000, most), PYRO_OK);
        assert_int_equal(read_repeated(pyro_slice(text, sizeof(text)), 7000, most),
                         PYRO_ESERIALIZE);
        assert_int_equal(read_repeated(pyro_slice(number, sizeof(number)), 60, most), PYRO_OK);
        assert_int_equal(read_repeated(pyro_slice(number, sizeof(number)), 200, most),
                         PYRO_ESERIALIZE);
        assert_int_equal(read_repeated(small, 65535, most), PYRO_OK);
        assert_int_equal(read_repeated(list, 65535, most), PYRO_OK);
        assert_int_equal(read_repeated(list, 1000000, most), PYRO_ESERIALIZE);
    }
}

/* Calls that become one of their arguments, which are a tuple in the memo. */
static void read_calls(const char *function, const char *before, const char *value, size_t length,
                       const char *after)
{
    struct pyro_buffer in = {.data = NULL};
    append(&in, function, strlen(function));
    append(&in,
           "q\0"
           "0(",
           4);
    append(&in, before, strlen(before));
    append(&in, value, length);
    append(&in, after, strlen(after));
    append(&in,
           "tq\1"
           "0(",
           5);
    for (size_t i = 0; i < 10000; i++)
        append(&in, "h\0h\1R", 5);
    append(&in, "l.", 2);
    struct cost cost = cost_of(pyro_slice(in.data, in.length));
    assert_int_equal(cost.code, PYRO_ESERIALIZE);
    assert_non_null(strstr(cost.message, "too much is repeated"));
    assert_in_range(cost.memory, 0, 48 * MEBIBYTE);
    pyro_buffer_free(&in);
}

/* The arguments of such calls cost as much as what is repeated itself: text that is decoded, an
 * integer whose digits take long, a name that is looked up. */
static void repeated_calls_have_a_price(void **state)
{
    static char text[5 + 10000] = "X\x10\x27", bytes[5 + 10000] = "B\x10\x27",
                         number[5 + 1700] = "\x8b\xa4\x06";
    (void)state;
    memset(text + 5, 'x', sizeof(text) - 5);
    memset(bytes + 5, 'x', sizeof(bytes) - 5);
    memset(number + 5, 1, sizeof(number) - 5);
    read_calls("c_codecs\nencode\n", "", text, sizeof(text), "Vlatin1\n");
    read_calls("c__builtin__\nbytes\n", "", bytes, sizeof(bytes), "");
    read_calls("c__builtin__\ngetattr\n", "cm\nC\n", text, sizeof(text), "");
    read_calls("ccopyreg\n_reconstructor\n", "cm\nC\nc__builtin__\nobject\n", number,
               sizeof(number), "");
    read_calls("cdill._dill\n_load_type\n", "", text, sizeof(text), "");
}

static void recursion_is_refused(void **state)
{
    static const char *const forms[] = {
        "]q\1h\1a.",     /* a list in itself */
        "}q\1Vk\nh\1s.", /* a dict */
        "]q\1h\1\x85"
        "a.",                              /* by way of a tuple */
        "cm\nC\n)\x81q\1}Vx\nh\1sb.",      /* an instance, by its state */
        "cm\nC\n]q\1h\1a\x85\x81.",        /* in arguments */
        "]2a.",                            /* by DUP */
        "ccollections\ndeque\n)Rq\1h\1a.", /* what was added to a known class */
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        struct recorder r;
        assert_int_equal(codec_read(P, exact_text(forms[i]), &r), PYRO_ESERIALIZE);
        assert_non_null(strstr(r.err.message, "a value that contains itself"));
        assert_int_equal(r.text.length, 0);
        recorder_free(&r);
    }
}

/* Nests lists, tuples or sets of one kind; `shared` lets sizes be summed up. */
static void nest(size_t depth, const char *begin, const char *end, bool shared)
{
    struct pyro_buffer in = {.data = NULL};
    struct recorder r;
    if (shared)
        append(&in,
               ")q\0h\0"
               "00",
               7);
    for (size_t i = 0; i < depth; i++)
        append(&in, begin, strlen(begin));
    append(&in, "N", 1);
    for (size_t i = 0; i < depth; i++)
        append(&in, end, strlen(end));
    append(&in, ".", 1);
    recorder_init(&r);
    enum pyro_code code = pyro_codec_read(P, pyro_slice(in.data, in.length), &r.sink, &r.err);
    assert_int_equal(code, depth <= PYRO_MAX_DEPTH ? PYRO_OK : PYRO_ESERIALIZE);
    if (code != PYRO_OK)
        assert_non_null(strstr(r.err.message, "nested deeper than 512"));
    recorder_free(&r);
    pyro_buffer_free(&in);
}

static void depth_is_bounded(void **state)
{
    static const size_t depths[] = {PYRO_MAX_DEPTH, PYRO_MAX_DEPTH + 1, 1000000};
    (void)state;
    for (size_t i = 0; i < 2 * PYRO_COUNT(depths); i++) {
        nest(depths[i / 2], "]", "a", i % 2);
        nest(depths[i / 2], "", "\x85", i % 2);
        nest(depths[i / 2], "(", "\x91", i % 2);
        nest(depths[i / 2], "c__builtin__\nfrozenset\n]", "a\x85R", i % 2);
    }
}

static void integers_have_a_limit(void **state)
{
    struct pyro_buffer in = {.data = NULL};
    struct recorder r;
    char digits[PYRO_MOST_DIGITS + 1], text[PYRO_MOST_DIGITS + 20];
    (void)state;
    append(&in, "\x8b\x0c\x07\0\0", 5); /* 1804 bytes */
    for (int i = 0; i < 1804; i++)
        append(&in, "\x7f", 1);
    append(&in, ".", 1);
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(P, pyro_slice(in.data, in.length), &r.sink, &r.err),
                     PYRO_ESERIALIZE);
    assert_string_equal(r.err.message, "pickle, byte 5: an integer of too many digits");
    memset(digits, '9', sizeof(digits));
    snprintf(text, sizeof(text), "L%.*sL\n.", PYRO_MOST_DIGITS + 1, digits);
    codec_refuses(P, exact_text(text), "pickle, byte 1: an integer of too many digits");
    snprintf(text, sizeof(text), "L%.*sL\n.", PYRO_MOST_DIGITS, digits);
    assert_int_equal(pyro_codec_read(P, pyro_slice_text(text), &r.sink, &r.err), PYRO_OK);
    recorder_free(&r);
    pyro_buffer_free(&in);
}

/* Values of all kinds: known classes, an instance, an exception, a proxy, decoded texts. */
static const char many[] =
    "(lp0\nV\\u00e9\naS'\\x41'\naL99999999999999999999L\nac_codecs\nencode\n(Va\nVlatin1\ntRa"
    "cdatetime\ntimedelta\n(I1\nI2\nI3\ntRacm\nC\n)\x81}(Va\nK\1Vb\nK\2ubac__builtin__\nset\n"
    "((lNatRa(lp1\nNaag1\nacPyro4.errors\nPyroError\n(Vm\ntR}Vx\nNsba"
    "cPyro4.core\nProxy\n)\x81(cPyro4.core\nURI\n)\x81(VPYRO\nVo\nNVh\nK\1tb\x8f\x8f\x8fNNNtba.";

static void lack_of_memory_is_told(void **state)
{
    struct pyro_slice in = exact_text(many);
    (void)state;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        struct recorder r;
        recorder_init(&r);
        pyro_memory_fail_at(n);
        enum pyro_code code = pyro_codec_read(P, in, &r.sink, &r.err);
        pyro_memory_fail_at(0);
        failed = code != PYRO_OK;
        if (failed && code != PYRO_EMEMORY)
            fail_msg("%s", r.err.message);
        recorder_free(&r);
    }
    test_free((char *)in.data);
}

/* Returns whether a value was read to its end by a recorder that may refuse an event, or leave. */
static bool is_read(struct pyro_slice in, struct pyro_reading *held, struct recorder *r)
{
    if (setjmp(r->away) != 0)
        return false;
    enum pyro_code code = P->read(in, held, &r->sink, &r->err);
    assert_true(code == PYRO_OK || (code == PYRO_EVALUE && !r->leave));
    return code == PYRO_OK;
}

/* The sink refuses each event in turn, or leaves. */
static void sinks_may_refuse_and_leave(void **state)
{
    struct pyro_slice in = exact_text(many);
    (void)state;
    for (unsigned n = 2, done = 0; done < 2; n++) {
        struct pyro_reading held = {.parsed = NULL};
        struct recorder r;
        recorder_init(&r);
        r.fail_at = n / 2;
        r.leave = n % 2;
        done += is_read(in, &held, &r);
        pyro_reading_free(&held);
        recorder_free(&r);
    }
    test_free((char *)in.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doublings_are_cheap),
        cmocka_unit_test(other_bombs_are_cheap),
        cmocka_unit_test(recorded_bombs_are_cheap),
        cmocka_unit_test(repetition_has_a_price),
        cmocka_unit_test(repeated_calls_have_a_price),
        cmocka_unit_test(recursion_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(integers_have_a_limit),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(sinks_may_refuse_and_leave),
        cmocka_unit_test(scattered_states_are_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
