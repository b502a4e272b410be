/* Signed messages: the bytes are those that Pyro4's message.py makes of the same. */
#include "wire/hmac.h"

#include "wire_check.h"

#define P48 (&pyro_protocol_48)
#define P502 (&pyro_protocol_502)

static const struct pyro_header call = {
    .type = PYRO_INVOKE, .serializer = PYRO_SERIALIZER_SERPENT, .seq = 7};

#define SIGNED                                                                                     \
    "5059524f00300004000000070000000500010029000035535a5a5a5a00017a4141414100026161484d41430014"   \
    "e6b821f77558cad555204f5ab1012c031618f87768656c6c6f"

static const struct pyro_annotation two[] = {{"ZZZZ", {"z", 1}}, {"AAAA", {"aa", 2}}};

static struct pyro_hmac_key *key_of(const char *secret)
{
    struct pyro_hmac_key *key = pyro_hmac_key_new(pyro_slice_text(secret));
    assert_non_null(key);
    return key;
}

static enum pyro_code begin_signed(struct pyro_draft *draft, struct pyro_buffer *out,
                                   const char *secret, const struct pyro_annotation *annotations,
                                   size_t count, struct pyro_error *err)
{
    struct pyro_hmac_key *key = key_of(secret);
    enum pyro_code code = pyro_message_begin(draft, out, P48, &call, annotations, count, err);
    if (code == PYRO_OK)
        code = pyro_message_sign(draft, key, err);
    pyro_hmac_key_release(key); /* the draft keeps it */
    return code;
}

static struct pyro_buffer sign(const char *secret, const struct pyro_annotation *annotations,
                               size_t count, const char *data)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_draft draft;
    assert_int_equal(begin_signed(&draft, &out, secret, annotations, count, NULL), PYRO_OK);
    assert_true(pyro_buffer_append(&out, data, strlen(data)));
    assert_int_equal(pyro_message_end(&draft, 0, false, NULL), PYRO_OK);
    return out;
}

static void expect_signed(const char *secret, const struct pyro_annotation *annotations,
                          size_t count, const char *data, const char *hex)
{
    struct pyro_buffer out = sign(secret, annotations, count, data);
    assert_hex(pyro_slice(out.data, out.length), hex);
    pyro_buffer_free(&out);
}

static void signatures_are_pyros(void **state)
{
    char keys[20][5], bytes[20], long_secret[101] = "";
    struct pyro_annotation many[20];
    (void)state;
    expect_signed("secret", two, 2, "hello", SIGNED);
    expect_signed("secret", NULL, 0, "hello",
                  "5059524f0030000400000007000000050001001a00003544484d414300145112055c05f944f85755"
                  "efc5cd8970e194e9f45b68656c6c6f");
    memset(long_secret, 'k', 100);
    expect_signed(long_secret, NULL, 0, "",
                  "5059524f0030000400000007000000000001001a0000353f484d4143001410e662acd95fe6943332"
                  "6f84609dcfad9e5cb1d1");
    for (int i = 0; i < 20; i++) {
        snprintf(keys[i], sizeof(keys[i]), "K%03d", i * 7 % 20);
        bytes[i] = (char)i;
        many[i].value = pyro_slice(&bytes[i], 1);
        memcpy(many[i].key, keys[i], sizeof(keys[i]));
    }
    expect_signed(
        "secret", many, 20, "x",
        "5059524f003000040000000700000001000100a6000035cc4b3030300001004b3030370001014b303134000102"
        "4b"
        "3030310001034b3030380001044b3031350001054b3030320001064b3030390001074b3031360001084b303033"
        "0001094b30313000010a4b30313700010b4b30303400010c4b30313100010d4b30313800010e4b30303500010f"
        "4b3031320001104b3031390001114b3030360001124b303133000113484d41430014e42ebad50814e6bce6127c"
        "e9"
        "b467571920bf34dc78");
}

/* Takes the message, and checks its signature with the key of a secret, or with none. */
static const char *verify(struct pyro_slice bytes, const char *secret)
{
    static struct pyro_error err;
    struct pyro_input input = {.limit = 0};
    struct pyro_message message;
    struct pyro_hmac_key *key = secret ? key_of(secret) : NULL;
    bool ready;
    fill(&input, bytes.data, bytes.length);
    assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_OK);
    assert_true(ready);
    pyro_error_clear(&err);
    enum pyro_code code = pyro_message_verify(&message, key, &err);
    assert_int_equal(code, err.code);
    assert_true(code == PYRO_OK || code == PYRO_ESECURITY);
    pyro_message_release(&message);
    pyro_input_free(&input);
    pyro_hmac_key_release(key);
    return code == PYRO_OK ? "" : err.message;
}

#define MISMATCH                                                                                   \
    "message hmac mismatch: the two sides have different HMAC keys, or the message was altered"

static void who_has_the_key_is_believed(void **state)
{
    struct pyro_slice bytes = unhex(SIGNED);
    (void)state;
    assert_string_equal(verify(bytes, "secret"), "");
    assert_string_equal(verify(bytes, "other"), MISMATCH);
    assert_string_equal(verify(bytes, NULL),
                        "hmac key config not symmetric: the message is signed, "
                        "but this side has no HMAC key");
    test_free((char *)bytes.data);
}

static void unsigned_messages_need_no_key(void **state)
{
    struct pyro_buffer out = made(P48, call, two, 2, pyro_slice_text("hello"), false);
    (void)state;
    assert_string_equal(verify(pyro_slice(out.data, out.length), NULL), "");
    assert_string_equal(verify(pyro_slice(out.data, out.length), "secret"),
                        "hmac key config not symmetric: the message is not signed, but this side "
                        "has an HMAC key");
    pyro_buffer_free(&out);
}

/* Each bit of values and data counts; of the header, and of keys, none does: Pyro does not sign
 * them. Changes that make a message malformed do not get this far. */
static void altered_messages_are_refused(void **state)
{
    struct pyro_slice bytes = unhex(SIGNED);
    static const size_t values[] = {30, 37, 38};
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        ((char *)bytes.data)[values[i]] ^= 1;
        assert_string_equal(verify(bytes, "secret"), MISMATCH);
        ((char *)bytes.data)[values[i]] ^= 1;
    }
    for (size_t i = 45; i < bytes.length; i++) {
        ((char *)bytes.data)[i] ^= (char)(1 << i % 8);
        assert_string_equal(verify(bytes, "secret"), MISMATCH);
        ((char *)bytes.data)[i] ^= (char)(1 << i % 8);
    }
    assert_string_equal(verify(bytes, "secret"), "");
    test_free((char *)bytes.data);
}

/* A signature of another length, even an empty one, or the beginning of the right one. */
static void signatures_have_one_length(void **state)
{
    static const char signature[] =
        "\x51\x12\x05\x5c\x05\xf9\x44\xf8\x57\x55\xef\xc5\xcd\x89\x70\xe1\x94\xe9\xf4\x5b\x00";
    (void)state;
    for (size_t length = 0; length <= 21; length++) {
        const struct pyro_annotation given = {"HMAC", {signature, length}};
        struct pyro_buffer out = made(P48, call, &given, 1, pyro_slice_text("hello"), false);
        assert_string_equal(verify(pyro_slice(out.data, out.length), "secret"),
                            length == 20 ? "" : MISMATCH);
        pyro_buffer_free(&out);
    }
}

/* As in the dict that Pyro makes of them: neither the first of two values nor an earlier signature
 * plays a part. */
static void of_annotations_with_one_key_the_last_is_signed(void **state)
{
    static const struct pyro_annotation twins[] = {
        {"AAAA", {"first", 5}}, {"HMAC", {"?", 1}}, {"ZZZZ", {"z", 1}}, {"AAAA", {"aa", 2}}};
    struct pyro_buffer plain = sign("secret", two, 2, "hello"),
                       out = sign("secret", twins, 4, "hello");
    (void)state;
    assert_string_equal(verify(pyro_slice(out.data, out.length), "secret"), "");
    assert_memory_equal(out.data + out.length - 25, plain.data + plain.length - 25, 25);
    pyro_buffer_free(&plain);
    pyro_buffer_free(&out);
}

static void what_is_compressed_is_signed_as_it_travels(void **state)
{
    char data[1001] = "";
    struct pyro_buffer out = {.data = NULL};
    struct pyro_draft draft;
    (void)state;
    memset(data, 'x', 1000);
    assert_int_equal(begin_signed(&draft, &out, "secret", NULL, 0, NULL), PYRO_OK);
    assert_true(pyro_buffer_append(&out, data, 1000));
    assert_int_equal(pyro_message_end(&draft, 0, true, NULL), PYRO_OK);
    assert_true(out.length < 200);
    assert_string_equal(verify(pyro_slice(out.data, out.length), "secret"), "");
    out.data[out.length - 1] ^= 1;
    assert_string_equal(verify(pyro_slice(out.data, out.length), "secret"), MISMATCH);
    pyro_buffer_free(&out);
}

static void protocol_502_signs_nothing(void **state)
{
    static const struct pyro_annotation named = {"HMAC", {"of the program", 14}};
    struct pyro_header header = call;
    struct pyro_buffer out = made(P502, header, &named, 1, pyro_slice_text("hello"), false);
    struct pyro_hmac_key *key = key_of("secret");
    struct pyro_error err;
    struct pyro_draft draft;
    (void)state;
    assert_string_equal(verify(pyro_slice(out.data, out.length), NULL), "");
    assert_string_equal(verify(pyro_slice(out.data, out.length), "secret"),
                        "hmac key config not symmetric: whoever has an HMAC key refuses protocol "
                        "502 (Pyro5), which signs nothing");
    pyro_buffer_free(&out);
    assert_int_equal(pyro_message_begin(&draft, &out, P502, &header, NULL, 0, &err), PYRO_OK);
    assert_int_equal(pyro_message_sign(&draft, key, &err), PYRO_ESECURITY);
    assert_int_equal(out.length, 0);
    header.type = PYRO_CONNECTFAIL; /* how else to say so? */
    assert_int_equal(pyro_message_begin(&draft, &out, P502, &header, NULL, 0, &err), PYRO_OK);
    assert_int_equal(pyro_message_sign(&draft, key, &err), PYRO_OK);
    assert_int_equal(pyro_message_end(&draft, 0, false, &err), PYRO_OK);
    assert_int_equal(out.length, 40);
    pyro_buffer_free(&out);
    pyro_hmac_key_release(key);
}

static void programs_do_not_see_signatures(void **state)
{
    struct pyro_slice bytes = unhex(SIGNED), key, value;
    struct pyro_input input = {.limit = 0};
    struct pyro_message message;
    bool ready;
    (void)state;
    fill(&input, bytes.data, bytes.length);
    assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
    struct pyro_slice rest = message.annotations;
    assert_true(pyro_message_next_annotation(&message, &rest, &key, &value));
    assert_true(pyro_slice_equals(key, "ZZZZ"));
    assert_true(pyro_message_next_annotation(&message, &rest, &key, &value));
    assert_true(pyro_slice_equals(key, "AAAA"));
    assert_false(pyro_message_next_annotation(&message, &rest, &key, &value));
    pyro_message_release(&message);
    pyro_input_free(&input);
    test_free((char *)bytes.data);
}

static void a_signature_needs_room(void **state)
{
    static char large[65535];
    struct pyro_annotation long_one = {"AAAA", {large, 65535 - 6 - 26}};
    struct pyro_buffer out = {.data = NULL};
    struct pyro_error err;
    struct pyro_draft draft;
    (void)state;
    assert_int_equal(begin_signed(&draft, &out, "secret", &long_one, 1, &err), PYRO_OK);
    pyro_message_abort(&draft);
    long_one.value.length++;
    assert_int_equal(begin_signed(&draft, &out, "secret", &long_one, 1, &err), PYRO_ETOOLARGE);
    assert_string_equal(err.message, "annotations are longer than 65509 bytes");
    assert_int_equal(out.length, 0);
    pyro_buffer_free(&out);
}

static enum pyro_code write_many(struct pyro_buffer *out)
{
    static struct pyro_annotation many[20];
    struct pyro_hmac_key *key = pyro_hmac_key_new(pyro_slice_text("secret"));
    struct pyro_draft draft;
    enum pyro_code code;
    if (!key)
        return PYRO_EMEMORY;
    for (size_t i = 0; i < 20; i++)
        snprintf(many[i].key, sizeof(many[i].key), "K%03d", (int)i);
    if ((code = pyro_message_begin(&draft, out, P48, &call, many, 20, NULL)) == PYRO_OK &&
        (code = pyro_message_sign(&draft, key, NULL)) == PYRO_OK)
        code = pyro_message_end(&draft, 0, false, NULL);
    pyro_hmac_key_release(key);
    return code;
}

/* Wherever memory is wanting, nothing of the message is left. */
static void signing_survives_want_of_memory(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        pyro_memory_fail_at(n);
        failed = write_many(&out) == PYRO_EMEMORY;
        pyro_memory_fail_at(0);
        assert_true((out.length == 0) == (failed != 0));
        pyro_buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_pyros),
        cmocka_unit_test(who_has_the_key_is_believed),
        cmocka_unit_test(unsigned_messages_need_no_key),
        cmocka_unit_test(altered_messages_are_refused),
        cmocka_unit_test(signatures_have_one_length),
        cmocka_unit_test(of_annotations_with_one_key_the_last_is_signed),
        cmocka_unit_test(what_is_compressed_is_signed_as_it_travels),
        cmocka_unit_test(protocol_502_signs_nothing),
        cmocka_unit_test(programs_do_not_see_signatures),
        cmocka_unit_test(a_signature_needs_room),
        cmocka_unit_test(signing_survives_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
