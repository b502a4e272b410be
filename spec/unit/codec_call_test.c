#include "codec/codec.h"
#include "record.h"

#define M (&pyro_codec_msgpack)

/* The call obj.m(1, 'a', k=2), as Pyro4 4.82 encodes it. */
#define CALL "94a36f626aa16d9201a16181a16b02"

/* --- calls --- */

static void calls_are_written_as_pyro_does(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_writer w;
    struct pyro_sink *to = &w.sink;
    struct pyro_error err;
    (void)state;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        pyro_buffer_free(&out);
        M->open(&w, &out, &err);
        pyro_memory_fail_at(n);
        failed = M->call_begin(&w, pyro_slice_text("obj"), pyro_slice_text("m")) != PYRO_OK;
        pyro_memory_fail_at(0);
    }
    pyro_begin(to, PYRO_TUPLE, 2);
    pyro_put_int(to, 1);
    pyro_put_text(to, "a");
    pyro_end(to, PYRO_TUPLE);
    pyro_begin(to, PYRO_DICT, 1);
    pyro_put_text(to, "k");
    pyro_put_int(to, 2);
    pyro_end(to, PYRO_DICT);
    assert_int_equal(M->call_end(&w), PYRO_OK);
    assert_hex(pyro_slice(out.data, out.length), CALL);
    pyro_buffer_free(&out);
}

/* The list of the call itself does not count. */
static void arguments_may_be_as_deep_as_other_values(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct pyro_writer w;
    struct recorder r;
    (void)state;
    recorder_init(&r);
    M->open(&w, &out, &r.err);
    assert_int_equal(M->call_begin(&w, pyro_slice_text("o"), pyro_slice_text("m")), PYRO_OK);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_begin(&w.sink, PYRO_TUPLE, i + 1 < PYRO_MAX_DEPTH), PYRO_OK);
    assert_int_equal(pyro_begin(&w.sink, PYRO_LIST, 0), PYRO_ESERIALIZE);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_end(&w.sink, PYRO_TUPLE), PYRO_OK);
    assert_int_equal(pyro_put_nil(&w.sink), PYRO_OK);
    assert_int_equal(M->call_end(&w), PYRO_OK);
    struct pyro_slice in = pyro_slice(out.data, out.length);
    assert_int_equal(M->read_call(in, &call, &r.err), PYRO_OK);
    assert_int_equal(M->read_args(&call, &r.sink, &r.err), PYRO_OK);
    recorder_free(&r);
    pyro_buffer_free(&out);
}

/* Reads a call; what was read, or the message. */
static const char *called(const char *hex)
{
    static char out[PYRO_ERROR_SIZE];
    struct pyro_slice in = unhex(hex);
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct recorder r;
    recorder_init(&r);
    enum pyro_code code = M->read_call(in, &call, &r.err);
    if (code == PYRO_OK)
        code = M->read_args(&call, &r.sink, &r.err);
    assert_int_equal(code, r.err.code);
    if (code == PYRO_OK)
        snprintf(out, sizeof(out), "%.*s.%.*s %s", (int)call.object.length, call.object.data,
                 (int)call.method.length, call.method.data, recorded(&r));
    else
        snprintf(out, sizeof(out), "%s", r.err.message);
    assert_true(code == PYRO_OK || code == PYRO_ESERIALIZE);
    recorder_free(&r);
    test_free((char *)in.data);
    return out;
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
    assert_int_equal(M->serializer, PYRO_SERIALIZER_MSGPACK);
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
