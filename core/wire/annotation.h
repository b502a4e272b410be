/** @file
 * Annotations: short named parts of a message, before its data. */
#ifndef PYRO_WIRE_ANNOTATION_H
#define PYRO_WIRE_ANNOTATION_H

#include "wire/protocol.h"

struct pyro_message;

/** Keys of annotations with a meaning: the id of an item stream, the description of a blob. */
#define PYRO_STREAM_ANNOTATION "STRM"
#define PYRO_BLOB_ANNOTATION "BLBI"

/** The key of an annotation by which pyrolua's programs find each other, in the first message of
 * either side: "I read msgpack whose arrays and keys have types". A daemon says so only to a client
 * that did. Pyro's programs pass over it, and nobody else's are sent such msgpack. */
#define PYRO_TYPED_ANNOTATION "TYPM"

/** The key of a call's traceparent: see wire/trace.h. */
#define PYRO_TRACE_ANNOTATION "TRCP"

/** Keys that have their meaning in protocol 48 only: the correlation id, the signature. */
#define PYRO_CORRELATION_ANNOTATION "CORR"
#define PYRO_HMAC_ANNOTATION "HMAC"

/** An annotation to send. */
struct pyro_annotation {
    char key[5]; /**< four letters */
    struct pyro_slice value;
};

/** The annotation that says that (PYRO_TYPED_ANNOTATION); and a test of a message for it. */
extern const struct pyro_annotation pyro_typed_annotation;
bool pyro_message_says_typed(const struct pyro_message *message);

/** Takes the next annotation off `chunks`; false when they are malformed or at an end. */
static inline bool pyro_annotation_next(const struct pyro_protocol *protocol,
                                        struct pyro_slice *chunks, struct pyro_slice *key,
                                        struct pyro_slice *value)
{
    struct pyro_slice size;
    size_t length = 0;
    if (!pyro_slice_take(chunks, 4, key) ||
        !pyro_slice_take(chunks, protocol->chunk_header_size - 4, &size))
        return false;
    for (size_t i = 0; i < size.length; i++)
        length = length << 8 | (unsigned char)size.data[i];
    return pyro_slice_take(chunks, length, value);
}

/** The bytes of the annotation of that 4-letter key: of several the last, as in Pyro. False when
 * the message has none. */
bool pyro_message_annotation(const struct pyro_message *message, const char *key,
                             struct pyro_slice *out);

/** Takes the next annotation off `rest`, which is the message's annotations at first; false at
 * the end. Those that are no business of programs, or that they see elsewhere, are left out:
 * PYRO_TYPED_ANNOTATION, PYRO_TRACE_ANNOTATION, and in protocol 48 correlation ids, which are in
 * the header, and signatures. */
bool pyro_message_next_annotation(const struct pyro_message *message, struct pyro_slice *rest,
                                  struct pyro_slice *key, struct pyro_slice *value);

#endif
