/** @file
 * The values that JSON stands for, where codec/json_forms_put.h wrote it, or somebody else in its
 * forms. */
#ifndef PYRO_CODEC_JSON_FORMS_TAKE_H
#define PYRO_CODEC_JSON_FORMS_TAKE_H

#include "codec/codec.h"
#include "value/tree.h"

/** Sends the value to `to` that a tree read from JSON stands for; `held` is the tree's reading. The
 * outermost dict is always one: it names arguments. PYRO_ESERIALIZE where a form is unknown, or not
 * as it should be. */
enum pyro_code pyro_json_forms_take(const struct pyro_value *value, struct pyro_reading *held,
                                    struct pyro_sink *to);

#endif
