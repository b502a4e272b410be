/** @file
 * What the two halves of the msgpack codec share. Private to this room. */
#ifndef PYRO_CODEC_MSGPACK_H
#define PYRO_CODEC_MSGPACK_H

#include "codec/codec.h"

/** Pyro's extension types; and ours, of one byte, which as the first item of an array says what
 * that is: KIND_TUPLE, … */
enum {
    EXT_COMPLEX = 0x30,
    EXT_BIGINT = 0x31,
    EXT_DATETIME = 0x32,
    EXT_DATE = 0x33,
    EXT_KIND = 0x34
};

/** On the wire: they never change. */
enum { KIND_TUPLE = 1, KIND_SET = 2, KIND_FROZENSET = 3 };

/** The writing functions of struct pyro_codec. */
void pyro_msgpack_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);
void pyro_msgpack_open_typed(struct pyro_writer *w, struct pyro_buffer *out,
                             struct pyro_error *err);
enum pyro_code pyro_msgpack_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);
enum pyro_code pyro_msgpack_call_end(struct pyro_writer *w);

#endif
