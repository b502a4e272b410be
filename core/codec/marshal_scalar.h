/** @file
 * Reading what is no container. Private to this room. */
#ifndef PYRO_CODEC_MARSHAL_SCALAR_H
#define PYRO_CODEC_MARSHAL_SCALAR_H

#include "codec/marshal_reader.h"

/** Reads a value that is no container, whose type has been taken, and sends it to the sink. */
enum pyro_code pyro_marshal_read_scalar(struct marshal_reader *r, int type);

#endif
