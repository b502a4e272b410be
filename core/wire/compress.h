/** @file
 * Data of messages that travel compressed: zlib's format, as Pyro has it. Private to wire/. */
#ifndef PYRO_WIRE_COMPRESS_H
#define PYRO_WIRE_COMPRESS_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

/** Compresses what `buffer` holds from `start` on, in place, if that makes it shorter: `*shorter`
 * says whether it did. */
enum pyro_code pyro_compress(struct pyro_buffer *buffer, size_t start, bool *shorter,
                             struct pyro_error *err);

/** Appends the inflated bytes of `in` to `out`. PYRO_ETOOLARGE when they are more than `limit` (0 =
 * any, up to 2 GiB), PYRO_EPROTOCOL when `in` is malformed, cut short, or followed by other bytes.
 * Memory grows with what is inflated, not with what is announced. */
enum pyro_code pyro_inflate(struct pyro_slice in, size_t limit, struct pyro_buffer *out,
                            struct pyro_error *err);

#endif
