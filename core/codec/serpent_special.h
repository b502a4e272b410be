/** @file
 * Reading dicts that stand for values without a literal. Private to this room. */
#ifndef PYRO_CODEC_SERPENT_SPECIAL_H
#define PYRO_CODEC_SERPENT_SPECIAL_H

#include "codec/serpent_cursor.h"

/** Takes a dict that stands for bytes or NaN; `*taken` is whether there was one. */
enum pyro_code pyro_serpent_take_special(struct serpent_reader *r, struct serpent_scalar *s,
                                         bool *taken);

#endif
