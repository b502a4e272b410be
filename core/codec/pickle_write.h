/** @file
 * Writing containers into pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_WRITE_H
#define PYRO_CODEC_PICKLE_WRITE_H

#include "codec/codec.h"

/** Goes down into a container, whose level is noted as `level` (pickle_level.h). */
enum pyro_code pickle_enter(struct pyro_writer *w, unsigned level);

/** Ends a container: a function of struct pyro_sink_ops. */
enum pyro_code pickle_write_end(struct pyro_sink *to, enum pyro_kind kind);

#endif
