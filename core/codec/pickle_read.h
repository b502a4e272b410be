/** @file
 * Reading pickles: functions of struct pyro_codec. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_READ_H
#define PYRO_CODEC_PICKLE_READ_H

#include "codec/codec.h"

/** Reads one value. */
enum pyro_code pyro_pickle_read(struct pyro_slice in, struct pyro_reading *held,
                                struct pyro_sink *to, struct pyro_error *err);

/** Reads the object and the method of a call. */
enum pyro_code pyro_pickle_read_call(struct pyro_slice in, struct pyro_invocation *call,
                                     struct pyro_error *err);

/** Reads the arguments of a call. */
enum pyro_code pyro_pickle_read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                     struct pyro_error *err);

#endif
