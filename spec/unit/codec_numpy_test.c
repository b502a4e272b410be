/* The dicts of msgpack-numpy, as its version 0.4.8 packs them. */
#include "codec_check.h"

#define M (&pyro_codec_msgpack)
#define ND "c4026e64c3"
#define TYPE "c40474797065"
#define KIND "c4046b696e64c400"
#define SHAPE "c4057368617065"
#define DATA "c40464617461"

static const struct {
    const char *hex, *value;
} golden[] = {
    {"85" ND TYPE "a33c7532" KIND SHAPE "920203" DATA "c40c010002000300040005000600",
     "array:2x3,<u2,C,'010002000300040005000600' "},
    {"85" ND TYPE "a37c7531" KIND SHAPE "920202" DATA "c40401020304",
     "array:2x2,|u1,C,'01020304' "},
    {"85" ND TYPE "a33c6638" KIND SHAPE "90" DATA "c4080000000000001440",
     "array:,<f8,C,'0000000000001440' "},
    {"85" ND TYPE "a33c6638" KIND SHAPE "920200" DATA "c400", "array:2x0,<f8,C,'' "},
    /* without a kind, as older ones; a str in place of bytes, as Python 2's; bytes keys or str */
    {"84" ND TYPE "c4033c7532" SHAPE "9101" DATA "c4020100", "array:1,<u2,C,'0100' "},
    {"84a26e64c3a474797065a33c7532a573686170659101a464617461c4020100", "array:1,<u2,C,'0100' "},
    {"84" ND SHAPE "9101" DATA "c4020100" TYPE "a33c7532", "array:1,<u2,C,'0100' "},
    {"84" ND TYPE "a33c7532" SHAPE "dc0001cd0001" DATA "c500020100", "array:1,<u2,C,'0100' "},
    {"de0004" ND TYPE "a33c7532" SHAPE "91cc01" DATA "c6000000020100", "array:1,<u2,C,'0100' "},
    /* within others */
    {"9384" ND TYPE "a33c7532" SHAPE "9101" DATA "c40201000184" ND TYPE "a33c7532" SHAPE "9101" DATA
     "c4020200",
     "[3 array:1,<u2,C,'0100' 1 array:1,<u2,C,'0200' ] "},
    {"82a16184" ND TYPE "a33c7532" SHAPE "9101" DATA "c4020100a16280",
     "{2 'a' array:1,<u2,C,'0100' 'b' {0 } } "},
    /* items */
    {"83c4026e64c2" TYPE "a33c6634" DATA "c4040000c03f", "1.5f "},
    {"83c4026e64c2" TYPE "a37c6231" DATA "c40101", "true "},
    {"83c4026e64c2" TYPE "a33c7538" DATA "c408ffffffffffffffff", "big:18446744073709551615 "},
    {"83c4026e64c2" TYPE "a33c6338" DATA "c4080000803f000000c0", "complex:1,-2 "},
    /* Python's complex numbers */
    {"82c407636f6d706c6578c3" DATA "a628312b326a29", "complex:1,2 "},
    {"82c407636f6d706c6578c3" DATA "a2326a", "complex:0,2 "},
    {"82c407636f6d706c6578c3" DATA "a7282d302d316a29", "complex:-0,-1 "},
    {"82c407636f6d706c6578c3" DATA "af28312e35652d30372b316532306a29", "complex:1.5e-07,1e+20 "},
    {"82c407636f6d706c6578c3" DATA "aa286e616e2d696e666a29", "complex:nan,-inf "},
};

static void what_stands_for_arrays_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++)
        codec_reads(M, unhex(golden[i].hex), golden[i].value);
}

static void data_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        size_t length = strlen(golden[i].hex) / 2;
        for (size_t cut = 0; cut < length; cut++) {
            char *hex = exact_copy(golden[i].hex, 2 * length + 1);
            hex[2 * cut] = '\0';
            struct recorder r;
            assert_int_equal(codec_read(M, unhex(hex), &r), PYRO_ESERIALIZE);
            recorder_free(&r);
            test_free(hex);
        }
    }
}

/* A dict that is of another kind stays one. */
static void other_dicts_are_dicts(void **state)
{
    static const struct {
        const char *hex, *value;
    } dicts[] = {
        {"81" ND, "{1 b'6e64' true } "},
        {"82" ND DATA "c400", "{2 b'6e64' true b'64617461' b'' } "},
        {"82a26e64c3a474797065c0", "{2 'nd' true 'type' nil } "},
        {"82a26e64c3a474797065920102", "{2 'nd' true 'type' [2 1 2 ] } "},
        {"82c4026e6401c4017801", "{2 b'6e64' 1 b'78' 1 } "},
        {"84" ND TYPE "a33c7532" SHAPE "91ff" DATA "c4020100",
         "{4 b'6e64' true b'74797065' '<u2' b'7368617065' [1 -1 ] b'64617461' b'0100' } "},
        {"84" ND TYPE "a33c7532" SHAPE "9101" DATA "a16e",
         "{4 b'6e64' true b'74797065' '<u2' b'7368617065' [1 1 ] b'64617461' 'n' } "},
        {"84" ND TYPE "a33c7532" SHAPE "9101a464617461c4020100",
         "{4 b'6e64' true b'74797065' '<u2' b'7368617065' [1 1 ] 'data' b'0100' } "},
        {"84" ND TYPE "a33c7532" ND DATA "c4020100",
         "{4 b'6e64' true b'74797065' '<u2' b'6e64' true b'64617461' b'0100' } "},
        {"83c4026e64c2" TYPE "a33c6634" SHAPE "90",
         "{3 b'6e64' false b'74797065' '<f4' b'7368617065' [0 ] } "},
        {"82c407636f6d706c6578c2" DATA "a2326a", "{2 b'636f6d706c6578' false b'64617461' '2j' } "},
        {"82c407636f6d706c6578c3" DATA "a13f", "{2 b'636f6d706c6578' true b'64617461' '?' } "},
        {"82c407636f6d706c6578c3" DATA "a4312b326a",
         "{2 b'636f6d706c6578' true b'64617461' '1+2j' } "},
        {"82c407636f6d706c6578c3" DATA "a528312b326a",
         "{2 b'636f6d706c6578' true b'64617461' '(1+2j' } "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(dicts); i++)
        codec_reads(M, unhex(dicts[i].hex), dicts[i].value);
}

static void arrays_that_are_none_are_refused(void **state)
{
    (void)state;
    codec_refuses(M, unhex("84" ND TYPE "a33c7532" SHAPE "9102" DATA "c4020100"),
                  "an array has 2 bytes of data, its shape and dtype need 4");
    codec_refuses(
        M, unhex("84" ND TYPE "a33c7532" SHAPE "93ce7fffffffce7fffffffce7fffffff" DATA "c4020100"),
        "the shape of an array is too large");
    codec_refuses(M, unhex("84" ND TYPE "a33c7839" SHAPE "9101" DATA "c4020100"),
                  "no such dtype of an array: '<x9'");
    codec_refuses(M, unhex("84" ND TYPE "a27c4f" SHAPE "9101" DATA "c4020100"),
                  "an array of objects cannot travel");
    codec_refuses(M, unhex("85" ND TYPE "9192a0a27c4fc4046b696e64c4014f" SHAPE "9101" DATA "c400"),
                  "an array of objects or records cannot travel");
    codec_refuses(M,
                  unhex("85" ND TYPE "9292a161a33c693492a162a33c6638c4046b696e64c40156" SHAPE
                        "9101" DATA "c40c010000000000000000000040"),
                  "an array of objects or records cannot travel");
}

/* The named arguments of a call are a dict; an argument may be an array. */
static void named_arguments_are_no_array(void **state)
{
#define ARRAY "84a26e64c3a474797065a33c7532a573686170659101a464617461c4020100"
    (void)state;
    assert_string_equal(codec_called(M, unhex("94a16fa16d91" ARRAY ARRAY)),
                        "o.m [1 array:1,<u2,C,'0100' ] {4 'nd' true 'type' '<u2' 'shape' [1 1 ] "
                        "'data' b'0100' } ");
}

static void a_sink_may_refuse_an_array(void **state)
{
    struct pyro_slice in = unhex(golden[0].hex);
    struct recorder r;
    (void)state;
    recorder_init(&r);
    r.fail_at = 1;
    assert_int_equal(pyro_codec_read(M, in, &r.sink, &r.err), PYRO_EVALUE);
    recorder_free(&r);
    test_free((char *)in.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_for_arrays_is_read),
        cmocka_unit_test(data_cut_anywhere_is_refused),
        cmocka_unit_test(other_dicts_are_dicts),
        cmocka_unit_test(arrays_that_are_none_are_refused),
        cmocka_unit_test(named_arguments_are_no_array),
        cmocka_unit_test(a_sink_may_refuse_an_array),
    };
    return cmocka_run_group_tests_name("codec_numpy", tests, NULL, NULL);
}
