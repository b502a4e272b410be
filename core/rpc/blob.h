/** @file
 * The description that goes with a serialized blob: a tuple of its info, the id of the object and
 * the name of the method, by marshal, in an annotation. So a receiver can pass the blob on without
 * reading it. */
#ifndef PYRO_RPC_BLOB_H
#define PYRO_RPC_BLOB_H

#include "base/buffer.h"
#include "codec/codec.h"
#include "wire/message.h"

/** The contents of a description. */
struct pyro_blob {
    const char *object;       /**< the id; borrowed */
    struct pyro_slice method; /**< borrowed */
    /** Writes the info, once. */
    enum pyro_code (*put_info)(void *owner, struct pyro_sink *to);
    void *owner; /**< borrowed */
};

/** Appends a description to `out`. */
enum pyro_code pyro_blob_describe(const struct pyro_blob *blob, struct pyro_buffer *out,
                                  struct pyro_error *err);

/** Reads the description that a message carries, a tuple. PYRO_EPROTOCOL where there is none. */
enum pyro_code pyro_blob_read(const struct pyro_message *message, struct pyro_reading *held,
                              struct pyro_sink *to, struct pyro_error *err);

#endif
