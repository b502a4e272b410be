/** @file
 * Arrays in formats that have none: dicts with their items in base64. */
#ifndef PYRO_CODEC_ARRAY_H
#define PYRO_CODEC_ARRAY_H

#include "codec/codec.h"

/** Sends an array to a writer as a dict of the class PYRO_ARRAY_CLASS_NAME, with its `shape`,
 * `dtype` and `data`: the items in base64, the last index changing fastest. */
enum pyro_code pyro_array_put_class(struct pyro_sink *to, const struct pyro_array *array);

/** Appends bytes as base64; false when out of memory. */
bool pyro_base64_append(struct pyro_buffer *out, struct pyro_slice data);

/** Returns how many bytes of room pyro_base64_decode() needs for so many characters. */
size_t pyro_base64_room(size_t length);

/** Decodes base64; false where `text` is malformed. */
bool pyro_base64_decode(struct pyro_slice text, char *out, size_t *length);

#endif
