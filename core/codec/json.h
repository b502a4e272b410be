/** @file
 * What the two halves of the json codec share. Private to this room. */
#ifndef PYRO_CODEC_JSON_H
#define PYRO_CODEC_JSON_H

#include "codec/codec.h"

/** The writing functions of struct pyro_codec. */
void pyro_json_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);
enum pyro_code pyro_json_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                    struct pyro_slice method);
enum pyro_code pyro_json_call_end(struct pyro_writer *w);

#endif
