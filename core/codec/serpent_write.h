/** @file
 * Writing serpent data: functions of struct pyro_codec. Private to this room. */
#ifndef PYRO_CODEC_SERPENT_WRITE_H
#define PYRO_CODEC_SERPENT_WRITE_H

#include "codec/codec.h"

/** Prepares a writer that writes bytes as dicts with their base64. */
void pyro_serpent_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);

/** Prepares a writer that writes bytes as bytes literals. */
void pyro_serpent_open_bytes(struct pyro_writer *w, struct pyro_buffer *out,
                             struct pyro_error *err);

/** Begins a call: writes the object and the method. */
enum pyro_code pyro_serpent_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);

/** Ends a call. */
enum pyro_code pyro_serpent_call_end(struct pyro_writer *w);

#endif
