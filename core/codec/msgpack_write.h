/** @file
 * Writing msgpack: functions of struct pyro_codec. Private to this room. */
#ifndef PYRO_CODEC_MSGPACK_WRITE_H
#define PYRO_CODEC_MSGPACK_WRITE_H

#include "codec/codec.h"

/** Prepares a writer whose data Pyro's own serializer reads: it has only lists, and keys that are
 * str or bytes. */
void pyro_msgpack_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);

/** Prepares a writer of pyro_codec_msgpack_typed. */
void pyro_msgpack_open_typed(struct pyro_writer *w, struct pyro_buffer *out,
                             struct pyro_error *err);

/** Begins a call: writes the object and the method. */
enum pyro_code pyro_msgpack_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);

/** Ends a call. */
enum pyro_code pyro_msgpack_call_end(struct pyro_writer *w);

#endif
