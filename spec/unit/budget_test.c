/* Costs of a message's values are counted while they are built, whatever the codec: short
 * messages that stand for many values are refused before these are there. */
#include <malloc.h>
#include <stdlib.h>

#include "codec_check.h"
#include "value/tree.h"

#define MOST ((size_t)1024 * 1024)
#define REFUSED                                                                                    \
    "the values of the message take more memory than MAX_VALUE_MEMORY allows (1048576 bytes)"

/* Data that repeat a part, as `before part part … after`. */
struct bomb {
    const struct pyro_codec *codec;
    const char *name, *before, *part, *after;
    size_t part_length; /* where it has zeros; 0: as the text */
};

#define COUNT 1000000 /* 0x000f4240 */
static const struct bomb bombs[] = {
    {&pyro_codec_msgpack, "integers", "\xdd\x01\x01\x01\x01", "\x01", "", 0},
    {&pyro_codec_msgpack, "lists", "\xdd\x01\x01\x01\x01", "\x90", "", 0},
    {&pyro_codec_msgpack, "dicts", "\xdd\x01\x01\x01\x01", "\x80", "", 0},
    {&pyro_codec_msgpack, "texts", "\xdd\x01\x01\x01\x01", "\xa1z", "", 0},
    {&pyro_codec_msgpack, "pairs", "\xdf\x01\x01\x01\x01", "\xa1z\x01", "", 0},
    {&pyro_codec_json, "integers", "[", "1,", "1]", 0},
    {&pyro_codec_json, "lists", "[", "[],", "1]", 0},
    {&pyro_codec_json, "dicts", "[", "{},", "1]", 0},
    {&pyro_codec_json, "texts", "[", "\"z\",", "1]", 0},
    {&pyro_codec_json, "reals", "[", "0.5,", "1]", 0},
    {&pyro_codec_json, "constants", "[", "true,", "1]", 0},
    {&pyro_codec_json, "nulls", "[", "null,", "1]", 0},
    {&pyro_codec_serpent, "integers", "[", "1,", "]", 0},
    {&pyro_codec_serpent, "lists", "[", "[],", "]", 0},
    {&pyro_codec_serpent, "dicts", "[", "{},", "]", 0},
    {&pyro_codec_serpent, "tuples", "(", "(),", ")", 0},
    {&pyro_codec_serpent, "sets", "[", "{1},", "]", 0},
    {&pyro_codec_serpent, "texts", "[", "'z',", "]", 0},
    {&pyro_codec_serpent, "pairs", "{", "1:2,", "}", 0},
    {&pyro_codec_marshal, "integers", "[\x40\x42\x0f", "i\0\0\0\0", "", 5},
    {&pyro_codec_marshal, "lists", "[\x40\x42\x0f", "[\0\0\0\0", "", 5},
    {&pyro_codec_marshal, "dicts", "[\x40\x42\x0f", "{0", "", 0},
    {&pyro_codec_marshal, "texts", "[\x40\x42\x0f", "z\1z", "", 0},
    {&pyro_codec_marshal, "remembered", "[\x40\x42\x0f", "\xceN", "", 1},
};

static struct pyro_slice explode(const struct bomb *bomb)
{
    size_t before = strlen(bomb->before), after = strlen(bomb->after);
    size_t part = bomb->part_length ? bomb->part_length : strlen(bomb->part);
    if (bomb->codec == &pyro_codec_marshal)
        before++; /* the count's highest byte is zero */
    char *data = malloc(before + part * (COUNT * 20) + after);
    assert_non_null(data);
    size_t count = bomb->codec == &pyro_codec_msgpack ? COUNT * 17 : COUNT;
    memcpy(data, bomb->before, before);
    for (size_t i = 0; i < count; i++)
        memcpy(data + before + i * part, bomb->part, part);
    memcpy(data + before + count * part, bomb->after, after);
    return pyro_slice(data, before + count * part + after);
}

static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Checks that what is there when it is refused is what was counted, about. */
static void check_bomb(const struct bomb *bomb)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_reading held = {.parsed = NULL};
    struct pyro_tree tree;
    struct pyro_slice in = explode(bomb);
    size_t before = allocated();
    pyro_tree_init(&tree, &err);
    pyro_budget_open(&held.budget, MOST);
    pyro_reading_charge(&held, &tree.sink);
    assert_int_equal(bomb->codec->read(in, &held, &tree.sink, &err), PYRO_ESERIALIZE);
    assert_string_equal(err.message, REFUSED);
    size_t grown = allocated() - before;
    if (grown > MOST + MOST / 4)
        fail_msg("%s of %s took %zu bytes", bomb->codec->name, bomb->name, grown);
    pyro_reading_free(&held);
    pyro_tree_free(&tree);
    free((char *)in.data);
}

static void many_values_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bombs); i++)
        check_bomb(&bombs[i]);
}

static void calls_are_refused_as_values_are(void **state)
{
    static const char before[] = "{\"object\":\"o\",\"method\":\"m\",\"kwargs\":{},\"params\":";
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice list = explode(&bombs[5]);
    size_t length = strlen(before);
    char *data = malloc(length + list.length + 1);
    (void)state;
    assert_non_null(data);
    memcpy(data, before, length);
    memcpy(data + length, list.data, list.length);
    data[length + list.length] = '}';
    pyro_budget_open(&call.held.budget, MOST);
    assert_int_equal(
        pyro_codec_json.read_call(pyro_slice(data, length + list.length + 1), &call, &err),
        PYRO_ESERIALIZE);
    assert_string_equal(err.message, REFUSED);
    pyro_reading_free(&call.held);
    free(data);
    free((char *)list.data);
}

/* Codec and sink spend from the same budget. */
static void what_is_read_counts_as_a_whole(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice in = pyro_slice_text("[[1, 2.5, \"text\"], {\"key\": null}, true]");
    (void)state;
    for (size_t most = 1;; most++) {
        struct pyro_reading held = {.parsed = NULL};
        struct pyro_tree tree;
        pyro_tree_init(&tree, &err);
        pyro_budget_open(&held.budget, most);
        pyro_reading_charge(&held, &tree.sink);
        enum pyro_code code = pyro_codec_json.read(in, &held, &tree.sink, &err);
        size_t spent = pyro_budget_spent(&held.budget);
        pyro_reading_free(&held);
        pyro_tree_free(&tree);
        assert_true(spent <= most);
        if (code == PYRO_OK) {
            assert_int_equal(spent, most);
            assert_in_range(spent, 1000, 5000);
            return;
        }
        assert_int_equal(code, PYRO_ESERIALIZE);
    }
}

static void no_limit_is_none(void **state)
{
    struct pyro_budget budget = {.most = 0};
    (void)state;
    assert_int_equal(pyro_spend(&budget, SIZE_MAX, NULL), PYRO_OK);
    assert_int_equal(pyro_spend(NULL, SIZE_MAX, NULL), PYRO_OK);
    assert_int_equal(pyro_budget_spent(&budget), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_values_are_refused),
        cmocka_unit_test(calls_are_refused_as_values_are),
        cmocka_unit_test(what_is_read_counts_as_a_whole),
        cmocka_unit_test(no_limit_is_none),
    };
    return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
