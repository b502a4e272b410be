#include <stdlib.h>
#include <time.h>

#include "pickle_check.h"
#include "pickle_golden.h"

/* The call obj.m(1, 'a', k=2), as Pyro4 4.82 encodes it. */
#define CALL                                                                                       \
    "8005951f00000000000000288c036f626a948c016d944b018c0161948694"                                 \
    "7d948c016b944b0273"                                                                           \
    "74942e"

static void values_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(pickle_golden); i++)
        codec_reads(P, unhex(pickle_golden[i].hex), pickle_golden[i].value);
}

static void what_is_no_value_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(pickle_refused); i++) {
        char said[PYRO_ERROR_SIZE + PYRO_CLASS_SIZE];
        struct recorder r;
        codec_read(P, unhex(pickle_refused[i].hex), &r);
        snprintf(said, sizeof(said), "%s: %s", pyro_error_name(&r.err), r.err.message);
        assert_string_equal(said, pickle_refused[i].value);
        recorder_free(&r);
    }
}

static void truncated_data_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(pickle_golden); i++) {
        struct pyro_slice in = unhex(pickle_golden[i].hex);
        for (size_t length = 0; length < in.length; length++) {
            struct recorder r;
            struct pyro_slice part = pyro_slice(exact_copy(in.data, length), length);
            assert_int_equal(codec_read(P, part, &r), PYRO_ESERIALIZE);
            recorder_free(&r);
        }
        test_free((char *)in.data);
    }
}

/* Protocols 0 and 1, from Python 2 and 3. */
static const struct form old_forms[] = {
    {"N.", "nil "},
    {"I01\n.", "true "},
    {"I00\n.", "false "},
    {"I0\n.", "0 "},
    {"I-5\n.", "-5 "},
    {"I9223372036854775807\n.", "9223372036854775807 "},
    {"L-9223372036854775808L\n.", "-9223372036854775808 "},
    {"L1180591620717411303424L\n.", "big:1180591620717411303424 "},
    {"L7\n.", "7 "},
    {"F1.5\n.", "1.5f "},
    {"Finf\n.", "inff "},
    {"S'x\\'y\\n\\x41\\101\\q\\\\'\np0\n.", "'x'y\nAA\\q\\' "},
    {"S'\\xc3\\xa9'\n.", "'\303\251' "},
    {"S'\\xff\\0'\n.", "b'ff00' "},
    {"S\"'\"\n.", "''' "},
    {"U\003abc.", "'abc' "},
    {"U\002\377a.", "b'ff61' "},
    {"Va\\u000a\\u005c\\u20ac\351\np0\n.", "'a\n\\\342\202\254\303\251' "},
    {"V\\\\u0041\\x\\\n.", "'\\\\u0041\\x\\' "},
    {"V\\ud83d\\ude00\\U0001f600\n.", "'\360\237\230\200\360\237\230\200' "},
    {"(lp0\nI1\naI2\na.", "[2 1 2 ] "},
    {"(I1\nI2\nl.", "[2 1 2 ] "},
    {"(I1\nI2\nt.", "(2 1 2 ) "},
    {"(dp0\nVa\np1\nI1\ns.", "{1 'a' 1 } "},
    {"(Va\nI1\nd.", "{1 'a' 1 } "},
    {"(lp0\n(lp1\nI1\naag1\na.", "[2 [1 1 ] [1 1 ] ] "},
    {"]q\001(]K\001ae](K\002K\003ea.", "[2 [1 1 ] [2 2 3 ] ] "},
    {"(K\001K\002t0N.", "nil "},
    {"(K\0011N.", "nil "},
    {"(0N.", "nil "},
    {"K\0012\206.", "(2 1 1 ) "},
};

static void old_forms_are_read(void **state)
{
    (void)state;
    all_read(old_forms, PYRO_COUNT(old_forms));
}

static void truncated_old_forms_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(old_forms); i++) {
        for (size_t length = 0; length < strlen(old_forms[i].text); length++) {
            char *part = exact_copy(old_forms[i].text, length);
            struct recorder r;
            assert_int_equal(codec_read(P, pyro_slice(part, length), &r), PYRO_ESERIALIZE);
            recorder_free(&r);
        }
    }
}

/* Instructions of all widths. */
static void each_width_is_read(void **state)
{
    static const struct {
        const char *hex, *value;
    } forms[] = {
        {"8c01612e", "'a' "},
        {"5801000000612e", "'a' "},
        {"8d0100000000000000612e", "'a' "},
        {"4301612e", "b'61' "},
        {"4201000000612e", "b'61' "},
        {"8e0100000000000000612e", "b'61' "},
        {"5501612e", "'a' "},
        {"5401000000612e", "'a' "},
        {"5401000000ff2e", "b'ff' "},
        {"4b4d2e", "77 "},
        {"4d00012e", "256 "},
        {"4affffffff2e", "-1 "},
        {"8a002e", "0 "},
        {"8a02feff2e", "-2 "},
        {"8a03feff002e", "65534 "},
        {"8b02000000feff2e", "-2 "},
        {"473ff80000000000002e", "1.5f "},
        {"5d7101306a010000002e", "[0 ] "},
        {"5d72010000003068012e", "[0 ] "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        codec_reads(P, unhex(forms[i].hex), forms[i].value);
        for (size_t cut = 2; cut < strlen(forms[i].hex); cut += 2) {
            char *hex = exact_copy(forms[i].hex, strlen(forms[i].hex) + 1);
            hex[cut] = '\0';
            struct recorder r;
            assert_int_equal(codec_read(P, unhex(hex), &r), PYRO_ESERIALIZE);
            recorder_free(&r);
            test_free(hex);
        }
    }
}

/* Classes that are not known are told by name, or by what they have of a list or dict. */
static void instances_are_read(void **state)
{
    static const struct form forms[] = {
        {"c__main__\nL\n)\201(K\001K\002e}Vz\nK\001sb.", "[2 1 2 ] "},
        {"c__main__\nD\n)\201Va\nK\001s.", "{1 'a' 1 } "},
        {"c__main__\nT\n(K\001K\002t\205\201.", "(1 (2 1 2 ) ) "},
        {"c__main__\nK\n)}Vk\nK\001s\222.", "{2 '__class__' '__main__.K' 'k' 1 } "},
        {"c__main__\nP\nK\001\205\201}Va\nK\002sb.", "{2 '__class__' '__main__.P' 'a' 2 } "},
        {"c__main__\nS\n)\201}Va\nK\001s}Vx\nK\005s\206b.",
         "{3 '__class__' '__main__.S' 'a' 1 'x' 5 } "},
        {"\214\010__main__\214\003O.I\223)\201.", "{1 '__class__' '__main__.O.I' } "},
    };
    (void)state;
    all_read(forms, PYRO_COUNT(forms));
}

/* Reads what an exception reply holds. */
static void raised(const char *text, const char *value)
{
    struct pyro_reading held = {.raised = true};
    struct pyro_slice in = exact_text(text);
    struct recorder r;
    recorder_init(&r);
    if (P->read(in, &held, &r.sink, &r.err) == PYRO_OK)
        assert_string_equal(recorded(&r), value);
    else
        assert_string_equal(r.err.message, value);
    pyro_reading_free(&held);
    recorder_free(&r);
    test_free((char *)in.data);
}

#define EXCEPTION(class) "{4 '__class__' '" class "' '__exception__' true 'args' "

static void what_was_raised_is_an_exception(void **state)
{
    (void)state;
    raised("c__main__\nE\nVm\n\205R}Vcode\nK\005sb.",
           EXCEPTION("__main__.E") "(1 'm' ) 'attributes' {1 'code' 5 } } ");
    raised("c__main__\nE\n)\201.", EXCEPTION("__main__.E") "(0 ) 'attributes' {0 } } ");
    raised("c__main__\nE\n)RN}Vx\nK\005s\206b.",
           EXCEPTION("__main__.E") "(0 ) 'attributes' {1 'x' 5 } } ");
    raised("Vtext\n.", "'text' ");
    raised("c__main__\nE\n.",
           "refused to unpickle __main__.E: pickles are read as data, and run nothing");
    raised("c__main__\nE\n(cos\nsystem\n(tRtR.",
           "refused to unpickle os.system: pickles are read as data, and run nothing");
    raised("c__main__\nE\n)RK\005b.", "pickle, byte 13: an exception whose attributes are no dict");
    reads("cPyro4.futures\n_ExceptionWrapper\n)\201}Vexception\nc__main__\nE\n)Rsb.",
          "{2 '__class__' 'Pyro4.futures._ExceptionWrapper' 'exception' " EXCEPTION(
              "__main__.E") "(0 ) 'attributes' {0 } } } ");
    refuses("cPyro4.futures\n_ExceptionWrapper\n)\201}b.",
            "pickle, byte 34: a wrapper without its exception");
}

static const char *called(const char *text)
{
    return codec_called(P, exact_text(text));
}

static void calls_are_read(void **state)
{
    (void)state;
    assert_string_equal(codec_called(P, unhex(CALL)), "obj.m (2 1 'a' ) {1 'k' 2 } ");
    assert_string_equal(called("(Vobj\nVm\n]Nt."), "obj.m [0 ] nil ");
    assert_string_equal(called("(S'obj'\nU\001m)}t."), "obj.m (0 ) {0 } ");
    assert_string_equal(called("(V\\u006f\nV\\u006d\\u006e\n)}t."), "o.mn (0 ) {0 } ");
    assert_string_equal(called("(Vm\np0\ng0\n(g0\nt}t."), "m.m (1 'm' ) {0 } ");
}

static void bad_calls_are_refused(void **state)
{
    (void)state;
    assert_string_equal(called("(Vobj\nVm\n)t."), "a call must be a tuple of four");
    assert_string_equal(called("(Vobj\nVm\n)}l."), "a call must be a tuple of four");
    assert_string_equal(called("N."), "a call must be a tuple of four");
    assert_string_equal(called("(NVm\n)}t."), "object and method of a call must be str");
    assert_string_equal(called("(Vo\nC\001m)}t."), "object and method of a call must be str");
    assert_string_equal(called("(Vo\nVm\n}}t."), "the arguments of a call must be a list or tuple");
    assert_string_equal(called("(Vo\nVm\n)]t."), "keyword arguments must be a dict");
    assert_string_equal(called("(Vo\nV\\ud800\n)]t."),
                        "pickle, byte 5: a str with an escape that is no character");
}

/* Arguments may be read again, as where a first try to fit them failed. */
static void arguments_are_read_again(void **state)
{
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct pyro_slice in = unhex(CALL);
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct recorder r;
        recorder_init(&r);
        if (i == 0)
            assert_int_equal(P->read_call(in, &call, &r.err), PYRO_OK);
        assert_int_equal(P->read_args(&call, &r.sink, &r.err), PYRO_OK);
        assert_string_equal(recorded(&r), "(2 1 'a' ) {1 'k' 2 } ");
        recorder_free(&r);
    }
    pyro_reading_free(&call.held);
    test_free((char *)in.data);
}

/* Object and method stay what they are while the arguments, which need decoding as they do, take
 * much room. */
static void names_outlast_the_arguments(void **state)
{
    static char text[11 + (1 << 20)] = "(Vobj\nVm\n(V";
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct recorder r;
    (void)state;
    memset(text + 11, 'x', sizeof(text) - 11);
    memcpy(text + sizeof(text) - 5, "\nt}t.", 5);
    recorder_init(&r);
    assert_int_equal(P->read_call(pyro_slice(text, sizeof(text)), &call, &r.err), PYRO_OK);
    assert_int_equal(P->read_args(&call, &r.sink, &r.err), PYRO_OK);
    assert_true(pyro_slice_equals(call.object, "obj"));
    assert_true(pyro_slice_equals(call.method, "m"));
    pyro_reading_free(&call.held);
    recorder_free(&r);
}

static void malformed_data_is_refused(void **state)
{
    static const struct form forms[] = {
        {"", "pickle cut short"},
        {"\200\006N.", "pickle, byte 1: protocol 6, which is not known"},
        {"\377.", "pickle, byte 0: an instruction that is not known"},
        {"N.N", "pickle, byte 2: more than one pickle"},
        {"(.", "pickle, byte 1: the end with more than one value"},
        {"(N.", "pickle, byte 2: the end with more than one value"},
        {"t.", "pickle, byte 0: there is no mark"},
        {"1.", "pickle, byte 0: there is no mark"},
        {"0.", "pickle, byte 0: too few values on the stack"},
        {"N\206.", "pickle, byte 1: too few values on the stack"},
        {"N\223.", "pickle, byte 1: too few values on the stack"},
        {")R.", "pickle, byte 1: too few values on the stack"},
        {")\201.", "pickle, byte 1: too few values on the stack"},
        {")}\222.", "pickle, byte 2: too few values on the stack"},
        {"Nb.", "pickle, byte 1: too few values on the stack"},
        {"o.", "pickle, byte 0: there is no mark"},
        {"}c__builtin__\nxrange\n(I1\nI2\nI1\ntRNs.",
         "pickle, byte 32: no list, dict or set may be a key or in a set"},
        {"(N(a.", "pickle, byte 3: too few values on the stack"},
        {"h\001.", "pickle, byte 1: a reference to what did not come before"},
        {"g1x\n.", "pickle, byte 3: malformed place in the memo"},
        {"Np99\n.", "pickle, byte 4: a place in the memo beyond what can be filled"},
        {"I07\n.", "pickle, byte 1: malformed integer"},
        {"I-\n.", "pickle, byte 1: malformed integer"},
        {"L\n.", "pickle, byte 1: malformed integer"},
        {"Fx\n.", "pickle, byte 1: malformed float"},
        {"F\n.", "pickle, byte 1: malformed float"},
        {"Sabc\n.", "pickle, byte 1: a string without quotes"},
        {"S'abc\n.", "pickle, byte 1: a string without quotes"},
        {"\214\001\377.", "pickle, byte 2: a str that is not valid UTF-8"},
        {"V\\u12\n.", "pickle, byte 1: a str with an escape that is no character"},
        {"V\\U00110000\n.", "pickle, byte 1: a str with an escape that is no character"},
        {"(Nd.", "pickle, byte 2: a key without a value"},
        {"}(Nu.", "pickle, byte 3: a key without a value"},
        {"NNa.", "pickle, byte 2: items for what is no list"},
        {")Na.", "pickle, byte 2: items for what is no list"},
        {"](N\220.", "pickle, byte 3: items for what is no set"},
        {"NNR.", "pickle, byte 2: arguments that are no tuple"},
        {"c\377\nx\n.", "pickle, byte 1: a name that is not valid UTF-8"},
        {"NN\223.", "pickle, byte 2: a global whose name is no str"},
        {"cm\nC\n)N\222.", "pickle, byte 7: keyword arguments that are no dict"},
        {"cm\nC\n)\201K\001b.", "pickle, byte 6: a state that is no dict"},
        {"}cm\nC\n)\201Ns.", "pickle, byte 7: an instance of a class may not be a key"},
        {"}]\205Ns.", "pickle, byte 1: no list, dict or set may be a key or in a set"},
        {"\217(]\220.", "pickle, byte 2: no list, dict or set may be a key or in a set"},
        {"c__builtin__\nset\n(](]etR.",
         "pickle, byte 20: no list, dict or set may be a key or in a set"},
        {"(N}i", "pickle cut short"},
        {"(o.", "pickle, byte 1: an instance without a class"},
    };
    (void)state;
    refuses_all(forms, PYRO_COUNT(forms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(truncated_data_is_refused),
        cmocka_unit_test(old_forms_are_read),
        cmocka_unit_test(truncated_old_forms_are_refused),
        cmocka_unit_test(each_width_is_read),
        cmocka_unit_test(instances_are_read),
        cmocka_unit_test(what_was_raised_is_an_exception),
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(bad_calls_are_refused),
        cmocka_unit_test(arguments_are_read_again),
        cmocka_unit_test(names_outlast_the_arguments),
        cmocka_unit_test(malformed_data_is_refused),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
