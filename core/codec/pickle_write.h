/** @file
 * Writing containers into pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_WRITE_H
#define PYRO_CODEC_PICKLE_WRITE_H

#include "codec/codec.h"

/** The codecs that write pickles, by their protocol from PYRO_PICKLE_OLDEST on. */
extern const struct pyro_codec *const pyro_pickle_codecs[];

/** Goes down into a container, whose level is noted as `level` (pickle_level.h). */
enum pyro_code pickle_enter(struct pyro_writer *w, unsigned level);

/** Ends a container: a function of struct pyro_sink_ops. */
enum pyro_code pickle_write_end(struct pyro_sink *to, enum pyro_kind kind);

#endif
