/** @file
 * Writing arrays into pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_WRITE_ARRAY_H
#define PYRO_CODEC_PICKLE_WRITE_ARRAY_H

#include "value/sink.h"

/** Writes an array: a function of struct pyro_sink_ops. */
enum pyro_code pickle_write_array(struct pyro_sink *to, const struct pyro_array *array);

#endif
