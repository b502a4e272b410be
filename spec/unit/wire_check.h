/** @file
 * What the tests of both protocols do with them. */
#ifndef SPEC_WIRE_CHECK_H
#define SPEC_WIRE_CHECK_H

#include "record.h"
#include "wire/message.h"

static const struct pyro_header ping = {
    .type = PYRO_PING, .serializer = PYRO_SERIALIZER_MARSHAL, .seq = 7};

/** Puts bytes into the input, as many at a time as it has room for. */
static inline void fill(struct pyro_input *input, const char *data, size_t length)
{
    while (length > 0) {
        char *at;
        size_t size;
        pyro_input_space(input, &at, &size);
        assert_int_not_equal(size, 0);
        if (size > length)
            size = length;
        memcpy(at, data, size);
        pyro_input_filled(input, size);
        data += size;
        length -= size;
    }
}

/** A message as bytes: its lengths and checksum are made to fit. The caller frees them. */
static inline struct pyro_buffer made(const struct pyro_protocol *protocol,
                                      struct pyro_header header,
                                      const struct pyro_annotation *annotations, size_t count,
                                      struct pyro_slice data, bool compress)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_draft draft;
    assert_int_equal(pyro_message_begin(&draft, &out, protocol, &header, annotations, count, NULL),
                     PYRO_OK);
    assert_true(pyro_buffer_append(&out, data.data, data.length));
    assert_int_equal(pyro_message_end(&draft, 0, compress, NULL), PYRO_OK);
    return out;
}

/** The header at the front of a recorded message is read as expected, and written back as it was.
 */
static inline void check_header(const struct pyro_protocol *protocol, const char *hex,
                                const struct pyro_header *expected)
{
    struct pyro_slice in = unhex(hex);
    struct pyro_header header;
    unsigned char bytes[40];
    assert_true(in.length >= protocol->header_size);
    assert_int_equal(protocol->parse((const unsigned char *)in.data, &header, NULL), PYRO_OK);
    assert_int_equal(header.type, expected->type);
    assert_int_equal(header.flags, expected->flags);
    assert_int_equal(header.serializer, expected->serializer);
    assert_int_equal(header.serializer_id, expected->serializer_id);
    assert_int_equal(header.seq, expected->seq);
    assert_int_equal(header.annotations_length, expected->annotations_length);
    assert_int_equal(header.data_length, expected->data_length);
    assert_int_equal(header.correlated, expected->correlated);
    assert_memory_equal(header.correlation, expected->correlation, PYRO_CORRELATION_SIZE);
    protocol->format(bytes, &header);
    assert_memory_equal(bytes, in.data, protocol->header_size);
    test_free((char *)in.data);
}

/** A serializer's number is the byte at `place` of the header; 42 is none. */
static inline void check_serializers(const struct pyro_protocol *protocol, size_t place,
                                     const unsigned ids[], unsigned last)
{
    for (unsigned i = 0; i <= last; i++) {
        struct pyro_header in = {.type = PYRO_PING, .serializer = i, .serializer_id = 42}, out;
        unsigned char bytes[40];
        protocol->format(bytes, &in);
        assert_int_equal(bytes[place], ids[i]);
        assert_int_equal(protocol->parse(bytes, &out, NULL), PYRO_OK);
        assert_int_equal(out.serializer, i);
        assert_int_equal(out.serializer_id, ids[i]);
    }
}

#endif
