/** @file
 * Messages out of a stream of bytes, and into one. No I/O.
 *
 * Received bytes lie in reference-counted chunks; a message is a view into one and keeps it (pins
 * it) until it is released, so its bytes stay put while they are decoded. */
#ifndef PYRO_WIRE_MESSAGE_H
#define PYRO_WIRE_MESSAGE_H

#include "wire/protocol.h"

struct pyro_chunk;

struct pyro_message {
    const struct pyro_protocol *protocol;
    struct pyro_header header;
    struct pyro_slice annotations; /**< chunks, checked to be well-formed */
    struct pyro_slice data;
    struct pyro_chunk *chunk; /**< pinned */
};

/** Unpins the message's bytes. A zeroed or released message may be released again. */
void pyro_message_release(struct pyro_message *message);

/** The bytes of the annotation of that 4-letter key; false when the message has none. */
bool pyro_message_annotation(const struct pyro_message *message, const char *key,
                             struct pyro_slice *out);

/** The receiving end of one connection. Zero-initialized, then `limit` set, it is ready. */
struct pyro_input {
    const struct pyro_protocol *protocol; /**< NULL until known: then the first message decides */
    size_t limit;             /**< bytes of annotations and data in one message; 0 = any */
    struct pyro_chunk *chunk; /**< where bytes are read into; NULL while idle */
    size_t begin, end;        /**< unread bytes of the chunk */
};

/** Where to put received bytes: at least one byte at `*at`, or `*size` = 0 when out of memory. */
void pyro_input_space(struct pyro_input *input, char **at, size_t *size);

/** Says that `size` bytes were put there. */
void pyro_input_filled(struct pyro_input *input, size_t size);

/** Bytes received and not yet taken as messages. */
size_t pyro_input_pending(const struct pyro_input *input);

/** Takes the next whole message. `*ready` says whether there was one. Errors (PYRO_EPROTOCOL,
 * PYRO_ETOOLARGE, PYRO_EMEMORY) are final: the connection must be closed. A message's memory grows
 * as its bytes arrive, not with what its header announces. */
enum pyro_code pyro_input_next(struct pyro_input *input, struct pyro_message *message, bool *ready,
                               struct pyro_error *err);

void pyro_input_free(struct pyro_input *input);

/** An annotation to send. */
struct pyro_annotation {
    char key[5]; /**< four letters */
    struct pyro_slice value;
};

/** The bytes that these annotations take on the wire. */
size_t pyro_annotations_length(const struct pyro_protocol *protocol,
                               const struct pyro_annotation *annotations, size_t count);

/** Starts a message at the end of `out`: writes room for the header, and the annotations. The
 * caller appends the data. `*mark` is what the two functions below need. */
enum pyro_code pyro_message_begin(struct pyro_buffer *out, const struct pyro_protocol *protocol,
                                  const struct pyro_annotation *annotations, size_t count,
                                  size_t *mark, struct pyro_error *err);

/** Completes it: writes the header, whose lengths it fills in. With more than `limit` bytes (0 =
 * any, up to 2 GiB) of data and annotations it cuts the message off again and returns
 * PYRO_ETOOLARGE. `annotations_length` counts the bytes that
 * begin wrote for annotations (pyro_annotations_length()). */
enum pyro_code pyro_message_end(struct pyro_buffer *out, const struct pyro_protocol *protocol,
                                size_t mark, struct pyro_header header, size_t annotations_length,
                                size_t limit, struct pyro_error *err);

/** Cuts the message off. */
void pyro_message_abort(struct pyro_buffer *out, size_t mark);

#endif
