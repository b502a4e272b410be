/** @file
 * What the two halves of the msgpack codec share. Private to this room. */
#ifndef PYRO_CODEC_MSGPACK_H
#define PYRO_CODEC_MSGPACK_H

#include "codec/codec.h"

/** Pyro's extension types. */
enum { EXT_COMPLEX = 0x30, EXT_BIGINT = 0x31, EXT_DATETIME = 0x32, EXT_DATE = 0x33 };

/** The writing functions of struct pyro_codec. */
void pyro_msgpack_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);
enum pyro_code pyro_msgpack_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);
enum pyro_code pyro_msgpack_call_end(struct pyro_writer *w);

#endif
