/** @file
 * What the two halves of the pickle codec share. Private to this room.
 *
 * Pickle is Python's own format for objects: a program for a machine with a stack and a memo. Here
 * the machine is symbolic: it makes data, and runs nothing. */
#ifndef PYRO_CODEC_PICKLE_H
#define PYRO_CODEC_PICKLE_H

#include "codec/codec.h"

/** The reading functions of struct pyro_codec. */
enum pyro_code pyro_pickle_read(struct pyro_slice in, struct pyro_reading *held,
                                struct pyro_sink *to, struct pyro_error *err);
enum pyro_code pyro_pickle_read_call(struct pyro_slice in, struct pyro_invocation *call,
                                     struct pyro_error *err);
enum pyro_code pyro_pickle_read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                     struct pyro_error *err);

#endif
