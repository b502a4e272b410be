/** @file
 * Values as JSON has them: what it has no type for as dicts of one key, such as {"$bytes": "AAE="}.
 * docs/http.md lists these forms; codec/json_forms_take.h reads them. */
#ifndef PYRO_CODEC_JSON_FORMS_PUT_H
#define PYRO_CODEC_JSON_FORMS_PUT_H

#include "value/tree.h"

/** Integers up to this one, and from its opposite on, are the same in each JSON reader. */
#define PYRO_JSON_SAFE_INTEGER ((INT64_C(1) << 53) - 1)

/** Sends a value to a sink that writes JSON (pyro_codec_json). With `kept`, all types can be told
 * from what is written. Without, it is what Pyro's json serializer writes, as far as that can:
 * tuples and sets are lists, and dates are strings. */
enum pyro_code pyro_json_forms_put(const struct pyro_value *value, bool kept, struct pyro_sink *to);

#endif
