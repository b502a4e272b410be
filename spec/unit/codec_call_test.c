#include "codec_check.h"

#define M (&pyro_codec_msgpack)

/* The call obj.m(1, 'a', k=2), as Pyro4 4.82 encodes it. */
#define CALL "94a36f626aa16d9201a16181a16b02"

/* --- calls --- */

static void calls_are_written_as_pyro_does(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    codec_write_call(M, &out);
    assert_hex(pyro_slice(out.data, out.length), CALL);
    pyro_buffer_free(&out);
}

static void arguments_may_be_as_deep_as_other_values(void **state)
{
    (void)state;
    codec_takes_deep_arguments(M);
}

static const char *called(const char *hex)
{
    return codec_called(M, unhex(hex));
}

static void calls_are_read(void **state)
{
    (void)state;
    assert_string_equal(called(CALL), "obj.m [2 1 'a' ] {1 'k' 2 } ");
    assert_string_equal(called("94a174ab5f5f676574617474725f5f91a36e756dc0"),
                        "t.__getattr__ [1 'num' ] nil ");
    assert_string_equal(called("dc0004d9036f626ada00016d90c0"), "obj.m [0 ] nil ");
    assert_string_equal(called("dd00000004a0db000000016d90c0"), ".m [0 ] nil ");
}

static void bad_calls_are_refused(void **state)
{
    static const char four[] = "a call must be a list of four",
                      names[] = "object and method of a call must be str",
                      cut[] = "msgpack data cut short";
    struct pyro_slice call = unhex(CALL);
    char hex[sizeof(CALL)];
    (void)state;
    assert_string_equal(called("93a16fa16d90"), four);
    assert_string_equal(called("95a16fa16d90c0c0"), four);
    assert_string_equal(called("dc0003a16fa16d90"), four);
    assert_string_equal(called("dd00000005a16fa16d90c0c0"), four);
    assert_string_equal(called("84a16fa16d9001"), four);
    assert_string_equal(called("c0"), four);
    assert_string_equal(called("9401a16d90c0"), names);
    assert_string_equal(called("94c4016fa16d90c0"), names);
    assert_string_equal(called("94a16fc090c0"), names);
    assert_string_equal(called("94dcffff"), names);
    assert_string_equal(called("94a1ffa16d90c0"), "msgpack str is not valid UTF-8");
    assert_string_equal(called("94a16fa1ff90c0"), "msgpack str is not valid UTF-8");
    assert_string_equal(called("94dbffffffff6f"), cut);
    assert_string_equal(called("94a16fa16d90c0c0"), "1 bytes left over after the msgpack data");
    static const char *const no_lists[] = {"c0", "01", "80", "810102", "a161", "de0000", "c40161"};
    for (size_t i = 0; i < PYRO_COUNT(no_lists); i++) {
        snprintf(hex, sizeof(hex), "94a16fa16d%sc0", no_lists[i]);
        assert_string_equal(called(hex), "the arguments of a call must be a list");
        snprintf(hex, sizeof(hex), "94a16fa16d90%s", i < 2 ? "01" : "90");
        assert_string_equal(called(hex), "keyword arguments must be a dict");
    }
    for (size_t length = 0; length < call.length; length++) {
        snprintf(hex, sizeof(hex), "%.*s", (int)(2 * length), CALL);
        assert_null(strstr(called(hex), "obj.m"));
    }
    test_free((char *)call.data);
}

static void codecs_are_found(void **state)
{
    (void)state;
    assert_ptr_equal(pyro_codec_find(PYRO_SERIALIZER_MSGPACK), M);
    assert_string_equal(M->name, "msgpack");
    assert_null(pyro_codec_find(PYRO_SERIALIZER_UNKNOWN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_written_as_pyro_does),
        cmocka_unit_test(arguments_may_be_as_deep_as_other_values),
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(codecs_are_found),
    };
    return cmocka_run_group_tests_name("codec calls", tests, NULL, NULL);
}
