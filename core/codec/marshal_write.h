/** @file
 * Writing marshal data: functions of struct pyro_codec. Private to this room. */
#ifndef PYRO_CODEC_MARSHAL_WRITE_H
#define PYRO_CODEC_MARSHAL_WRITE_H

#include "codec/codec.h"

/** Prepares a writer. */
void pyro_marshal_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);

/** Begins a call: writes the object and the method. */
enum pyro_code pyro_marshal_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);

/** Ends a call. */
enum pyro_code pyro_marshal_call_end(struct pyro_writer *w);

#endif
