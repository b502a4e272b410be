/* Values that are written and read by the embedding API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/embed_peer.h"

static void every_kind_of_value_travels(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "echo");
    pyrolua_writer *to = pyrolua_call_arguments(call);
    pyrolua_put_begin(to, PYROLUA_DICT);
    pyrolua_put_text(to, "list");
    pyrolua_put_begin(to, PYROLUA_LIST);
    pyrolua_put_nil(to);
    pyrolua_put_bool(to, 1);
    pyrolua_put_int(to, INT64_MIN);
    pyrolua_put_real(to, 0.1);
    pyrolua_put_bytes(to, "\0\xff", 2);
    pyrolua_put_end(to);
    pyrolua_put_text(to, "text");
    pyrolua_put_text_of(to, "gr\xc3\xbc\0", 5);
    pyrolua_put_end(to);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_reader *from = pyrolua_call_result(call);
    size_t length;
    assert_int_equal(pyrolua_read_begin(from), 2);
    assert_false(pyrolua_read_key(from, "nothing"));
    assert_true(pyrolua_read_key(from, "text"));
    assert_memory_equal(pyrolua_read_text(from, &length), "gr\xc3\xbc\0", 5);
    assert_int_equal(length, 5);
    assert_true(pyrolua_read_key(from, "list"));
    assert_int_equal(pyrolua_read_begin(from), 5);
    assert_int_equal(pyrolua_next(from), PYROLUA_NIL);
    pyrolua_skip(from);
    assert_true(pyrolua_read_bool(from));
    assert_true(pyrolua_read_int(from) == INT64_MIN);
    assert_true(pyrolua_read_real(from) == (double)0.1); /* a constant may be more exact */
    assert_memory_equal(pyrolua_read_bytes(from, &length), "\0\xff", 2);
    assert_int_equal(pyrolua_next(from), PYROLUA_NOTHING);
    assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
    assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
    assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
    pyrolua_call_free(call);
}

/* Between programs of pyrolua; the keys of dicts are of any type. */
static void containers_keep_their_types(void **state)
{
    static const int types[] = {PYROLUA_LIST, PYROLUA_TUPLE, PYROLUA_SET, PYROLUA_FROZENSET,
                                PYROLUA_DICT};
    struct client *client = *state;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        pyrolua_call *call = new_call(client, "echo");
        pyrolua_writer *to = pyrolua_call_arguments(call);
        pyrolua_put_begin(to, PYROLUA_TUPLE);
        pyrolua_put_begin(to, types[i]);
        pyrolua_put_int(to, 1001);
        if (types[i] == PYROLUA_DICT)
            pyrolua_put_real(to, 2.5);
        pyrolua_put_end(to);
        pyrolua_put_end(to);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
        pyrolua_reader *from = pyrolua_call_result(call);
        assert_int_equal(pyrolua_next(from), PYROLUA_TUPLE);
        assert_int_equal(pyrolua_read_begin(from), 1);
        assert_int_equal(pyrolua_next(from), types[i]);
        assert_int_equal(pyrolua_read_begin(from), 1);
        assert_int_equal(pyrolua_read_int(from), 1001);
        pyrolua_call_free(call);
    }
}

static void containers_nest_deep(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "echo");
    pyrolua_writer *to = pyrolua_call_arguments(call);
    for (int i = 0; i < 100; i++)
        pyrolua_put_begin(to, PYROLUA_LIST);
    for (int i = 0; i < 100; i++)
        pyrolua_put_end(to);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    for (int i = 0; i < 100; i++)
        assert_int_equal(pyrolua_read_begin(pyrolua_call_result(call)), i < 99);
    for (int i = 0; i < 101; i++)
        assert_int_equal(pyrolua_read_end(pyrolua_call_result(call)), PYROLUA_OK);
    pyrolua_call_free(call);
    call = new_call(client, "echo");
    for (int i = 0; i < 513; i++)
        pyrolua_put_begin(pyrolua_call_arguments(call), PYROLUA_LIST);
    for (int i = 0; i < 513; i++)
        pyrolua_put_end(pyrolua_call_arguments(call));
    assert_int_not_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
}

static void put_uri(pyrolua_writer *to, const char *object)
{
    pyrolua_put_begin(to, PYROLUA_DICT);
    pyrolua_put_text(to, "__class__");
    pyrolua_put_text(to, "Pyro5.core.URI");
    pyrolua_put_text(to, "state");
    pyrolua_put_begin(to, PYROLUA_LIST);
    pyrolua_put_text(to, "PYRO");
    pyrolua_put_text(to, object);
    pyrolua_put_nil(to);
    pyrolua_put_text(to, "host");
    pyrolua_put_int(to, 1);
    pyrolua_put_end(to);
    pyrolua_put_end(to);
}

static void uris_stay_with_their_reader(void **state)
{
    struct client *client = *state;
    char name[501] = "", expected[520];
    pyrolua_call *call = new_call(client, "echo");
    memset(name, 'x', sizeof(name) - 1);
    pyrolua_put_begin(pyrolua_call_arguments(call), PYROLUA_LIST);
    put_uri(pyrolua_call_arguments(call), "a");
    put_uri(pyrolua_call_arguments(call), name);
    pyrolua_put_end(pyrolua_call_arguments(call));
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_reader *from = pyrolua_call_result(call);
    assert_int_equal(pyrolua_read_begin(from), 2);
    const char *first = pyrolua_read_uri(from), *second = pyrolua_read_uri(from);
    snprintf(expected, sizeof(expected), "PYRO:%s@host:1", name);
    assert_string_equal(first, "PYRO:a@host:1");
    assert_string_equal(second, expected);
    pyrolua_call_free(call);
}

static void what_cannot_be_written_fails_the_call(void **state)
{
    struct client *client = *state;
    static const char *const messages[] = {"a text is no UTF-8",
                                           "a container was begun and not ended",
                                           "no container was begun that could be ended",
                                           "the last key of a dict has no value",
                                           "an argument without a name follows one with a name",
                                           "a named argument has no value",
                                           "that type is no container"};
    for (int i = 0; i < 7; i++) {
        pyrolua_call *call = new_call(client, "read");
        pyrolua_writer *to = pyrolua_call_arguments(call);
        if (i == 0)
            pyrolua_put_text(to, "\xff");
        else if (i == 1)
            pyrolua_put_begin(to, PYROLUA_LIST);
        else if (i == 2)
            pyrolua_put_end(to);
        else if (i == 3)
            pyrolua_put_begin(to, PYROLUA_DICT), pyrolua_put_nil(to), pyrolua_put_end(to);
        else if (i == 6)
            pyrolua_put_begin(to, PYROLUA_TEXT);
        else
            pyrolua_put_name(to, "a");
        if (i == 4)
            pyrolua_put_nil(to), pyrolua_put_nil(to);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_EVALUE);
        assert_string_equal(pyrolua_last_error(client->runtime)->message, messages[i]);
        pyrolua_call_free(call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(every_kind_of_value_travels),
        WITH_CLIENT(containers_keep_their_types),
        WITH_CLIENT(containers_nest_deep),
        WITH_CLIENT(uris_stay_with_their_reader),
        WITH_CLIENT(what_cannot_be_written_fails_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
