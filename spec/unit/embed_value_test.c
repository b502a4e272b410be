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
                                           "that type is no container",
                                           "only an argument has a name"};
    for (int i = 0; i < 8; i++) {
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
        else if (i == 7)
            pyrolua_put_begin(to, PYROLUA_LIST), pyrolua_put_name(to, "a");
        else
            pyrolua_put_name(to, "a");
        if (i == 4)
            pyrolua_put_nil(to), pyrolua_put_nil(to);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_EVALUE);
        assert_string_equal(pyrolua_last_error(client->runtime)->message, messages[i]);
        pyrolua_call_free(call);
    }
}

/* Each is in a list of its own, the first value of the result. */
static void what_is_read_as_another_thing_is_refused(void **state)
{
    struct client *client = *state;
    static const char *const messages[] = {
        "value 1: str without zero bytes expected, got one with",
        "value 1: URI expected, got int",
        "value 1: dict expected, got another container",
        "value 1: str expected, got int",
        "value 1: list or dict expected, got int",
    };
    for (int i = 0; i < 5; i++) {
        pyrolua_call *call = new_call(client, "echo");
        pyrolua_writer *to = pyrolua_call_arguments(call);
        pyrolua_put_begin(to, PYROLUA_LIST);
        if (i == 0)
            pyrolua_put_text_of(to, "a\0b", 3);
        else
            pyrolua_put_int(to, 1);
        pyrolua_put_end(to);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
        pyrolua_reader *from = pyrolua_call_result(call);
        assert_int_equal(pyrolua_read_begin(from), 1);
        if (i == 0 || i == 3)
            assert_null(pyrolua_read_text(from, NULL));
        else if (i == 1)
            assert_null(pyrolua_read_uri(from));
        else if (i == 2)
            assert_false(pyrolua_read_key(from, "key"));
        else
            assert_int_equal(pyrolua_read_begin(from), 0);
        assert_int_equal(pyrolua_read_end(from), PYROLUA_ESERIALIZE);
        assert_string_equal(pyrolua_last_error(client->runtime)->message, messages[i]);
        pyrolua_call_free(call);
    }
}

/* A proxy that arrives is read as its URI. */
static void a_proxy_is_a_uri(void **state)
{
    struct client *client = *state;
    pyrolua_call *call = new_call(client, "echo");
    pyrolua_writer *to = pyrolua_call_arguments(call);
    pyrolua_put_begin(to, PYROLUA_DICT);
    pyrolua_put_text(to, "__class__");
    pyrolua_put_text(to, "Pyro5.client.Proxy");
    pyrolua_put_text(to, "state");
    pyrolua_put_begin(to, PYROLUA_TUPLE);
    pyrolua_put_text(to, "PYRO:o@h:1");
    pyrolua_put_end(to);
    pyrolua_put_end(to);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_string_equal(pyrolua_read_uri(pyrolua_call_result(call)), "PYRO:o@h:1");
    pyrolua_call_free(call);
}

/* --- arrays --- */

static const pyrolua_array image = {.dtype = ">u2",
                                    .fortran = 1,
                                    .dimensions = 2,
                                    .shape = {2, 3},
                                    .data = "\0\1\0\4\0\2\0\5\0\3\0\6",
                                    .length = 12};

/* The array that comes back is in C order, but in a pickle. */
static void arrays_travel_by_all_serializers(void **state)
{
    static const char *const serializers[] = {"msgpack", "serpent", "json", "marshal", "pickle"};
    struct client *client = *state;
    for (size_t i = 0; i < sizeof(serializers) / sizeof(*serializers); i++) {
        pyrolua_array back;
        pyrolua_proxy *proxy;
        pyrolua_call *call;
        assert_int_equal(pyrolua_configure(client->runtime, "SERIALIZER", serializers[i]),
                         PYROLUA_OK);
        assert_int_equal(pyrolua_proxy_new(client->runtime, client->server.uri, &proxy),
                         PYROLUA_OK);
        assert_int_equal(pyrolua_call_new(proxy, "echo", &call), PYROLUA_OK);
        pyrolua_put_begin(pyrolua_call_arguments(call), PYROLUA_LIST);
        pyrolua_put_array(pyrolua_call_arguments(call), &image);
        pyrolua_put_end(pyrolua_call_arguments(call));
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
        pyrolua_reader *from = pyrolua_call_result(call);
        assert_int_equal(pyrolua_read_begin(from), 1);
        assert_int_equal(pyrolua_next(from), PYROLUA_ARRAY);
        assert_true(pyrolua_read_array(from, &back));
        assert_int_equal(pyrolua_read_end(from), PYROLUA_OK);
        assert_string_equal(back.dtype, ">u2");
        assert_int_equal(back.dimensions, 2);
        assert_int_equal(back.shape[0], 2);
        assert_int_equal(back.shape[1], 3);
        assert_int_equal(back.fortran, i == 4);
        assert_int_equal(back.length, 12);
        assert_memory_equal(back.data, i == 4 ? image.data : "\0\1\0\2\0\3\0\4\0\5\0\6", 12);
        pyrolua_call_free(call);
        pyrolua_proxy_free(proxy);
    }
}

static void put_class(pyrolua_writer *to, int64_t length, const char *dtype, const char *data)
{
    pyrolua_put_begin(to, PYROLUA_DICT);
    pyrolua_put_text(to, "__class__");
    pyrolua_put_text(to, "numpy.ndarray");
    pyrolua_put_text(to, "shape");
    pyrolua_put_begin(to, PYROLUA_TUPLE);
    pyrolua_put_int(to, length);
    pyrolua_put_end(to);
    pyrolua_put_text(to, "dtype");
    pyrolua_put_text(to, dtype);
    if (data) {
        pyrolua_put_text(to, "data");
        pyrolua_put_bytes(to, data, strlen(data));
    }
    pyrolua_put_end(to);
}

/* The sensor echoes what it reads as an array. */
static void the_class_of_arrays_is_read_as_one(void **state)
{
    static const char *const data[] = {"ab", "YWI="};
    struct client *client = *state;
    for (size_t i = 0; i < 2; i++) {
        pyrolua_array back;
        pyrolua_call *call = new_call(client, "echo");
        put_class(pyrolua_call_arguments(call), 2, "uint8", data[i]);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
        pyrolua_reader *from = pyrolua_call_result(call);
        assert_true(pyrolua_read_array(from, &back));
        assert_string_equal(back.dtype, "|u1");
        assert_memory_equal(back.data, "ab", 2);
        assert_true(back.form != 0); /* and it went back as a dict of the class */
        pyrolua_call_free(call);
    }
}

static void what_is_no_array_is_not_read(void **state)
{
    struct client *client = *state;
    static const struct {
        int64_t length;
        const char *dtype, *data, *message;
    } dicts[] = {
        {2, "|O", "ab", "an array of objects cannot travel"},
        {-1, "|u1", "", "an array has no such shape"},
        {2, "|u1", NULL, "an array has no data"},
        {2, "|u1", "abc", "an array has 3 bytes of data, its shape and dtype need 2"},
    };
    pyrolua_array array;
    pyrolua_call *call;
    for (size_t i = 0; i < sizeof(dicts) / sizeof(*dicts); i++) { /* the sensor does not read it */
        call = new_call(client, "echo");
        put_class(pyrolua_call_arguments(call), dicts[i].length, dicts[i].dtype, dicts[i].data);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_ERAISED);
        assert_string_equal(pyrolua_last_error(client->runtime)->message, dicts[i].message);
        pyrolua_call_free(call);
    }
    call = new_call(client, "echo");
    pyrolua_put_int(pyrolua_call_arguments(call), 1);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    assert_false(pyrolua_read_array(pyrolua_call_result(call), &array));
    assert_int_equal(array.dimensions, 0);
    assert_int_equal(pyrolua_read_end(pyrolua_call_result(call)), PYROLUA_ESERIALIZE);
    assert_string_equal(pyrolua_last_error(client->runtime)->message,
                        "value 1: ndarray expected, got int");
    pyrolua_call_free(call);
}

#define NO_ARRAY "an array has no dtype or data, too many dimensions, or an unknown form"

static void what_is_no_array_is_not_written(void **state)
{
    struct client *client = *state;
    pyrolua_array arrays[6];
    static const struct {
        int code;
        const char *message;
    } errors[] = {
        {PYROLUA_EVALUE, NO_ARRAY},
        {PYROLUA_EVALUE, NO_ARRAY},
        {PYROLUA_EVALUE, NO_ARRAY},
        {PYROLUA_EVALUE, NO_ARRAY},
        {PYROLUA_ESERIALIZE, "no such dtype of an array: 'f3'"},
        {PYROLUA_ESERIALIZE, "an array has 11 bytes of data, its shape and dtype need 12"},
    };
    for (size_t i = 0; i < 6; i++)
        arrays[i] = image;
    arrays[0].dtype = NULL;
    arrays[1].data = NULL;
    arrays[2].dimensions = PYROLUA_DIMENSIONS + 1;
    arrays[3].form = 99;
    arrays[4].dtype = "f3";
    arrays[5].length = 11;
    for (size_t i = 0; i < 6; i++) {
        pyrolua_call *call = new_call(client, "echo");
        pyrolua_put_array(pyrolua_call_arguments(call), &arrays[i]);
        assert_int_equal(pyrolua_call_wait(call), errors[i].code);
        assert_string_equal(pyrolua_last_error(client->runtime)->message, errors[i].message);
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
        WITH_CLIENT(what_is_read_as_another_thing_is_refused),
        WITH_CLIENT(a_proxy_is_a_uri),
        WITH_CLIENT(arrays_travel_by_all_serializers),
        WITH_CLIENT(the_class_of_arrays_is_read_as_one),
        WITH_CLIENT(what_is_no_array_is_not_read),
        WITH_CLIENT(what_is_no_array_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
