/* codec: the forms of what JSON has no type for. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "codec/json_forms_put.h"
#include "codec/json_forms_take.h"
#include "codec_check.h"
#include "value/array.h"

/* Values as JSON, with all types kept, and as Pyro's json serializer writes them; and what the
 * former is read as. */
static const struct {
    const char *text, *kept, *plain;
} golden[] = {
    {"null", "nil ", "null"},
    {"[true, 1, 1.5, \"x\"]", "[4 true 1 1.5f 'x' ] ", "[true, 1, 1.5, \"x\"]"},
    {"[9007199254740991, -9007199254740991]", "[2 9007199254740991 -9007199254740991 ] ",
     "[9007199254740991, -9007199254740991]"},
    {"[{\"$int\": \"9007199254740992\"}]", "[1 9007199254740992 ] ", "[9007199254740992]"},
    {"[{\"$int\": \"-9007199254740992\"}]", "[1 -9007199254740992 ] ", "[-9007199254740992]"},
    {"[{\"$int\": \"18446744073709551616\"}]", "[1 big:18446744073709551616 ] ",
     "[18446744073709551616]"},
    {"[{\"$float\": \"nan\"}, {\"$float\": \"inf\"}, {\"$float\": \"-inf\"}]",
     "[3 nanf inff -inff ] ", "[NaN, Infinity, -Infinity]"},
    {"[{\"$bytes\": \"AP8=\"}, {\"$bytes\": \"\"}]", "[2 b'00ff' b'' ] ",
     "[{\"$bytes\": \"AP8=\"}, {\"$bytes\": \"\"}]"},
    {"[{\"$complex\": [1.5, {\"$float\": \"-inf\"}]}]", "[1 complex:1.5,-inf ] ",
     "[{\"$complex\": [1.5, {\"$float\": \"-inf\"}]}]"},
    {"[{\"$datetime\": \"2020-01-02T03:04:05.000006\"}]", "[1 datetime:1577934245.000006 ] ",
     "[\"2020-01-02T03:04:05.000006\"]"},
    {"[{\"$date\": \"2020-01-02\"}]", "[1 date:737426 ] ", "[\"2020-01-02\"]"},
    {"[{\"$tuple\": [1, {\"$tuple\": []}]}]", "[1 (2 1 (0 ) ) ] ", "[[1, []]]"},
    {"[{\"$set\": [1]}, {\"$frozenset\": [2]}]", "[2 <1 1 > !1 2 ! ] ", "[[1], [2]]"},
    {"{\"a\": {\"b\": {\"$tuple\": []}}}", "{1 'a' {1 'b' (0 ) } } ", "{\"a\": {\"b\": []}}"},
    {"[{\"$dict\": [[1, \"a\"], [null, {\"$set\": []}]]}]", "[1 {2 1 'a' nil <0 > } ] ",
     "[{\"1\": \"a\", \"null\": []}]"},
    {"[{\"$dict\": [[\"$bytes\", 1]]}]", "[1 {1 '$bytes' 1 } ] ", "[{\"$bytes\": 1}]"},
    {"[{\"$bytes\": 1, \"x\": 2}, {}]", "[2 {2 '$bytes' 1 'x' 2 } {0 } ] ",
     "[{\"$bytes\": 1, \"x\": 2}, {}]"},
    {"{\"$bytes\": \"AP8=\"}", "{1 '$bytes' 'AP8=' } ", "{\"$bytes\": \"AP8=\"}"},
};

struct parsed {
    struct pyro_tree tree;
    struct pyro_reading held;
    struct pyro_error err;
};

static enum pyro_code parse(struct parsed *parsed, const char *text)
{
    *parsed = (struct parsed){.err.code = PYRO_OK};
    pyro_tree_init(&parsed->tree, &parsed->err);
    return pyro_codec_json.read(pyro_slice_text(text), &parsed->held, &parsed->tree.sink,
                                &parsed->err);
}

static void free_parsed(struct parsed *parsed)
{
    pyro_tree_free(&parsed->tree);
    pyro_reading_free(&parsed->held);
}

/* Takes what a text stands for. */
static enum pyro_code take(const char *text, struct pyro_sink *to)
{
    struct parsed parsed;
    enum pyro_code code = parse(&parsed, text);
    if (code == PYRO_OK)
        code = pyro_json_forms_take(pyro_value_at(&parsed.tree.root, 0), &parsed.held, to);
    else
        *to->err = parsed.err;
    free_parsed(&parsed);
    return code;
}

/* Writes a value. */
static enum pyro_code put(const struct pyro_value *value, bool kept, struct pyro_buffer *out,
                          struct pyro_error *err)
{
    struct pyro_writer writer;
    pyro_codec_json.open(&writer, out, err);
    enum pyro_code code = pyro_json_forms_put(value, kept, &writer.sink);
    if (code == PYRO_OK)
        assert_true(pyro_buffer_append(out, "", 1));
    return code;
}

static void assert_put(const struct pyro_value *value, bool kept, const char *text)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_error err;
    if (put(value, kept, &out, &err) != PYRO_OK)
        fail_msg("%s: %s", text, err.message);
    assert_string_equal(out.data, text);
    pyro_buffer_free(&out);
}

/* The outermost dict is no form where it is read, but one where it is written. */
static bool names_arguments(size_t i)
{
    return i == PYRO_COUNT(golden) - 1;
}

static void values_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        struct recorder r;
        recorder_init(&r);
        if (take(golden[i].text, &r.sink) != PYRO_OK)
            fail_msg("%s: %s", golden[i].text, r.err.message);
        assert_string_equal(recorded(&r), golden[i].kept);
        recorder_free(&r);
    }
}

static void values_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden) && !names_arguments(i); i++) {
        struct pyro_tree tree;
        struct pyro_error err;
        pyro_tree_init(&tree, &err);
        assert_int_equal(take(golden[i].text, &tree.sink), PYRO_OK);
        assert_put(pyro_value_at(&tree.root, 0), true, golden[i].text);
        assert_put(pyro_value_at(&tree.root, 0), false, golden[i].plain);
        pyro_tree_free(&tree);
    }
}

static void forms_that_are_wrong_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"[{\"$bytes\": \"A?\"}]", "$bytes takes base64"},
        {"[{\"$bytes\": \"AAE\"}]", "$bytes takes base64"},
        {"[{\"$bytes\": 1}]", "$bytes takes a string"},
        {"[{\"$int\": \"01\"}]", "$int takes decimal digits, as a string"},
        {"[{\"$int\": \"-\"}]", "$int takes decimal digits, as a string"},
        {"[{\"$int\": \"1e3\"}]", "$int takes decimal digits, as a string"},
        {"[{\"$float\": \"1.5\"}]", "$float takes nan, inf or -inf"},
        {"[{\"$datetime\": \"2020-01-02\"}]", "$datetime takes a time such as 2020-01-02T03:04:05"},
        {"[{\"$date\": \"2021-02-29\"}]", "$date takes a day such as 2020-01-02"},
        {"[{\"$tuple\": {}}]", "$tuple takes a list"},
        {"[{\"$set\": \"a\"}]", "$set takes a list"},
        {"[{\"$complex\": [1]}]", "$complex takes a list of two numbers"},
        {"[{\"$complex\": [1, \"2\"]}]", "$complex takes a list of two numbers"},
        {"[{\"$complex\": [{\"$float\": 2}, 1]}]", "$complex takes a list of two numbers"},
        {"[{\"$complex\": [{\"$float\": \"x\"}, 1]}]", "$complex takes a list of two numbers"},
        {"[{\"$dict\": [1]}]", "$dict takes a list of pairs"},
        {"[{\"$dict\": [[1]]}]", "$dict takes a list of pairs"},
        {"[{\"$dict\": [{\"a\": 1}]}]", "$dict takes a list of pairs"},
        {"[{\"$ref\\n\": 1}]",
         "a dict with the one key $ref\\x0a is written {\"$dict\": [[\"$ref\\x0a\", value]]}"},
        {"{\"a\": [[{\"$set\": [{\"$tuple\": 1}]}]]}", "$tuple takes a list"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(wrong); i++) {
        struct recorder r;
        recorder_init(&r);
        assert_int_equal(take(wrong[i].text, &r.sink), PYRO_ESERIALIZE);
        assert_string_equal(r.err.message, wrong[i].message);
        recorder_free(&r);
    }
}

static void long_integers_have_a_limit(void **state)
{
    char text[5000];
    struct recorder r;
    (void)state;
    recorder_init(&r);
    snprintf(text, sizeof(text), "[{\"$int\": \"1%0*d\"}]", 4299, 0);
    assert_int_equal(take(text, &r.sink), PYRO_OK);
    snprintf(text, sizeof(text), "[{\"$int\": \"1%0*d\"}]", 4300, 0);
    assert_int_equal(take(text, &r.sink), PYRO_ESERIALIZE);
    recorder_free(&r);
}

/* --- what only a peer sends --- */

static void strings_that_are_not_utf8_are_bytes(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    pyro_tree_init(&tree, &err);
    pyro_put_text(&tree.sink, "\xff");
    pyro_begin(&tree.sink, PYRO_DICT, 1);
    pyro_put_text(&tree.sink, "\xff");
    pyro_put_int(&tree.sink, 1);
    pyro_end(&tree.sink, PYRO_DICT);
    assert_put(pyro_value_at(&tree.root, 0), false, "{\"$bytes\": \"/w==\"}");
    assert_put(pyro_value_at(&tree.root, 1), true, "{\"$dict\": [[{\"$bytes\": \"/w==\"}, 1]]}");
    assert_int_equal(put(pyro_value_at(&tree.root, 1), false, &out, &err), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "a key is not UTF-8");
    pyro_buffer_free(&out);
    pyro_tree_free(&tree);
}

static void keys_that_are_no_scalars_are_only_kept(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    pyro_tree_init(&tree, &err);
    pyro_begin(&tree.sink, PYRO_DICT, 1);
    pyro_begin(&tree.sink, PYRO_TUPLE, 1);
    pyro_put_int(&tree.sink, 1);
    pyro_end(&tree.sink, PYRO_TUPLE);
    pyro_put_int(&tree.sink, 2);
    pyro_end(&tree.sink, PYRO_DICT);
    assert_put(pyro_value_at(&tree.root, 0), true, "{\"$dict\": [[{\"$tuple\": [1]}, 2]]}");
    assert_int_equal(put(pyro_value_at(&tree.root, 0), false, &out, &err), PYRO_ESERIALIZE);
    pyro_buffer_free(&out);
    pyro_tree_free(&tree);
}

static void dates_out_of_range_are_refused(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    pyro_tree_init(&tree, &err);
    tree.sink.ops->date(&tree.sink, 0);
    tree.sink.ops->datetime(&tree.sink, 1e15);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(put(pyro_value_at(&tree.root, i), true, &out, &err), PYRO_ESERIALIZE);
        assert_string_equal(err.message, "a date outside the years 1 to 9999");
    }
    pyro_buffer_free(&out);
    pyro_tree_free(&tree);
}

/* --- faults --- */

#define EVERYTHING                                                                                 \
    "[{\"$tuple\": [{\"$bytes\": \"AP8=\"}, {\"$complex\": [1.0, 2.0]}]}, {\"$dict\": [[1, "       \
    "{\"$date\": \"2020-01-02\"}]]}, {\"a\": {\"$int\": \"18446744073709551616\"}}]"

static void faults_are_told(void **state)
{
    (void)state;
    for (int refuses = 0; refuses < 2; refuses++) {
        enum pyro_code code, expected = refuses ? PYRO_EVALUE : PYRO_EMEMORY;
        unsigned n = 0;
        do {
            struct recorder r;
            recorder_init(&r);
            n++;
            r.fail_at = refuses ? n : 0;
            pyro_memory_fail_at(refuses ? 0 : n);
            code = take(EVERYTHING, &r.sink);
            pyro_memory_fail_at(0);
            assert_true(code == PYRO_OK || code == expected);
            recorder_free(&r);
        } while (code != PYRO_OK);
        assert_true(n > 3);
    }
}

static void writing_tells_of_faults(void **state)
{
    struct pyro_tree tree;
    struct pyro_error err;
    enum pyro_code code;
    unsigned n = 0;
    (void)state;
    pyro_tree_init(&tree, &err);
    assert_int_equal(take(EVERYTHING, &tree.sink), PYRO_OK);
    do {
        struct recorder r;
        recorder_init(&r);
        r.fail_at = ++n;
        code = pyro_json_forms_put(pyro_value_at(&tree.root, 0), true, &r.sink);
        assert_true(code == PYRO_OK || code == PYRO_EVALUE);
        recorder_free(&r);
    } while (code != PYRO_OK);
    assert_true(n > 30);
    n = 0;
    do {
        struct pyro_buffer out = {.data = NULL};
        pyro_memory_fail_at(++n);
        struct pyro_writer writer;
        pyro_codec_json.open(&writer, &out, &err);
        code = pyro_json_forms_put(pyro_value_at(&tree.root, 0), true, &writer.sink);
        pyro_memory_fail_at(0);
        assert_true(code == PYRO_OK || code == PYRO_EMEMORY);
        pyro_buffer_free(&out);
    } while (code != PYRO_OK);
    assert_true(n > 2);
    pyro_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(values_are_written),
        cmocka_unit_test(forms_that_are_wrong_are_refused),
        cmocka_unit_test(long_integers_have_a_limit),
        cmocka_unit_test(strings_that_are_not_utf8_are_bytes),
        cmocka_unit_test(keys_that_are_no_scalars_are_only_kept),
        cmocka_unit_test(dates_out_of_range_are_refused),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(writing_tells_of_faults),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
