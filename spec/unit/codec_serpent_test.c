#include "serpent_golden.h"

/* Forms that serpent does not write, but Python takes for the same literals. */
static const struct {
    const char *text, *value;
} others[] = {
    /* numbers */
    {"+5", "5 "},
    {"-  5", "-5 "},
    {"-0", "0 "},
    {"00", "0 "},
    {"0_0", "0 "},
    {"000000000000000000000000000000", "0 "},
    {"1_000_000", "1000000 "},
    {"12345678901234567890123", "big:12345678901234567890123 "},
    {"0x1f", "31 "},
    {"0X_fF", "255 "},
    {"-0x10", "-16 "},
    {"0o17", "15 "},
    {"0O1_7", "15 "},
    {"0b101", "5 "},
    {"0B0", "0 "},
    {"0x7fffffffffffffff", "9223372036854775807 "},
    {"-0x8000000000000000", "-9223372036854775808 "},
    {"0x8000000000000000", "big:9223372036854775808 "},
    {"-0xffffffffffffffffffffffffffffffff", "big:-340282366920938463463374607431768211455 "},
    {"0o7777777777777777777777777", "big:37778931862957161709567 "},
    {"0x4ee2d6d415b85acef8100000000", "big:100000000000000000000000000000000 "},
    {"5.", "5f "},
    {".5", "0.5f "},
    {"01.5", "1.5f "},
    {"01e1", "10f "},
    {"1E2", "100f "},
    {"1e+2", "100f "},
    {"1_0.2_5e1_0", "102500000000f "},
    {"0e999999999999999999999", "0f "},
    {"1e-999999999999999999999", "0f "},
    {"9007199254740993.0", "9007199254740992f "},
    {"123456789012345678e-5", "1234567890123.4568f "},
    {"0.1234567890123456789012345678901234567890", "0.12345678901234568f "},
    {"4j", "complex:0,4 "},
    {"-4.5J", "complex:-0,-4.5 "},
    {"07j", "complex:0,7 "},
    {"3+4j", "complex:3,4 "},
    {"-3 - 4e1j", "complex:-3,-40 "},
    {"( 99999999999999999999 + 1j )", "complex:1e+20,1 "},
    {"(3.0+-0.0j)", "complex:3,-0 "}, /* which serpent writes, but Python cannot read */
    /* texts */
    {"'a' 'b'\n\"c\"", "'abc' "},
    {"('a'\n'b')", "'ab' "},
    {"'''a'b''c\n\"'''", "'a'b''c\n\"' "},
    {"\"\"\"a\"\"\"", "'a' "},
    {"''''''", "'' "},
    {"''''a'''", "''a' "},
    {"'''a\r\nb\rc'''", "'a\nb\nc' "},
    {"'a\tb\x7f'", "'a\tb\x7f' "},
    {"'a\\\nb\\\r\nc'", "'abc' "},
    {"'\\a\\b\\f\\v\\\"'", "'\a\b\f\v\"' "},
    {"'\\101\\0601\\7'", "'A01\a' "},
    {"'\\400'", "'\xc4\x80' "},
    {"'\\8\\q\\\xc3\xa9'", "'\\8\\q\\\xc3\xa9' "},
    {"'\\xE9\\u20ac\\U0001F600\\uffff'", "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbf' "},
    {"u'a\\u00e9'", "'a\xc3\xa9' "},
    {"U\"a\"", "'a' "},
    {"r'a\\n\\'b'", "'a\\n\\'b' "},
    {"R'''\\\r\n'''", "'\\\n' "},
    {"b'a\\x00\\xff\\377\\u0041\\N'", "b'6100ffff5c75303034315c4e' "},
    {"B'' b\"\"", "b'' "},
    {"b'\\400'", "b'00' "},
    {"rb'\\x00'", "b'5c783030' "},
    {"bR'\\'' Rb''", "b'5c27' "},
    /* containers */
    {"[1,]", "[0 1 ] "},
    {"(1)", "1 "},
    {"('a')", "'a' "},
    {"(1, 2, )", "(0 1 2 ) "},
    {"((1,), )", "(0 (0 1 ) ) "},
    {"{1, }", "<0 1 > "},
    {"{1 : 2 , }", "{0 1 2 } "},
    {"{(1): 2}", "{0 1 2 } "},
    {"{(1), (2)}", "<0 1 2 > "},
    {"{b'a':1}", "{0 b'61' 1 } "},
    {"set()", "<0 > "},
    {"[set ( ) , (set(), 1)]", "[0 <0 > (0 <0 > 1 ) ] "},
    {"\t[ 1 ,\n\r\n\f 2 # and so on ] }\n, \\\n3 ]\n# the end", "[0 1 2 3 ] "},
    {"{'__class__': \"float\", 'value': 'nan', }", "nanf "},
    {"{'value':'nan','__class__':'float'}", "nanf "},
    {"{\"encoding\" : 'base64' , 'data':\n'+/+/' }", "b'fbffbf' "},
    /* what only looks like bytes or NaN */
    {"{'data': 'AP8', 'encoding': 'base64'}", "{0 'data' 'AP8' 'encoding' 'base64' } "},
    {"{'data': 'A===', 'encoding': 'base64'}", "{0 'data' 'A===' 'encoding' 'base64' } "},
    {"{'data': 'A=AA', 'encoding': 'base64'}", "{0 'data' 'A=AA' 'encoding' 'base64' } "},
    {"{'data': 'A_-A', 'encoding': 'base64'}", "{0 'data' 'A_-A' 'encoding' 'base64' } "},
    {"{'data': 'AP8=', 'encoding': 'hex'}", "{0 'data' 'AP8=' 'encoding' 'hex' } "},
    {"{'data': 'AP8=', 'data': 'AP8='}", "{0 'data' 'AP8=' 'data' 'AP8=' } "},
    {"{'data': 'AP8=', 'encoding': 'base64', 'x': 1}",
     "{0 'data' 'AP8=' 'encoding' 'base64' 'x' 1 } "},
    {"{'data': 'AP8=' 'AP8=', 'encoding': 'base64'}",
     "{0 'data' 'AP8=AP8=' 'encoding' 'base64' } "},
    {"{'data': b'AP8=', 'encoding': 'base64'}", "{0 'data' b'4150383d' 'encoding' 'base64' } "},
    {"{'data', 'encoding'}", "<0 'data' 'encoding' > "},
    {"{'__class__':'float','value':'inf'}", "{0 '__class__' 'float' 'value' 'inf' } "},
};

static enum pyro_code read_text(const char *text, size_t length, struct recorder *r)
{
    return codec_read(S, pyro_slice(exact_copy(text, length), length), r);
}

static void reads(const char *text, const char *value)
{
    codec_reads(S, exact_text(text), value);
}

static void refuses_bytes(const char *text, size_t length, const char *message)
{
    codec_refuses(S, pyro_slice(exact_copy(text, length), length), message);
}

static void refuses(const char *text, const char *message)
{
    refuses_bytes(text, strlen(text), message);
}

/* --- reading --- */

static void recorded_values_are_read(void **state)
{
    char text[200];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        snprintf(text, sizeof(text), COMMENT "%s", golden[i].text);
        reads(text, golden[i].value);
        reads(golden[i].text, golden[i].value); /* the comment does not matter */
    }
}

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(others); i++)
        reads(others[i].text, others[i].value);
}

#define VALUE "a value was expected"
#define NUMBER "malformed number"
#define AFTER_ITEM "a comma or the closing bracket was expected"
#define HASHED "no list, dict or set may be a key or in a set"
#define SUM "a sum that is no complex number"

/* The place, and what is wrong there. */
#define AT(line, column, why) "serpent line " #line ", column " #column ": " why

static void malformed_data_is_refused(void **state)
{
    (void)state;
    refuses("", AT(1, 1, "cut short"));
    refuses(COMMENT, AT(2, 1, "cut short"));
    refuses("# no end", AT(1, 9, "cut short"));
    refuses("x", AT(1, 1, VALUE));
    refuses("none", AT(1, 1, VALUE));
    refuses("Nonesuch", AT(1, 1, VALUE));
    refuses("True1", AT(1, 1, VALUE));
    refuses("...", AT(1, 2, NUMBER));
    refuses("f'x'", AT(1, 1, VALUE));
    refuses("ur'x'", AT(1, 1, VALUE));
    refuses("bb'x'", AT(1, 1, VALUE));
    refuses("rr'x'", AT(1, 1, VALUE));
    refuses("bu'x'", AT(1, 1, VALUE));
    refuses("brb'x'", AT(1, 1, VALUE));
    refuses("\xc3\xa9", AT(1, 1, VALUE));
    refuses("\xef\xbb\xbf"
            "1",
            AT(1, 1, VALUE));
    refuses("exit()", AT(1, 1, VALUE));
    refuses("set(1)", AT(1, 5, "only \"set()\" may be called"));
    refuses("set", AT(1, 4, "cut short"));
    refuses("settle()", AT(1, 1, VALUE));
    refuses("1 2", AT(1, 3, "the end was expected"));
    refuses("1;", AT(1, 2, "the end was expected"));
    refuses("1,", AT(1, 2, "the end was expected"));
    refuses("[]]", AT(1, 3, "the end was expected"));
    refuses("[1 \\ ]", AT(1, 4, AFTER_ITEM));
    refuses("# x\n[1,\n\xc3\xa9\xc3\xa9]", AT(3, 1, VALUE));
    refuses("['\xc3\xa9\xc3\xa9', x]", AT(1, 8, VALUE));
}

static void malformed_numbers_are_refused(void **state)
{
    (void)state;
    refuses("01", AT(1, 3, "an integer with leading zeros"));
    refuses("[0_7]", AT(1, 5, "an integer with leading zeros"));
    refuses("[1_]", AT(1, 3, NUMBER));
    refuses("[1__0]", AT(1, 3, NUMBER));
    refuses("_1", AT(1, 1, VALUE));
    refuses("[1._5]", AT(1, 4, NUMBER));
    refuses("[.]", AT(1, 3, NUMBER));
    refuses("[.e5]", AT(1, 3, NUMBER));
    refuses("[1e]", AT(1, 4, NUMBER));
    refuses("[1e+]", AT(1, 5, NUMBER));
    refuses("[1e_5]", AT(1, 4, NUMBER));
    refuses("[1e5_]", AT(1, 5, NUMBER));
    refuses("[0x]", AT(1, 4, NUMBER));
    refuses("[0x__1]", AT(1, 4, NUMBER));
    refuses("[0xg]", AT(1, 4, NUMBER));
    refuses("[0x1j]", AT(1, 5, NUMBER));
    refuses("[0o8]", AT(1, 4, NUMBER));
    refuses("[0b12]", AT(1, 5, NUMBER));
    refuses("[12abc]", AT(1, 4, NUMBER));
    refuses("[1\xc3\xa9]", AT(1, 3, NUMBER));
    refuses("[-]", AT(1, 3, NUMBER));
    refuses("[--1]", AT(1, 3, NUMBER));
    refuses("[-True]", AT(1, 3, NUMBER));
    refuses("1+2", AT(1, 2, SUM));
    refuses("1j+2", AT(1, 3, SUM));
    refuses("1j+2j", AT(1, 3, SUM));
    refuses("1+2j+3j", AT(1, 5, "the end was expected"));
    refuses("1++2j", AT(1, 3, NUMBER));
    refuses("1--2j", AT(1, 3, NUMBER));
}

static void malformed_texts_are_refused(void **state)
{
    (void)state;
    refuses("'a", AT(1, 3, "cut short"));
    refuses("'a\\'", AT(1, 5, "cut short"));
    refuses("'''a''", AT(1, 7, "cut short"));
    refuses("'a\nb'", AT(1, 3, "a line ends within a text"));
    refuses("'a\rb'", AT(1, 3, "a line ends within a text"));
    refuses("'a\xff'", AT(1, 3, "not valid UTF-8"));
    refuses("'\xed\xa0\x80'", AT(1, 2, "not valid UTF-8"));
    refuses("'\\\xff'", AT(1, 3, "not valid UTF-8"));
    refuses("b'\xc3\xa9'", AT(1, 3, "bytes of other than ASCII characters"));
    refuses("b'\\\xc3\xa9'", AT(1, 4, "bytes of other than ASCII characters"));
    refuses("'\\x4'", AT(1, 2, "an escape with too few digits"));
    refuses("b'\\x4g'", AT(1, 3, "an escape with too few digits"));
    refuses("'\\u004'", AT(1, 2, "an escape with too few digits"));
    refuses("'\\U0000004'", AT(1, 2, "an escape with too few digits"));
    refuses("'\\U00110000'", AT(1, 2, "an escape of no character"));
    refuses("'\\Uffffffff'", AT(1, 2, "an escape of no character"));
    refuses("'\\ud800'", AT(1, 2, "a surrogate, which is not valid text"));
    refuses("'a\\ud83d\\ude00'", AT(1, 3, "a surrogate, which is not valid text"));
    refuses("'\\U0000dfff'", AT(1, 2, "a surrogate, which is not valid text"));
    refuses("'\\N{DASH}'", AT(1, 2, "escapes of names of characters are not understood"));
    refuses("'a' b'b'", AT(1, 5, "str and bytes in a row"));
    refuses("b'a' 'b'", AT(1, 6, "str and bytes in a row"));
    refuses_bytes("'a\0b'", 5, AT(1, 3, "a zero byte"));
    refuses_bytes("'a\\\0b'", 6, AT(1, 4, "a zero byte"));
}

static void malformed_containers_are_refused(void **state)
{
    (void)state;
    refuses("[1", AT(1, 3, "cut short"));
    refuses("[1)", AT(1, 3, AFTER_ITEM));
    refuses("(1]", AT(1, 3, AFTER_ITEM));
    refuses("[,]", AT(1, 2, VALUE));
    refuses("[1,,]", AT(1, 4, VALUE));
    refuses("(,)", AT(1, 2, VALUE));
    refuses("{,}", AT(1, 2, VALUE));
    refuses("((1,2))", AT(1, 7, AFTER_ITEM)); /* Python takes that for the inner one */
    refuses("([])", AT(1, 4, AFTER_ITEM));
    refuses("{1:2,3}", AT(1, 7, "a colon was expected"));
    refuses("{1,2:3}", AT(1, 5, AFTER_ITEM));
    refuses("{1:}", AT(1, 4, VALUE));
    refuses("{1:2:3}", AT(1, 5, AFTER_ITEM));
    refuses("{(1,2):}", AT(1, 8, VALUE));
    refuses("{(1,2) 3}", AT(1, 8, AFTER_ITEM));
    refuses("{(1,2]", AT(1, 6, AFTER_ITEM));
}

static void what_python_cannot_hash_is_refused(void **state)
{
    (void)state;
    refuses("{[1]}", AT(1, 2, HASHED));
    refuses("{[1]:2}", AT(1, 2, HASHED));
    refuses("{{}:2}", AT(1, 2, HASHED));
    refuses("{set()}", AT(1, 5, HASHED));
    refuses("{1,[2]}", AT(1, 4, HASHED));
    refuses("{1:2,{3}:4}", AT(1, 6, HASHED));
    refuses("{(1,[2]):3}", AT(1, 5, HASHED));
    refuses("{(1,(2,{}))}", AT(1, 8, HASHED));
    refuses("{1,(set(),)}", AT(1, 8, HASHED));
    refuses("{({({({", AT(1, 3, HASHED));
    refuses("{{'data': 'AP8=', 'encoding': 'base64'}:1}", AT(1, 2, HASHED));
    refuses("{1,{'__class__':'float','value':'nan'}}", AT(1, 4, HASHED));
}

static void numbers_have_most_digits(void **state)
{
    static const char *const forms[] = {"", "0.", "-", "1e"};
    char text[4400];
    struct recorder r;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        size_t form = strlen(forms[i]), digits = 4300 - (i == 1);
        memset(text, '9', sizeof(text));
        memcpy(text, forms[i], form);
        assert_int_equal(read_text(text, form + digits, &r), PYRO_OK);
        recorder_free(&r);
        assert_int_equal(read_text(text, form + digits + 1, &r),
                         i == 3 ? PYRO_OK : PYRO_ESERIALIZE);
        assert_true(i == 3 || strstr(r.err.message, "a number of too many digits"));
        recorder_free(&r);
    }
}

/* Counted are the decimal ones. */
static void numbers_in_other_bases_have_most_digits(void **state)
{
    static const struct {
        const char *prefix;
        size_t most;
    } bases[] = {{"0x", 3572}, {"0o", 4762}, {"0b", 14284}};
    static char text[14400];
    struct recorder r;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bases); i++) {
        memset(text, '1', sizeof(text));
        memcpy(text, bases[i].prefix, 2);
        assert_int_equal(read_text(text, 2 + bases[i].most, &r), PYRO_OK);
        recorder_free(&r);
        for (size_t more = 1; more < 40; more += 38) {
            assert_int_equal(read_text(text, 2 + bases[i].most + more, &r), PYRO_ESERIALIZE);
            assert_non_null(strstr(r.err.message, "a number of too many digits"));
            recorder_free(&r);
        }
    }
}

/* Numbers have no end that shows, all others do. */
static void data_cut_anywhere_is_refused(void **state)
{
    char text[200];
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(golden); i++) {
        size_t whole = (size_t)snprintf(text, sizeof(text), COMMENT "%s", golden[i].text);
        bool number = strchr("-0123456789", golden[i].text[0]) != NULL;
        for (size_t length = 0; length < whole; length++) {
            struct recorder r;
            enum pyro_code code = read_text(text, length, &r);
            assert_true(code == PYRO_ESERIALIZE || (code == PYRO_OK && number));
            assert_true(code == PYRO_OK || strlen(r.err.message) > 0);
            recorder_free(&r);
        }
    }
}

static enum pyro_code read_nested(const char *opening, size_t depth, struct recorder *r)
{
    struct pyro_buffer in = {.data = NULL};
    for (size_t i = 0; i < depth; i++)
        assert_true(pyro_buffer_append(&in, opening, strlen(opening)));
    if (strchr(opening, ':'))
        assert_true(pyro_buffer_append(&in, "1", 1));
    for (size_t i = depth; i-- > 0;) {
        const char *closing = *opening == '[' ? "]" : *opening == '{' ? "}" : i > 0 ? "),2" : ")";
        assert_true(pyro_buffer_append(&in, closing, strlen(closing)));
    }
    enum pyro_code code = read_text(in.data, in.length, r);
    pyro_buffer_free(&in);
    return code;
}

static void depth_is_bounded(void **state)
{
    static const char *const openings[] = {"[", "(", "{1:", "{(1,):"};
    static const size_t depths[] = {512, 513, 20000};
    struct recorder r;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(openings); i++) {
        for (size_t j = 0; j < PYRO_COUNT(depths); j++) {
            bool deep = depths[j] > 512 - (i == 3); /* the innermost key is a level more */
            assert_int_equal(read_nested(openings[i], depths[j], &r),
                             deep ? PYRO_ESERIALIZE : PYRO_OK);
            assert_true(!deep || strstr(r.err.message, "nested deeper than 512"));
            recorder_free(&r);
        }
    }
    assert_int_equal(read_nested("{(1,):", 511, &r), PYRO_OK);
    recorder_free(&r);
}

/* --- sinks, and memory --- */

/* Thirteen events, three of them texts that must be decoded. */
static const char events[] = "['\\n', {'a' 'b': 1, (2,): b'\\x00'}, ()]";

static void the_sinks_own_errors_are_passed_on(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 14; n++) {
        struct recorder r;
        recorder_init(&r);
        r.fail_at = n;
        assert_int_equal(pyro_codec_read(S, pyro_slice_text(events), &r.sink, &r.err),
                         n <= 13 ? PYRO_EVALUE : PYRO_OK);
        assert_true(n > 13 || strcmp(r.err.message, "enough") == 0);
        recorder_free(&r);
    }
}

static void the_sink_may_leave(void **state)
{
    static struct recorder r;
    static struct pyro_reading held;
    (void)state;
    for (volatile unsigned n = 1; n <= 13; n++) {
        recorder_init(&r);
        r.fail_at = n;
        r.leave = true;
        if (setjmp(r.away) == 0) {
            S->read(pyro_slice_text(events), &held, &r.sink, &r.err);
            fail();
        }
        pyro_reading_free(&held);
        recorder_free(&r);
    }
}

static void lack_of_memory_is_an_error(void **state)
{
    static const char *const texts[] = {"'\\n'", "b'a' b'b'", "{('a' 'b',): 1}",
                                        "{'data': 'AP8=', 'encoding': 'base64'}"};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(texts); i++) {
        struct recorder r;
        recorder_init(&r);
        pyro_memory_fail_at(1);
        assert_int_equal(pyro_codec_read(S, pyro_slice_text(texts[i]), &r.sink, &r.err),
                         PYRO_EMEMORY);
        pyro_memory_fail_at(0);
        assert_string_equal(r.err.message, "out of memory");
        assert_int_equal(r.text.length, 0);
    }
}

/* The recorder notes a container's announced size behind its bracket. */
static void containers_are_announced_as_large_as_the_last_in_their_place(void **state)
{
    char source[3000] = "[[0", heard[6000] = "[0 [0 0 ";
    (void)state;
    reads("[[1],[2,3],[4],[],[5]]", "[0 [0 1 ] [1 2 3 ] [2 4 ] [0 ] [1 5 ] ] ");
    reads("[[1,],(2,3,),{4}]", "[0 [0 1 ] (2 2 3 ) <3 4 > ] ");
    reads("[{1:2,3:4},[5],{6:7},[8]]", "[0 {0 1 2 3 4 } [0 5 ] {2 6 7 } [1 8 ] ] ");
    reads("[[[1,2]],[[3]],[[4]]]", "[0 [0 [0 1 2 ] ] [1 [2 3 ] ] [1 [1 4 ] ] ] ");
    reads("{(1,2):[3],(4,5):[6]}", "{0 (0 1 2 ) [2 3 ] (1 4 5 ) [2 6 ] } ");
    for (int i = 0; i < 1000; i++) {
        strcat(source, ",0");
        strcat(heard, "0 ");
    }
    reads(strcat(source, "],[0]]"), strcat(heard, "] [201 0 ] ] "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_values_are_read),
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(malformed_data_is_refused),
        cmocka_unit_test(malformed_numbers_are_refused),
        cmocka_unit_test(malformed_texts_are_refused),
        cmocka_unit_test(malformed_containers_are_refused),
        cmocka_unit_test(what_python_cannot_hash_is_refused),
        cmocka_unit_test(numbers_have_most_digits),
        cmocka_unit_test(numbers_in_other_bases_have_most_digits),
        cmocka_unit_test(data_cut_anywhere_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(the_sinks_own_errors_are_passed_on),
        cmocka_unit_test(the_sink_may_leave),
        cmocka_unit_test(lack_of_memory_is_an_error),
        cmocka_unit_test(containers_are_announced_as_large_as_the_last_in_their_place),
    };
    return cmocka_run_group_tests_name("codec serpent", tests, NULL, NULL);
}
