/* Protocol 502, and what both protocols have: correlation ids and compression. */
#include "wire_check.h"

#define P502 (&pyro_protocol_502)

/* Recorded from Pyro5 5.17: headers. */
#define CONNECT "5059524f01f60104000000000000001a00000000" NO_ID "00004dc5"
#define WELCOME "5059524f01f602040040000000000049000000003025e9f332144ed5a0aa8c204c75109600004dc5"
#define CALL "5059524f01f60404000000010000000e00000000" NO_ID "00004dc5"
#define ONEWAY "5059524f01f60401000400050000002d00000000" NO_ID "00004dc5"
#define BATCH "5059524f01f605010048000600000200000000003025e9f332144ed5a0aa8c204c75109600004dc5"
#define STREAM "5059524f01f6050100510007000000a80000002c3025e9f332144ed5a0aa8c204c75109600004dc5"
#define REFUSAL "5059524f01f60301004000000000002a000000003025e9f332144ed5a0aa8c204c75109600004dc5"
#define NO_ID "00000000000000000000000000000000"
#define ID                                                                                         \
    {                                                                                              \
        0x30, 0x25, 0xe9, 0xf3, 0x32, 0x14, 0x4e, 0xd5, 0xa0, 0xaa, 0x8c, 0x20, 0x4c, 0x75, 0x10,  \
            0x96                                                                                   \
    }

static void recorded_headers_are_read_and_written_back(void **state)
{
    static const struct {
        const char *hex;
        struct pyro_header header;
    } rows[] = {
        {CONNECT,
         {PYRO_CONNECT, PYRO_FLAG_METADATA, PYRO_SERIALIZER_MSGPACK, 4, 0, 0, 26, false, {0}, 0}},
        {WELCOME,
         {PYRO_CONNECTOK, PYRO_FLAG_METADATA, PYRO_SERIALIZER_MSGPACK, 4, 0, 0, 73, true, ID, 0}},
        {CALL, {PYRO_INVOKE, 0, PYRO_SERIALIZER_MSGPACK, 4, 1, 0, 14, false, {0}, 0}},
        {ONEWAY,
         {PYRO_INVOKE, PYRO_FLAG_ONEWAY, PYRO_SERIALIZER_SERPENT, 1, 5, 0, 45, false, {0}, 0}},
        {BATCH, {PYRO_RESULT, PYRO_FLAG_BATCH, PYRO_SERIALIZER_SERPENT, 1, 6, 0, 512, true, ID, 0}},
        {STREAM,
         {PYRO_RESULT, PYRO_FLAG_EXCEPTION | PYRO_FLAG_STREAM, PYRO_SERIALIZER_SERPENT, 1, 7, 44,
          168, true, ID, 0}},
        {REFUSAL, {PYRO_CONNECTFAIL, 0, PYRO_SERIALIZER_SERPENT, 1, 0, 0, 42, true, ID, 0}},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(rows); i++)
        check_header(P502, rows[i].hex, &rows[i].header);
}

static void serializers_have_pyro5s_numbers(void **state)
{
    static const unsigned ids[] = {[PYRO_SERIALIZER_UNKNOWN] = 42,
                                   [PYRO_SERIALIZER_SERPENT] = 1,
                                   [PYRO_SERIALIZER_JSON] = 3,
                                   [PYRO_SERIALIZER_MARSHAL] = 2,
                                   [PYRO_SERIALIZER_MSGPACK] = 4};
    (void)state;
    check_serializers(P502, 7, ids, PYRO_SERIALIZER_MSGPACK);
    assert_true(pyro_protocol_has(P502, PYRO_SERIALIZER_MSGPACK));
    assert_false(pyro_protocol_has(P502, PYRO_SERIALIZER_PICKLE));
    assert_false(pyro_protocol_has(P502, PYRO_SERIALIZER_DILL));
}

static void bad_headers_are_refused(void **state)
{
    struct pyro_header header = {.type = (enum pyro_message_type)9};
    struct pyro_error err;
    unsigned char bytes[40];
    (void)state;
    P502->format(bytes, &header);
    assert_int_equal(P502->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid msg type 9 received");
    header = ping;
    header.data_length = UINT32_C(0x80000000);
    P502->format(bytes, &header);
    assert_int_equal(P502->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid message size (outside range 0..2Gb)");
    P502->format(bytes, &ping);
    bytes[39] ^= 1;
    assert_int_equal(P502->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid magic number");
    bytes[5]++;
    assert_int_equal(P502->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid data or unsupported protocol version");
}

/* --- whole messages --- */

/* Writes a message, and takes it in again. */
static struct pyro_message sent(const struct pyro_protocol *protocol, struct pyro_header header,
                                const struct pyro_annotation *annotations, size_t count,
                                struct pyro_slice data, bool compress, size_t *wire_size)
{
    struct pyro_buffer out = made(protocol, header, annotations, count, data, compress);
    struct pyro_input input = {.limit = 0};
    struct pyro_message message = {.chunk = NULL};
    bool ready = false;
    *wire_size = out.length;
    fill(&input, out.data, out.length);
    assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
    assert_true(ready);
    pyro_input_free(&input);
    pyro_buffer_free(&out);
    return message;
}

static void a_message_comes_as_it_was_sent(void **state)
{
    static const struct pyro_protocol *const protocols[] = {&pyro_protocol_48, P502};
    static const struct pyro_annotation two[] = {{"ABCD", {"first", 5}}, {"XYZW", {"", 0}}};
    struct pyro_header header = {.type = PYRO_INVOKE,
                                 .serializer = PYRO_SERIALIZER_JSON,
                                 .correlated = true,
                                 .correlation = ID};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(protocols); i++) {
        size_t size;
        struct pyro_message message =
            sent(protocols[i], header, two, 2, pyro_slice_text("data"), true, &size);
        struct pyro_slice key, value, rest = message.annotations;
        assert_ptr_equal(message.protocol, protocols[i]);
        assert_int_equal(message.header.serializer, PYRO_SERIALIZER_JSON);
        assert_true(message.header.correlated);
        assert_memory_equal(message.header.correlation, header.correlation, PYRO_CORRELATION_SIZE);
        assert_true(pyro_slice_equals(message.data, "data"));
        assert_true(pyro_message_next_annotation(&message, &rest, &key, &value));
        assert_true(pyro_slice_equals(key, "ABCD") && pyro_slice_equals(value, "first"));
        assert_true(pyro_message_next_annotation(&message, &rest, &key, &value));
        assert_true(pyro_slice_equals(key, "XYZW") && value.length == 0);
        assert_false(pyro_message_next_annotation(&message, &rest, &key, &value));
        pyro_message_release(&message);
    }
}

/* --- compression --- */

static void long_data_travel_compressed(void **state)
{
    static char same[100000];
    size_t size;
    (void)state;
    memset(same, 'x', sizeof(same));
    struct pyro_message message =
        sent(P502, ping, NULL, 0, pyro_slice(same, sizeof(same)), true, &size);
    assert_in_range(size, 40, 1000);
    assert_int_equal(message.header.flags, PYRO_FLAG_COMPRESSED);
    assert_int_equal(pyro_message_inflate(&message, 0, NULL), PYRO_OK);
    assert_int_equal(message.data.length, sizeof(same));
    assert_memory_equal(message.data.data, same, sizeof(same));
    assert_int_equal(message.header.flags, 0);
    pyro_message_release(&message);
    for (size_t i = 0; i < sizeof(same); i++) /* what gets no shorter stays as it is */
        same[i] = (char)(i * i * 2654435761u >> 13);
    message = sent(P502, ping, NULL, 0, pyro_slice(same, 201), true, &size);
    assert_int_equal(size, 40 + 201);
    assert_memory_equal(message.data.data, same, 201);
    pyro_message_release(&message);
}

/* Feeds a ping with these compressed bytes to an input, and inflates it within a limit: where that
 * fails, the message stays as it came. */
static enum pyro_code inflated(struct pyro_slice data, size_t limit, struct pyro_error *err)
{
    struct pyro_header header = ping;
    struct pyro_input input = {.limit = 0};
    struct pyro_message message = {.chunk = NULL};
    char *at;
    size_t room;
    bool ready;
    header.flags = PYRO_FLAG_COMPRESSED;
    header.data_length = (uint32_t)data.length;
    pyro_input_space(&input, &at, &room);
    assert_true(room >= 40 + data.length);
    P502->format((unsigned char *)at, &header);
    memcpy(at + 40, data.data, data.length);
    pyro_input_filled(&input, 40 + data.length);
    assert_int_equal(pyro_input_next(&input, &message, &ready, err), PYRO_OK);
    assert_true(ready);
    enum pyro_code code = pyro_message_inflate(&message, limit, err);
    if (code != PYRO_OK) {
        assert_int_equal(message.header.flags, PYRO_FLAG_COMPRESSED);
        assert_int_equal(message.data.length, data.length);
        assert_memory_equal(message.data.data, data.data, data.length);
    }
    pyro_message_release(&message);
    pyro_input_free(&input);
    return code;
}

static void bad_compressed_data_are_refused(void **state)
{
    struct pyro_error err;
    char bomb[50000] = {0};
    struct pyro_buffer packed = made(P502, ping, NULL, 0, pyro_slice(bomb, sizeof(bomb)), true);
    (void)state;
    struct pyro_slice data = pyro_slice(packed.data + 40, packed.length - 40);
    assert_int_equal(inflated(data, 0, &err), PYRO_OK);
    assert_int_equal(inflated(data, sizeof(bomb), &err), PYRO_OK);
    assert_int_equal(inflated(data, sizeof(bomb) - 1, &err), PYRO_ETOOLARGE);
    for (size_t length = 0; length < data.length; length++) {
        assert_int_equal(inflated(pyro_slice(data.data, length), 0, &err), PYRO_EPROTOCOL);
        assert_string_equal(err.message, "malformed compressed data");
    }
    assert_true(pyro_buffer_append(&packed, "x", 1)); /* more than what was compressed */
    assert_int_equal(inflated(pyro_slice(packed.data + 40, packed.length - 40), 0, &err),
                     PYRO_EPROTOCOL);
    packed.data[60] ^= 0x55;
    assert_int_equal(inflated(pyro_slice(packed.data + 40, packed.length - 41), 0, &err),
                     PYRO_EPROTOCOL);
    pyro_buffer_free(&packed);
}

static void strangers_are_told_in_what_they_speak(void **state)
{
    static const struct {
        const char *bytes;
        const struct pyro_protocol *closest;
    } rows[] = {{"PYRO\x01\xf7", &pyro_protocol_502},
                {"PYRO\x01\xf5zzzz", &pyro_protocol_502},
                {"PYRO\x02\x58", &pyro_protocol_48},
                {"PYRO\x01\xf3", &pyro_protocol_48},
                {"GET / HTTP/1.1", &pyro_protocol_48},
                {"GARB\x01\xf7", &pyro_protocol_48},
                {"G", &pyro_protocol_48},
                {"PYRO\x01\xf6zzzz" NO_ID NO_ID, P502},
                {"PYRO\x01\x30zzzz" NO_ID, &pyro_protocol_48}};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(rows); i++) {
        struct pyro_input input = {.limit = 0};
        struct pyro_message message;
        bool ready;
        fill(&input, rows[i].bytes, strlen(rows[i].bytes));
        assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_EPROTOCOL);
        assert_ptr_equal(pyro_input_closest(&input), rows[i].closest);
        pyro_input_free(&input);
    }
}

static void lack_of_memory_is_told(void **state)
{
    struct pyro_error err;
    struct pyro_buffer packed = {.data = NULL};
    struct pyro_draft draft;
    char data[5000] = {0};
    (void)state;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        pyro_buffer_free(&packed);
        assert_int_equal(pyro_message_begin(&draft, &packed, P502, &ping, NULL, 0, &err), PYRO_OK);
        assert_true(pyro_buffer_append(&packed, data, sizeof(data)));
        pyro_memory_fail_at(n);
        failed = pyro_message_end(&draft, 0, true, &err) == PYRO_EMEMORY;
        pyro_memory_fail_at(0);
        assert_true(packed.length == 0 || !failed);
    }
    for (unsigned long n = 2, failed = 1; failed; n++) { /* the first one is for the test's input */
        pyro_memory_fail_at(n);
        failed =
            inflated(pyro_slice(packed.data + 40, packed.length - 40), 0, &err) == PYRO_EMEMORY;
        pyro_memory_fail_at(0);
    }
    pyro_buffer_free(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_headers_are_read_and_written_back),
        cmocka_unit_test(serializers_have_pyro5s_numbers),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(a_message_comes_as_it_was_sent),
        cmocka_unit_test(long_data_travel_compressed),
        cmocka_unit_test(bad_compressed_data_are_refused),
        cmocka_unit_test(strangers_are_told_in_what_they_speak),
        cmocka_unit_test(lack_of_memory_is_told),
    };
    return cmocka_run_group_tests_name("wire 502", tests, NULL, NULL);
}
