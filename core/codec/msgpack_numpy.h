/** @file
 * The dicts in which msgpack-numpy (Python) packs arrays, their items and complex numbers. Private
 * to this room. */
#ifndef PYRO_CODEC_MSGPACK_NUMPY_H
#define PYRO_CODEC_MSGPACK_NUMPY_H

#include "value/sink.h"

/** The value of a dict of msgpack-numpy's. */
struct msgpack_numpy {
    enum { MSGPACK_NO_NUMPY, MSGPACK_NUMPY_ARRAY, MSGPACK_NUMPY_ITEM, MSGPACK_NUMPY_COMPLEX } type;
    struct pyro_array array; /**< an item has no dimensions */
    double real, imaginary;
};

/** Returns whether a map of `count` pairs that begins at `at` may be such a dict, which names its
 * kind first: "nd" or "complex", as bytes, or "nd" as str. Keeps other maps quick. */
static inline bool msgpack_may_be_numpy(size_t count, const unsigned char *at,
                                        const unsigned char *end)
{
    return count >= 2 && count <= 5 && end - at >= 4 &&
           (at[0] == 0xc4 ? (at[1] == 2 && at[2] == 'n') || (at[1] == 7 && at[2] == 'c')
                          : at[0] == 0xa2 && at[1] == 'n' && at[2] == 'd');
}

/** Looks at the `count` pairs of a map, which begin at the front of `in`. What has not all of the
 * keys, or others, is MSGPACK_NO_NUMPY, and an ordinary dict. What has them, but is no array of
 * numbers, is PYRO_ESERIALIZE. */
enum pyro_code msgpack_numpy_read(struct pyro_slice in, size_t count, struct msgpack_numpy *out,
                                  struct pyro_error *err);

/** Ignore values: operations of a sink for all that such a dict holds. */
enum pyro_code msgpack_ignore_bool(struct pyro_sink *to, bool value);
enum pyro_code msgpack_ignore_int(struct pyro_sink *to, int64_t value);
enum pyro_code msgpack_ignore_text(struct pyro_sink *to, struct pyro_slice text);
enum pyro_code msgpack_ignore_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count);

#endif
