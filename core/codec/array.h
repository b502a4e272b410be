/** @file
 * Arrays in formats that have none. Private to this room. */
#ifndef PYRO_CODEC_ARRAY_H
#define PYRO_CODEC_ARRAY_H

#include "codec/codec.h"

/** Sends an array to a writer as a dict of the class PYRO_ARRAY_CLASS_NAME, with its `shape`,
 * `dtype` and `data`: the items in base64, the last index changing fastest. */
enum pyro_code pyro_array_put_class(struct pyro_sink *to, const struct pyro_array *array);

/** Sends the lengths of the dimensions as a list. */
enum pyro_code pyro_array_put_shape(struct pyro_sink *to, const struct pyro_array *array);

/** Appends the items to the buffer, the last index changing fastest; false where it has no room. */
bool pyro_array_append(struct pyro_buffer *out, const struct pyro_array *array);

#endif
