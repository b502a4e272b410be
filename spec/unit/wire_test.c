#include "wire_check.h"

/* Recorded from Pyro4 4.82: a call of echo([1, "a"]), and its answer with a correlation id. */
#define CALL "5059524f00300004000000010000000e000600000000353294a174a46563686f919201a16180"
#define RESULT                                                                                     \
    "5059524f003000050000000100000004000600160000353f434f52520010e1b6d0b31a4846078207d7846015e560" \
    "9201a161"
#define CONNECT                                                                                    \
    "5059524f00300001001000000000001a000600000000354a82a968616e647368616b65a568656c6c6fa66f626a65" \
    "6374a174"
#define STREAM                                                                                     \
    "5059524f0030000500210007000000750006002a000035eb5354524d002435633139386235322d353864642d3438" \
    "37382d396262652d37623532326435313464633584a95f5f636c6173735f5fba5079726f342e6572726f72732e50" \
    "726f746f636f6c4572726f72ad5f5f657863657074696f6e5f5fc3a46172677391bd726573756c74206f66206361" \
    "6c6c20697320616e206974657261746f72aa6174747269627574657381ae5f7079726f54726163656261636bc0"

#define P48 (&pyro_protocol_48)

/* --- headers --- */

static void recorded_headers_are_read_and_written_back(void **state)
{
    static const struct {
        const char *hex;
        struct pyro_header header;
    } rows[] = {
        {CALL, {PYRO_INVOKE, 0, PYRO_SERIALIZER_MSGPACK, 6, 1, 0, 14, false, {0}, 0}},
        {RESULT, {PYRO_RESULT, 0, PYRO_SERIALIZER_MSGPACK, 6, 1, 22, 4, false, {0}, 0}},
        {CONNECT,
         {PYRO_CONNECT, PYRO_FLAG_METADATA, PYRO_SERIALIZER_MSGPACK, 6, 0, 0, 26, false, {0}, 0}},
        {STREAM,
         {PYRO_RESULT,
          PYRO_FLAG_EXCEPTION | PYRO_FLAG_STREAM,
          PYRO_SERIALIZER_MSGPACK,
          6,
          7,
          42,
          117,
          false,
          {0},
          0}},
        {"5059524f00300001001000000000003c0001000000003567",
         {PYRO_CONNECT, PYRO_FLAG_METADATA, PYRO_SERIALIZER_SERPENT, 1, 0, 0, 60, false, {0}, 0}},
        {"5059524f0030000500080006000002020001001600003745",
         {PYRO_RESULT, PYRO_FLAG_BATCH, PYRO_SERIALIZER_SERPENT, 1, 6, 22, 514, false, {0}, 0}},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(rows); i++)
        check_header(P48, rows[i].hex, &rows[i].header);
}

static void serializers_have_pyros_numbers(void **state)
{
    static const unsigned ids[] = {[PYRO_SERIALIZER_UNKNOWN] = 42,    [PYRO_SERIALIZER_SERPENT] = 1,
                                   [PYRO_SERIALIZER_JSON] = 2,        [PYRO_SERIALIZER_MARSHAL] = 3,
                                   [PYRO_SERIALIZER_MSGPACK] = 6,     [PYRO_SERIALIZER_PICKLE] = 4,
                                   [PYRO_SERIALIZER_CLOUDPICKLE] = 7, [PYRO_SERIALIZER_DILL] = 5};
    (void)state;
    check_serializers(P48, 17, ids, PYRO_SERIALIZER_DILL);
}

static void bad_headers_are_refused(void **state)
{
    struct pyro_header header = {.type = (enum pyro_message_type)9};
    struct pyro_error err;
    unsigned char bytes[24];
    (void)state;
    P48->format(bytes, &header);
    assert_int_equal(P48->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid msg type 9 received");
    header.type = PYRO_PING;
    header.data_length = UINT32_C(0x80000000);
    P48->format(bytes, &header);
    assert_int_equal(P48->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid message size (outside range 0..2Gb)");
    P48->format(bytes, &ping);
    bytes[9] ^= 1;
    assert_int_equal(P48->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "header checksum mismatch");
    bytes[5]++;
    assert_int_equal(P48->parse(bytes, &header, &err), PYRO_EPROTOCOL);
    assert_string_equal(err.message, "invalid data or unsupported protocol version");
}

static void unknown_flags_are_ignored(void **state)
{
    struct pyro_header in = {.type = PYRO_PING, .flags = 0xffff}, out;
    unsigned char bytes[24];
    (void)state;
    P48->format(bytes, &in);
    assert_int_equal(P48->parse(bytes, &out, NULL), PYRO_OK);
    assert_int_equal(out.flags, 0x7f);
    assert_ptr_equal(pyro_protocol_find(48), P48);
    assert_null(pyro_protocol_find(0));
    assert_null(pyro_protocol_find(47));
}

/* --- input --- */

static void check_call(const struct pyro_message *message)
{
    assert_int_equal(message->header.type, PYRO_INVOKE);
    assert_int_equal(message->annotations.length, 0);
    assert_hex(message->data, "94a174a46563686f919201a16180");
}

static void check_result(const struct pyro_message *message)
{
    struct pyro_slice value, key, rest = message->annotations;
    assert_int_equal(message->header.type, PYRO_RESULT);
    assert_hex(message->data, "9201a161");
    assert_true(pyro_message_annotation(message, "CORR", &value));
    assert_hex(value, "e1b6d0b31a4846078207d7846015e560");
    assert_false(pyro_message_annotation(message, "HMAC", &value));
    assert_true(message->header.correlated);
    assert_hex(pyro_slice((const char *)message->header.correlation, PYRO_CORRELATION_SIZE),
               "e1b6d0b31a4846078207d7846015e560");
    assert_false(pyro_message_next_annotation(message, &rest, &key, &value));
}

static void messages_come_byte_by_byte(void **state)
{
    struct pyro_slice bytes = unhex(CALL RESULT);
    struct pyro_input input = {.limit = 100};
    struct pyro_message message = {.chunk = NULL};
    size_t call = strlen(CALL) / 2;
    bool ready;
    (void)state;
    for (size_t i = 0; i < bytes.length; i++) {
        assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
        assert_false(ready);
        assert_null(message.chunk);
        fill(&input, bytes.data + i, 1);
        assert_int_equal(pyro_input_pending(&input), i < call ? i + 1 : i + 1 - call);
        if (i + 1 == call || i + 1 == bytes.length) {
            assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
            assert_true(ready);
            i + 1 == call ? check_call(&message) : check_result(&message);
            assert_null(input.chunk); /* idle */
            pyro_message_release(&message);
            pyro_message_release(&message);
        }
    }
    pyro_input_free(&input);
    test_free((char *)bytes.data);
}

static void several_messages_come_at_once(void **state)
{
    struct pyro_slice bytes = unhex(CALL RESULT CALL);
    struct pyro_input input = {.limit = 0};
    struct pyro_message messages[3] = {{.chunk = NULL}};
    bool ready;
    (void)state;
    fill(&input, bytes.data, bytes.length);
    pyro_memory_fail_at(1); /* taking a message allocates nothing */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pyro_input_next(&input, &messages[i], &ready, NULL), PYRO_OK);
        assert_true(ready);
    }
    pyro_memory_fail_at(0);
    assert_null(input.chunk);
    fill(&input, "PYR", 3);
    pyro_input_free(&input);
    check_call(&messages[0]); /* pinned, whatever became of the input */
    check_result(&messages[1]);
    check_call(&messages[2]);
    for (size_t i = 0; i < 3; i++)
        pyro_message_release(&messages[i]);
    test_free((char *)bytes.data);
}

static void bad_tags_are_seen_at_once(void **state)
{
    static const char *const bad[] = {"X", "PX", "PYX", "PYRX", "PYRO\0\x31", "GET / "};
    static const size_t lengths[] = {1, 2, 3, 4, 6, 1};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        struct pyro_input input = {.limit = 0};
        struct pyro_message message = {.chunk = NULL};
        struct pyro_error err;
        bool ready = true;
        fill(&input, bad[i], lengths[i] - 1);
        assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_OK);
        assert_false(ready);
        fill(&input, bad[i] + lengths[i] - 1, 1);
        assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_EPROTOCOL);
        assert_string_equal(err.message, "invalid data or unsupported protocol version");
        pyro_input_free(&input);
    }
}

static void large_messages_are_refused_by_their_header(void **state)
{
    struct pyro_slice bytes = unhex(RESULT);
    struct pyro_message message = {.chunk = NULL};
    struct pyro_error err;
    bool ready;
    (void)state;
    struct pyro_input input = {.limit = 25};
    fill(&input, bytes.data, 24);
    assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_ETOOLARGE);
    assert_string_equal(err.message, "max message size exceeded (26 where max=25)");
    pyro_input_free(&input);
    input = (struct pyro_input){.limit = 26};
    fill(&input, bytes.data, bytes.length);
    assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_OK);
    assert_true(ready);
    pyro_message_release(&message);
    test_free((char *)bytes.data);
}

static void of_annotations_with_one_key_the_last_counts(void **state)
{
    const struct pyro_annotation annotations[] = {
        {"TWIN", {"first", 5}}, {"ELSE", {"between", 7}}, {"TWIN", {"last", 4}}};
    struct pyro_buffer bytes =
        made(P48, ping, annotations, PYRO_COUNT(annotations), pyro_slice("", 0), false);
    struct pyro_input input = {.limit = 0};
    struct pyro_message message = {.chunk = NULL};
    struct pyro_slice value;
    struct pyro_error err;
    bool ready;
    (void)state;
    fill(&input, bytes.data, bytes.length);
    assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_OK);
    assert_true(ready);
    assert_true(pyro_message_annotation(&message, "TWIN", &value));
    assert_true(pyro_slice_equals(value, "last"));
    pyro_message_release(&message);
    pyro_input_free(&input);
    pyro_buffer_free(&bytes);
}

static void malformed_annotations_are_refused(void **state)
{
    static const char *const bad[] = {"CORR", "CORR\0", "CORR\0\x02x", "CORR\0\0C"};
    static const size_t lengths[] = {4, 5, 7, 7};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        struct pyro_input input = {.limit = 0};
        struct pyro_message message = {.chunk = NULL};
        struct pyro_error err;
        struct pyro_header header = ping;
        unsigned char bytes[24];
        bool ready;
        header.annotations_length = (uint32_t)lengths[i];
        header.data_length = 3;
        P48->format(bytes, &header);
        fill(&input, (char *)bytes, sizeof(bytes));
        fill(&input, bad[i], lengths[i]);
        fill(&input, "xyz", 3);
        assert_int_equal(pyro_input_next(&input, &message, &ready, &err), PYRO_EPROTOCOL);
        assert_string_equal(err.message, "malformed annotations");
        assert_false(ready);
        assert_null(message.chunk);
        pyro_input_free(&input);
    }
}

static void large_messages_grow_as_they_come(void **state)
{
    enum { SIZE = 3000000, STEP = 10000 };
    char *data = test_malloc(SIZE);
    struct pyro_input input = {.limit = 0};
    struct pyro_message message = {.chunk = NULL};
    bool ready;
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7 + i / 251);
    struct pyro_buffer bytes = made(P48, ping, NULL, 0, pyro_slice(data, SIZE), false);
    assert_true(pyro_buffer_append(&bytes, "PY", 2));
    for (size_t at = 0; at < bytes.length - 2; at += STEP) {
        size_t left = bytes.length - 2 - at, size;
        char *to;
        assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
        assert_false(ready);
        pyro_input_space(&input, &to, &size);
        assert_in_range(size, 1, 3 * 16384 + 2 * at); /* not what is announced, but what came */
        fill(&input, bytes.data + at, left < STEP ? left : STEP);
    }
    assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
    assert_true(ready);
    assert_int_equal(message.data.length, SIZE);
    assert_memory_equal(message.data.data, data, SIZE);
    assert_null(input.chunk); /* it was exactly as large as the message */
    fill(&input, "PY", 2);
    assert_int_equal(pyro_input_pending(&input), 2);
    pyro_message_release(&message);
    pyro_input_free(&input);
    pyro_buffer_free(&bytes);
    test_free(data);
}

static void announcements_allocate_nothing(void **state)
{
    struct pyro_input input = {.limit = 0};
    struct pyro_message message = {.chunk = NULL};
    struct pyro_header header = ping;
    unsigned char bytes[24];
    bool ready;
    char *at;
    size_t size;
    (void)state;
    header.data_length = INT32_MAX;
    P48->format(bytes, &header);
    fill(&input, (char *)bytes, sizeof(bytes));
    assert_int_equal(pyro_input_next(&input, &message, &ready, NULL), PYRO_OK);
    for (int i = 0; i < 3; i++) {
        pyro_input_space(&input, &at, &size);
        assert_in_range(size, 1, 100000);
        memset(at, 0, size);
        pyro_input_filled(&input, size);
    }
    pyro_input_free(&input);
}

/* Messages of all sizes around the size of a chunk, in pieces of all sizes, some kept pinned. */
static void streams_are_cut_anywhere(void **state)
{
    enum { COUNT = 40 };
    struct pyro_buffer stream = {.data = NULL};
    struct pyro_message kept[COUNT] = {{.chunk = NULL}};
    struct pyro_chunk_pool pool = {.spares = NULL};
    char data[20000];
    (void)state;
    memset(data, 'd', sizeof(data));
    for (size_t i = 0; i < COUNT; i++) {
        struct pyro_buffer one =
            made(P48, ping, NULL, 0, pyro_slice(data, i % 3 ? i : 16310 + i * 5), false);
        assert_true(pyro_buffer_append(&stream, one.data, one.length));
        pyro_buffer_free(&one);
    }
    for (size_t step = 1; step < 40000; step = step * 3 + 1) {
        struct pyro_input input = {.pool = &pool};
        size_t taken = 0;
        for (size_t at = 0; at < stream.length; at += step) {
            bool ready = true;
            fill(&input, stream.data + at, stream.length - at < step ? stream.length - at : step);
            while (taken < COUNT) {
                assert_int_equal(pyro_input_next(&input, &kept[taken], &ready, NULL), PYRO_OK);
                if (!ready)
                    break;
                taken++;
            }
        }
        assert_int_equal(taken, COUNT);
        assert_null(input.chunk);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(kept[i].data.length, i % 3 ? i : 16310 + i * 5);
            assert_memory_equal(kept[i].data.data, data, kept[i].data.length);
            pyro_message_release(&kept[i]);
        }
    }
    pyro_chunk_pool_free(&pool);
    pyro_buffer_free(&stream);
}

/* As when so many connections receive a small message at a time. */
static void receive_at_once(struct pyro_chunk_pool *pool, size_t count, size_t sizes[])
{
    struct pyro_input *inputs = test_calloc(count, sizeof(*inputs));
    char *at;
    for (size_t i = 0; i < count; i++) {
        inputs[i].pool = pool;
        pyro_input_space(&inputs[i], &at, &sizes[i]);
        pyro_input_filled(&inputs[i], 1);
    }
    for (size_t i = 0; i < count; i++)
        pyro_input_free(&inputs[i]);
    test_free(inputs);
}

static void chunks_are_used_again_and_beyond_the_pool_small(void **state)
{
    enum { POOLED = 64, COUNT = POOLED + 3 };
    struct pyro_chunk_pool pool = {.spares = NULL};
    size_t sizes[COUNT];
    (void)state;
    receive_at_once(&pool, COUNT, sizes);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(sizes[i], i < POOLED ? 16384 : 1024);
    pyro_memory_fail_at(COUNT - POOLED + 1); /* only the small ones are allocated */
    receive_at_once(&pool, COUNT, sizes);
    assert_int_equal(sizes[COUNT - 1], 1024);
    pyro_memory_fail_at(0);
    pyro_chunk_pool_free(&pool);
    receive_at_once(&pool, 1, sizes);
    assert_int_equal(sizes[0], 16384);
    pyro_chunk_pool_free(&pool);
}

static void lack_of_memory_leaves_the_input_as_it_was(void **state)
{
    struct pyro_input input = {.limit = 0};
    char *at, data[20000] = {0};
    size_t size;
    (void)state;
    pyro_memory_fail_at(1);
    pyro_input_space(&input, &at, &size);
    assert_int_equal(size, 0);
    struct pyro_buffer bytes = made(P48, ping, NULL, 0, pyro_slice(data, sizeof(data)), false);
    fill(&input, bytes.data, 16384);
    pyro_memory_fail_at(1);
    pyro_input_space(&input, &at, &size);
    assert_int_equal(size, 0);
    assert_int_equal(pyro_input_pending(&input), 16384);
    fill(&input, bytes.data + 16384, bytes.length - 16384);
    assert_int_equal(pyro_input_pending(&input), bytes.length);
    pyro_input_free(&input);
    pyro_input_free(&input);
    pyro_buffer_free(&bytes);
}

/* --- sending --- */

static void recorded_messages_are_written(void **state)
{
    struct pyro_slice id = unhex("e1b6d0b31a4846078207d7846015e560"), data = unhex("9201a161");
    struct pyro_header header = {
        .type = PYRO_RESULT, .serializer = PYRO_SERIALIZER_MSGPACK, .seq = 1, .correlated = true};
    (void)state;
    memcpy(header.correlation, id.data, id.length);
    struct pyro_buffer out = made(P48, header, NULL, 0, data, false);
    assert_hex(pyro_slice(out.data, out.length), RESULT);
    pyro_buffer_free(&out);
    test_free((char *)id.data);
    test_free((char *)data.data);
}

static void messages_over_the_limit_are_cut_off(void **state)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_error err;
    struct pyro_draft draft;
    (void)state;
    assert_true(pyro_buffer_append(&out, "before", 6));
    assert_int_equal(pyro_message_begin(&draft, &out, P48, &ping, NULL, 0, &err), PYRO_OK);
    assert_true(pyro_buffer_append(&out, "12345", 5));
    assert_int_equal(pyro_message_end(&draft, 4, false, &err), PYRO_ETOOLARGE);
    assert_string_equal(err.message, "max message size exceeded (5 where max=4)");
    assert_int_equal(out.length, 6);
    assert_int_equal(pyro_message_begin(&draft, &out, P48, &ping, NULL, 0, &err), PYRO_OK);
    assert_true(pyro_buffer_append(&out, "1234", 4));
    assert_int_equal(pyro_message_end(&draft, 4, false, &err), PYRO_OK);
    assert_int_equal(out.length, 6 + 24 + 4);
    assert_int_equal(pyro_message_begin(&draft, &out, P48, &ping, NULL, 0, &err), PYRO_OK);
    pyro_message_abort(&draft);
    assert_int_equal(out.length, 6 + 24 + 4);
    pyro_buffer_free(&out);
}

static void annotations_have_a_limit(void **state)
{
    static char large[65536];
    struct pyro_annotation two[] = {{"AAAA", {large, 65535 - 12}}, {"BBBB", {large, 0}}};
    struct pyro_buffer out = {.data = NULL};
    struct pyro_error err;
    struct pyro_draft draft;
    (void)state;
    assert_int_equal(pyro_message_begin(&draft, &out, P48, &ping, two, 2, &err), PYRO_OK);
    assert_int_equal(out.length, 24 + 65535);
    pyro_message_abort(&draft);
    two[1].value.length = 1;
    assert_int_equal(pyro_message_begin(&draft, &out, P48, &ping, two, 2, &err), PYRO_ETOOLARGE);
    assert_string_equal(err.message, "annotations are longer than 65535 bytes");
    assert_int_equal(out.length, 0);
    pyro_buffer_free(&out);
    two[1].value.length = 0;
    for (unsigned long n = 1, failed = 1; failed; n++) {
        pyro_memory_fail_at(n);
        failed = pyro_message_begin(&draft, &out, P48, &ping, two, 2, &err) == PYRO_EMEMORY;
        pyro_memory_fail_at(0);
        assert_true(out.length == 0 || !failed);
        pyro_buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_headers_are_read_and_written_back),
        cmocka_unit_test(serializers_have_pyros_numbers),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(unknown_flags_are_ignored),
        cmocka_unit_test(messages_come_byte_by_byte),
        cmocka_unit_test(several_messages_come_at_once),
        cmocka_unit_test(bad_tags_are_seen_at_once),
        cmocka_unit_test(large_messages_are_refused_by_their_header),
        cmocka_unit_test(of_annotations_with_one_key_the_last_counts),
        cmocka_unit_test(malformed_annotations_are_refused),
        cmocka_unit_test(large_messages_grow_as_they_come),
        cmocka_unit_test(announcements_allocate_nothing),
        cmocka_unit_test(streams_are_cut_anywhere),
        cmocka_unit_test(chunks_are_used_again_and_beyond_the_pool_small),
        cmocka_unit_test(lack_of_memory_leaves_the_input_as_it_was),
        cmocka_unit_test(recorded_messages_are_written),
        cmocka_unit_test(messages_over_the_limit_are_cut_off),
        cmocka_unit_test(annotations_have_a_limit),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
