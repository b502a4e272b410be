/** @file
 * Messages out of a stream of bytes, and into one. No I/O.
 *
 * Received bytes lie in reference-counted chunks; a message is a view into one and keeps it (pins
 * it) until it is released, so its bytes stay put while they are decoded. */
#ifndef PYRO_WIRE_MESSAGE_H
#define PYRO_WIRE_MESSAGE_H

#include "wire/annotation.h"
#include "wire/chunk.h"

struct pyro_hmac_key;

struct pyro_message {
    const struct pyro_protocol *protocol;
    struct pyro_header header;
    bool has_hmac;                 /**< it is signed; wire/hmac.h says by whom */
    struct pyro_slice annotations; /**< chunks, checked to be well-formed */
    struct pyro_slice data;        /**< compressed where the header has that flag */
    struct pyro_chunk *chunk;      /**< pinned */
    struct pyro_buffer inflated;   /**< where inflated data lie */
};

/** Unpins the message's bytes. A zeroed or released message may be released again. */
void pyro_message_release(struct pyro_message *message);

/** Moves a message: `from` is then as if released. */
void pyro_message_move(struct pyro_message *to, struct pyro_message *from);

/** The receiving end of one connection. Zero-initialized, then `limit` set, it is ready. */
struct pyro_input {
    const struct pyro_protocol *protocol; /**< NULL until known: then the first message decides */
    size_t limit;                 /**< bytes of annotations and data in one message; 0 = any */
    struct pyro_chunk *chunk;     /**< where bytes are read into; NULL while idle */
    size_t begin, end;            /**< unread bytes of the chunk */
    struct pyro_chunk_pool *pool; /**< borrowed; NULL: chunks are not used again */
};

/** Tells where to put received bytes: at least one byte at `*at`, or `*size` = 0 when out of
 * memory. */
void pyro_input_space(struct pyro_input *input, char **at, size_t *size);

/** Says that `size` bytes were put there. */
void pyro_input_filled(struct pyro_input *input, size_t size);

/** Inflates the data of a message that has PYRO_FLAG_COMPRESSED, and takes the flag off.
 * PYRO_ETOOLARGE when they are more than `limit` (0 = any, up to 2 GiB), PYRO_EPROTOCOL when they
 * are malformed; the message then stays as it was. */
enum pyro_code pyro_message_inflate(struct pyro_message *message, size_t limit,
                                    struct pyro_error *err);

/** Bytes received and not yet taken as messages. */
size_t pyro_input_pending(const struct pyro_input *input);

/** Returns how large the message that is coming in will be as a whole; 0 while its header is not
 * there, or malformed. */
size_t pyro_input_announced(const struct pyro_input *input);

/** Takes the next whole message. `*ready` says whether there was one. Errors (PYRO_EPROTOCOL,
 * PYRO_ETOOLARGE, PYRO_EMEMORY) are final: the connection must be closed. A message's memory grows
 * as its bytes arrive, not with what its header announces. */
enum pyro_code pyro_input_next(struct pyro_input *input, struct pyro_message *message, bool *ready,
                               struct pyro_error *err);

/** Returns the protocol in which somebody whose first bytes were refused is to be told so: the one
 * that he speaks, or that comes closest to it. */
const struct pyro_protocol *pyro_input_closest(const struct pyro_input *input);

void pyro_input_free(struct pyro_input *input);

/** A message that is being written at the end of a buffer: room for its header, its annotations,
 * then the data that the caller appends. */
struct pyro_draft {
    struct pyro_buffer *out; /**< borrowed */
    const struct pyro_protocol *protocol;
    struct pyro_header header; /**< may be changed until the end, but for its correlation id */
    size_t start, data;        /**< where the message begins in the buffer, and its data */
    struct pyro_hmac_key *key; /**< what signs it, retained; or NULL */
};

/** Starts a message at the end of `out`: writes room for the header, and the annotations. */
enum pyro_code pyro_message_begin(struct pyro_draft *draft, struct pyro_buffer *out,
                                  const struct pyro_protocol *protocol,
                                  const struct pyro_header *header,
                                  const struct pyro_annotation *annotations, size_t count,
                                  struct pyro_error *err);

/** Makes room for the signature of a message that was begun, and keeps the key until that is ended
 * or aborted. PYRO_ESECURITY in a protocol without signatures, in which nothing can be said but
 * that one is refused (PYRO_CONNECTFAIL). With an error the message is cut off. */
enum pyro_code pyro_message_sign(struct pyro_draft *draft, struct pyro_hmac_key *key,
                                 struct pyro_error *err);

/** Limits a message that was begun: what pyro_message_end() would refuse as too long is not even
 * written as a whole. */
void pyro_message_limit(struct pyro_draft *draft, size_t limit, bool compress);

/** Completes it: writes the header, whose lengths it fills in. With `compress`, data of more than
 * 200 bytes are compressed where that makes them shorter. With more than `limit` bytes (0 = any, up
 * to 2 GiB) of data and annotations it cuts the message off again and returns PYRO_ETOOLARGE. */
enum pyro_code pyro_message_end(struct pyro_draft *draft, size_t limit, bool compress,
                                struct pyro_error *err);

/** Cuts the message off. */
void pyro_message_abort(struct pyro_draft *draft);

#endif
