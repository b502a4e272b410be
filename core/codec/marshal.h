/** @file
 * What the two halves of the marshal codec share. Private to this room.
 *
 * Marshal is Python's own format for constants: a type code, then the value, numbers little-endian.
 */
#ifndef PYRO_CODEC_MARSHAL_H
#define PYRO_CODEC_MARSHAL_H

#include "codec/codec.h"

/** Type codes. Several forms of one type differ in how they were kept by who wrote them. */
enum {
    MARSHAL_NULL = '0', /* ends a dict */
    MARSHAL_NONE = 'N',
    MARSHAL_FALSE = 'F',
    MARSHAL_TRUE = 'T',
    MARSHAL_INT = 'i', /* 32 bits */
    MARSHAL_INT64 = 'I',
    MARSHAL_LONG = 'l', /* a count, negative for a negative number, of digits of 15 bits */
    MARSHAL_FLOAT = 'g',
    MARSHAL_FLOAT_TEXT = 'f',
    MARSHAL_COMPLEX = 'y',
    MARSHAL_COMPLEX_TEXT = 'x',
    MARSHAL_BYTES = 's',
    MARSHAL_UNICODE = 'u',
    MARSHAL_INTERNED = 't',
    MARSHAL_ASCII = 'a',
    MARSHAL_ASCII_INTERNED = 'A',
    MARSHAL_SHORT_ASCII = 'z', /* its length has one byte */
    MARSHAL_SHORT_ASCII_INTERNED = 'Z',
    MARSHAL_TUPLE = '(',
    MARSHAL_SMALL_TUPLE = ')', /* its count has one byte */
    MARSHAL_LIST = '[',
    MARSHAL_SET = '<',
    MARSHAL_FROZENSET = '>',
    MARSHAL_DICT = '{',
    MARSHAL_REFERENCE = 'r', /* the number of a value that came before */
};

/** Marks a value that references may mean: they are numbered as they come. */
#define MARSHAL_REMEMBERED 0x80

#define MARSHAL_DIGIT_BITS 15

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
    struct pyro_slice *name; /**< where a text goes instead; else NULL */
    struct pyro_error *err;
    unsigned depth;
    struct marshal_level levels[PYRO_MAX_DEPTH];
};

/** Says where and why the data is refused: PYRO_ESERIALIZE. */
enum pyro_code pyro_marshal_refuse(const struct marshal_reader *r, const char *why);

/** What refuses data that ends too early. */
enum pyro_code pyro_marshal_cut_short(const struct marshal_reader *r);

/** Takes so many bytes. */
enum pyro_code pyro_marshal_take(struct marshal_reader *r, size_t length, struct pyro_slice *out);

/** The little-endian number in up to eight bytes. */
uint64_t pyro_marshal_number(struct pyro_slice bytes);

/** Takes a number of up to eight bytes. */
enum pyro_code pyro_marshal_take_number(struct marshal_reader *r, size_t bytes, uint64_t *number);

/** Takes a length or count, of 1 or 4 bytes. */
enum pyro_code pyro_marshal_take_size(struct marshal_reader *r, size_t bytes, size_t *size);

/** Reads a value that is no container, whose type has been taken, and sends it to the sink. */
enum pyro_code pyro_marshal_read_scalar(struct marshal_reader *r, int type);

/** The writing functions of struct pyro_codec. */
void pyro_marshal_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);
enum pyro_code pyro_marshal_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);
enum pyro_code pyro_marshal_call_end(struct pyro_writer *w);

#endif
