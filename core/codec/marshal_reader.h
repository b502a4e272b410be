/** @file
 * Marshal data that is being read: its bytes, and errors that tell the place. Private to this room.
 */
#ifndef PYRO_CODEC_MARSHAL_READER_H
#define PYRO_CODEC_MARSHAL_READER_H

#include "codec/codec.h"

/** An open container. */
struct marshal_level {
    enum pyro_kind kind;
    bool at_value;   /**< of a dict: the value of a pair comes next */
    uint32_t left;   /**< items that come, but for dicts */
    uint32_t number; /**< of what is remembered; UINT32_MAX: it is not */
    size_t back;     /**< where to go on after it, where it is read again; else SIZE_MAX */
};

/** Data that is being read. */
struct marshal_reader {
    struct pyro_slice data;
    size_t at;
    size_t again;              /**< what reading again may still cost */
    unsigned nested;           /**< values that are being read again, in each other */
    struct pyro_reading *held; /**< its buffer has what is remembered */
    struct pyro_sink *to;
    struct pyro_slice *name; /**< where a str goes instead; else NULL */
    struct pyro_error *err;
    unsigned depth;
    struct marshal_level levels[PYRO_MAX_DEPTH];
};

/** Records where and why the data is refused: PYRO_ESERIALIZE. */
enum pyro_code pyro_marshal_refuse(const struct marshal_reader *r, const char *why);

/** Refuses data that ends too early. */
enum pyro_code pyro_marshal_cut_short(const struct marshal_reader *r);

/** Takes so many bytes. */
enum pyro_code pyro_marshal_take(struct marshal_reader *r, size_t length, struct pyro_slice *out);

/** Returns the little-endian number in up to eight bytes. */
uint64_t pyro_marshal_number(struct pyro_slice bytes);

/** Takes a number of up to eight bytes. */
enum pyro_code pyro_marshal_take_number(struct marshal_reader *r, size_t bytes, uint64_t *number);

/** Takes a length or count, of 1 or 4 bytes. */
enum pyro_code pyro_marshal_take_size(struct marshal_reader *r, size_t bytes, size_t *size);

/** Takes a string behind its length, which has 1 or 4 bytes. */
enum pyro_code pyro_marshal_take_string(struct marshal_reader *r, size_t bytes,
                                        struct pyro_slice *out);

/** Counts `cost` while a value is read again, which is limited. */
enum pyro_code pyro_marshal_spend(struct marshal_reader *r, size_t cost);

#endif
