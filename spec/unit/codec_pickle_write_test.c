/* Written pickles have what Python's own have, but for frames, and for what they refer
 * back to: only keys of dicts here. */
#include <stdlib.h>
#include <time.h>

#include "pickle_write_check.h"

static enum pyro_code put_integers(struct pyro_sink *to, const int64_t *values, size_t count)
{
    pyro_begin(to, PYRO_TUPLE, count);
    for (size_t i = 0; i < count; i++)
        if (pyro_put_int(to, values[i]) != PYRO_OK)
            return to->err->code;
    return pyro_end(to, PYRO_TUPLE);
}

/* --- plain values --- */

static enum pyro_code nil(struct pyro_sink *to)
{
    return pyro_put_nil(to);
}

static enum pyro_code truth(struct pyro_sink *to)
{
    return pyro_put_bool(to, true);
}

static enum pyro_code integers(struct pyro_sink *to)
{
    static const int64_t values[] = {0,
                                     255,
                                     256,
                                     65535,
                                     65536,
                                     -1,
                                     INT32_MAX,
                                     INT32_MIN,
                                     1LL << 31,
                                     -129,
                                     (1LL << 31) * -1 - 1,
                                     INT64_MAX,
                                     INT64_MIN};
    CHECK(pyro_begin(to, PYRO_TUPLE, PYRO_COUNT(values)));
    for (size_t i = 0; i < PYRO_COUNT(values); i++)
        CHECK(pyro_put_int(to, values[i]));
    return pyro_end(to, PYRO_TUPLE);
}

static enum pyro_code bigints(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_LIST, 2));
    CHECK(to->ops->bigint(to, pyro_slice_text("1180591620717411303424")));
    CHECK(to->ops->bigint(to, pyro_slice_text("-1180591620717411303424")));
    return pyro_end(to, PYRO_LIST);
}

static enum pyro_code reals(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_LIST, 2));
    CHECK(pyro_put_real(to, 1.5));
    CHECK(to->ops->complex(to, 3, 4));
    return pyro_end(to, PYRO_LIST);
}

static enum pyro_code texts(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_LIST, 2));
    CHECK(pyro_put_text(to, "x"));
    CHECK(to->ops->bytes(to, pyro_slice("\0\xff", 2)));
    return pyro_end(to, PYRO_LIST);
}

static enum pyro_code date(struct pyro_sink *to)
{
    return to->ops->date(to, 737426);
}

static void plain_values_are_written(void **state)
{
    (void)state;
    WRITES(2, nil, "N.");
    WRITES(5, nil, "N.");
    WRITES(4, truth, "\x88.");
    WRITES(4, integers,
           "(K\0K\xffM\0\1M\xff\xffJ\0\0\1\0J\xff\xff\xff\xffJ\xff\xff\xff\x7fJ\0\0\0\x80"
           "\x8a\5\0\0\0\x80\0J\x7f\xff\xff\xff\x8a\5\xff\xff\xff\x7f\xff"
           "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x8a\x08\0\0\0\0\0\0\0\x80t.");
    WRITES(2, bigints,
           "](\x8a\x0a\0\0\0\0\0\0\0\0@\0\x8a\x0a\0\0\0\0\0\0\0\0\xc0\xff"
           "e.");
    WRITES(
        2, reals,
        "](G?\xf8\0\0\0\0\0\0c__builtin__\ncomplex\nG@\x08\0\0\0\0\0\0G@\x10\0\0\0\0\0\0\x86Re.");
    WRITES(4, reals,
           "](G?\xf8\0\0\0\0\0\0\x8c\x08"
           "builtins\x8c\x07"
           "complex\x93G@\x08\0\0\0\0\0\0G@\x10"
           "\0\0\0\0\0\0\x86Re.");
    WRITES(2, texts, "](X\1\0\0\0xc_codecs\nencode\nX\3\0\0\0\0\xc3\xbfX\6\0\0\0latin1\x86Re.");
    WRITES(3, texts,
           "](X\1\0\0\0xC\2\0\xff"
           "e.");
    WRITES(4, texts,
           "](\x8c\1xC\2\0\xff"
           "e.");
    WRITES(2, date,
           "cdatetime\ndate\nc_codecs\nencode\nX\5\0\0\0\7\xc3\xa4\1\2X\6\0\0\0latin1\x86R\x85R.");
    WRITES(3, date, "cdatetime\ndate\nC\4\7\xe4\1\2\x85R.");
    WRITES(5, date,
           "\x8c\x08"
           "datetime\x8c\4date\x93"
           "C\4\7\xe4\1\2\x85R.");
}

static enum pyro_code datetime(struct pyro_sink *to)
{
    return to->ops->datetime(to, 1577934245.000006);
}

static enum pyro_code far_datetime(struct pyro_sink *to)
{
    return to->ops->datetime(to, 1e18);
}

static enum pyro_code far_date(struct pyro_sink *to)
{
    return to->ops->date(to, 0);
}

static void datetimes_are_local(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    WRITES(3, datetime, "cdatetime\ndatetime\nC\x0a\7\xe4\1\2\3\4\5\0\0\6\x85R.");
    refuses(far_datetime, "a datetime outside the years 1 to 9999");
    refuses(far_date, "a date outside the years 1 to 9999");
}

static void long_texts_have_long_lengths(void **state)
{
    static char long_text[256];
    (void)state;
    memset(long_text, 'y', sizeof(long_text));
    assert_int_equal(pyro_put_str(start(4), pyro_slice(long_text, 255)), PYRO_OK);
    assert_memory_equal(out.data + 2, "\x8c\xffyy", 4);
    assert_int_equal(pyro_put_str(start(4), pyro_slice(long_text, 256)), PYRO_OK);
    assert_memory_equal(out.data + 2, "X\0\1\0\0yy", 7);
    assert_int_equal(out.length, 2 + 5 + 256 + 1);
    w.sink.ops->bytes(start(5), pyro_slice(long_text, 256));
    assert_memory_equal(out.data + 2, "B\0\1\0\0yy", 7);
    pyro_buffer_free(&out);
}

#if SIZE_MAX > UINT32_MAX /* others have no longer texts */
static void lengths_have_32_bits(void **state)
{
    struct pyro_slice text = {"", SIZE_MAX / 4};
    (void)state;
    assert_int_equal(w.sink.ops->str(start(4), text), PYRO_ESERIALIZE);
    assert_string_equal(err.message, "too long for pickle");
    assert_int_equal(w.sink.ops->bytes(start(2), text), PYRO_ESERIALIZE);
    assert_int_equal(w.sink.ops->bytes(start(4), text), PYRO_ESERIALIZE);
}
#endif

/* --- containers --- */

static enum pyro_code containers(struct pyro_sink *to)
{
    static const int64_t one[] = {1};
    CHECK(pyro_begin(to, PYRO_LIST, 0));
    CHECK(pyro_begin(to, PYRO_DICT, 2));
    CHECK(pyro_put_text(to, "k"));
    CHECK(pyro_put_nil(to));
    CHECK(put_integers(to, one, 1)); /* a key */
    CHECK(pyro_begin(to, PYRO_LIST, 0));
    CHECK(pyro_end(to, PYRO_LIST));
    CHECK(pyro_end(to, PYRO_DICT));
    return pyro_end(to, PYRO_LIST);
}

static enum pyro_code put_key(struct pyro_sink *to, const char *key)
{
    CHECK(pyro_begin(to, PYRO_DICT, 1));
    CHECK(pyro_put_text(to, key));
    CHECK(pyro_put_text(to, key));
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code records(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_LIST, 4));
    CHECK(put_key(to, "a"));
    CHECK(put_key(to, "b"));
    CHECK(put_key(to, "a"));
    CHECK(put_key(to, ""));
    return pyro_end(to, PYRO_LIST);
}

static enum pyro_code sets(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_TUPLE, 2));
    CHECK(pyro_begin(to, PYRO_SET, 2));
    CHECK(pyro_put_int(to, 1));
    CHECK(pyro_begin(to, PYRO_SET, 0)); /* hashed: a frozenset */
    CHECK(pyro_end(to, PYRO_SET));
    CHECK(pyro_end(to, PYRO_SET));
    return pyro_end(to, PYRO_TUPLE);
}

static enum pyro_code list_in_key(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_DICT, 1));
    CHECK(pyro_begin(to, PYRO_TUPLE, 1));
    return pyro_begin(to, PYRO_LIST, 0);
}

static enum pyro_code dict_in_set(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_SET, 1));
    return pyro_begin(to, PYRO_DICT, 0);
}

static enum pyro_code deep(struct pyro_sink *to)
{
    for (int i = 0; i <= PYRO_MAX_DEPTH; i++)
        CHECK(pyro_begin(to, PYRO_LIST, 1));
    return PYRO_OK;
}

static enum pyro_code long_integer(struct pyro_sink *to)
{
    static char digits[PYRO_MAX_DEPTH * 20];
    memset(digits, '9', sizeof(digits));
    return to->ops->bigint(to, pyro_slice(digits, sizeof(digits)));
}

static void containers_are_written(void **state)
{
    (void)state;
    WRITES(2, containers, "](}(X\1\0\0\0kq\0N(K\1t](eue.");
    WRITES(4, containers, "](}(\x8c\1kq\0N(K\1t](eue.");
    WRITES(2, sets, "(c__builtin__\nset\n](K\1c__builtin__\nfrozenset\n](e\x85Re\x85Rt.");
    WRITES(3, sets, "(cbuiltins\nset\n](K\1cbuiltins\nfrozenset\n](e\x85Re\x85Rt.");
    WRITES(4, sets, "(\x8f(K\1(\x91\x90t.");
}

static void keys_are_referred_to(void **state)
{
    (void)state;
    WRITES(2, records,
           "](}(X\1\0\0\0aq\0X\1\0\0\0au}(X\1\0\0\0bq\1X\1\0\0\0bu}(h\0X\1\0\0\0au"
           "}(X\0\0\0\0X\0\0\0\0ue.");
    WRITES(4, records, "](}(\x8c\1aq\0\x8c\1au}(\x8c\1bq\1\x8c\1bu}(h\0\x8c\1au}(\x8c\0\x8c\0ue.");
}

/* References have a byte for their number. */
static void only_the_first_keys_are_kept(void **state)
{
    struct pyro_sink *to = start(4);
    char key[16];
    size_t kept = 0;
    (void)state;
    pyro_begin(to, PYRO_DICT, 0);
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof(key), "%03d", i);
        assert_int_equal(pyro_put_text(to, key), PYRO_OK);
        kept += out.data[out.length - 2] == 'q';
        assert_int_equal(pyro_put_nil(to), PYRO_OK);
    }
    assert_int_equal(kept, 256);
    pyro_buffer_free(&out);
}

/* Deep inside, levels are noted where the keys were. */
static void deep_keys_are_written(void **state)
{
    struct pyro_sink *to = start(4);
    struct recorder r;
    size_t keys = 0;
    (void)state;
    for (int i = 0; i < PYRO_MAX_DEPTH; i++) {
        assert_int_equal(pyro_begin(to, PYRO_DICT, 1), PYRO_OK);
        assert_int_equal(pyro_put_text(to, "key"), PYRO_OK);
    }
    assert_int_equal(pyro_put_nil(to), PYRO_OK);
    for (int i = 0; i < PYRO_MAX_DEPTH; i++)
        assert_int_equal(pyro_end(to, PYRO_DICT), PYRO_OK);
    recorder_init(&r);
    assert_int_equal(
        pyro_codec_read(&pyro_codec_pickle, pyro_slice(out.data, out.length), &r.sink, &r.err),
        PYRO_OK);
    for (const char *at = recorded(&r); (at = strstr(at, "'key'")) != NULL; at++)
        keys++;
    assert_int_equal(keys, PYRO_MAX_DEPTH);
    recorder_free(&r);
    pyro_buffer_free(&out);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    refuses(list_in_key, "a list cannot be a key or in a set, with pickle");
    refuses(dict_in_set, "a dict cannot be a key or in a set, with pickle");
    refuses(deep, "nested deeper than 512");
    refuses(long_integer, "an integer of more than 4300 digits");
}

/* --- arrays --- */

static enum pyro_code array(struct pyro_sink *to)
{
    struct pyro_array array = {
        .fortran = true, .dimensions = 2, .shape = {1, 2}, .data = {"ab", 2}};
    CHECK(pyro_dtype_read(pyro_slice_text("|u1"), &array.dtype, to->err));
    return to->ops->array(to, &array);
}

static void arrays_are_numpys(void **state)
{
    (void)state;
    WRITES(2, array,
           "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85"
           "c_codecs\nencode\nX\1\0\0\0bX\6\0\0\0latin1\x86R\x87R(K\1(K\1K\2t"
           "cnumpy\ndtype\nX\3\0\0\0|u1\x89\x88\x87R\x88"
           "c_codecs\nencode\nX\2\0\0\0abX\6\0\0\0latin1\x86Rtb.");
    WRITES(
        4, array,
        "\x8c\x15numpy.core.multiarray\x8c\x0c_reconstruct\x93\x8c\5numpy\x8c\7ndarray\x93K\0\x85"
        "C\1b\x87R(K\1(K\1K\2t\x8c\5numpy\x8c\5dtype\x93\x8c\3|u1\x89\x88\x87R\x88"
        "C\2abtb.");
}

/* --- calls --- */

static void calls_are_tuples(void **state)
{
    static const char in_2[] = "(X\3\0\0\0objX\1\0\0\0m(K\1X\1\0\0\0at}(X\1\0\0\0kq\0K\2ut.";
    static const char in_5[] = "(\x8c\3obj\x8c\1m(K\1\x8c\1at}(\x8c\1kq\0K\2ut.";
    (void)state;
    codec_write_call(pyro_codec_pickle_of(2), &out);
    compare(2, in_2, sizeof(in_2) - 1);
    codec_write_call(pyro_codec_pickle_of(5), &out);
    compare(5, in_5, sizeof(in_5) - 1);
    pyro_buffer_free(&out);
}

/* Python 2 reads nothing newer than protocol 2. */
static void answers_are_no_newer_than_requests(void **state)
{
    static const struct {
        const char *data;
        unsigned ours, version;
    } requests[] = {
        {"\x80\2N.", 4, 2},   {"\x80\3N.", 4, 3}, {"\x80\5N.", 4, 4}, {"\x80\4N.", 2, 2},
        {"\x80\xffN.", 5, 5}, {"\x80\1N.", 5, 2}, {"(lp0\n.", 5, 2},  {"", 3, 2}};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(requests); i++) {
        const struct pyro_codec *codec = pyro_codec_pickle_of(requests[i].ours);
        assert_ptr_equal(pyro_codec_answering(codec, pyro_slice_text(requests[i].data)),
                         pyro_codec_pickle_of(requests[i].version));
    }
    assert_ptr_equal(pyro_codec_pickle_of(4), &pyro_codec_pickle);
    assert_ptr_equal(pyro_codec_answering(&pyro_codec_json, pyro_slice_text("1")),
                     &pyro_codec_json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values_are_written),
        cmocka_unit_test(datetimes_are_local),
        cmocka_unit_test(long_texts_have_long_lengths),
#if SIZE_MAX > UINT32_MAX
        cmocka_unit_test(lengths_have_32_bits),
#endif
        cmocka_unit_test(containers_are_written),
        cmocka_unit_test(keys_are_referred_to),
        cmocka_unit_test(only_the_first_keys_are_kept),
        cmocka_unit_test(deep_keys_are_written),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(arrays_are_numpys),
        cmocka_unit_test(calls_are_tuples),
        cmocka_unit_test(answers_are_no_newer_than_requests),
    };
    return cmocka_run_group_tests_name("codec_pickle_write", tests, NULL, NULL);
}
