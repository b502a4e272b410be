/** @file
 * Python's marshal, as far as refusing a connection needs it: a daemon that does not take a
 * client's serializer says so in a marshalled text, whatever the client speaks. */
#ifndef PYRO_CODEC_MARSHAL_H
#define PYRO_CODEC_MARSHAL_H

#include "base/buffer.h"
#include "base/slice.h"

/** Appends a marshalled text; false when out of memory. */
bool pyro_marshal_write_text(struct pyro_buffer *out, struct pyro_slice text);

/** Reads one marshalled text (any of marshal's text forms), a view into `in`; false when `in` is
 * something else. */
bool pyro_marshal_read_text(struct pyro_slice in, struct pyro_slice *text);

#endif
