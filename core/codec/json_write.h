/** @file
 * Writing JSON: functions of struct pyro_codec. Private to this room. */
#ifndef PYRO_CODEC_JSON_WRITE_H
#define PYRO_CODEC_JSON_WRITE_H

#include "codec/codec.h"

/** Prepares a writer. */
void pyro_json_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);

/** Begins a call: writes the object and the method. */
enum pyro_code pyro_json_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                    struct pyro_slice method);

/** Ends a call. */
enum pyro_code pyro_json_call_end(struct pyro_writer *w);

#endif
